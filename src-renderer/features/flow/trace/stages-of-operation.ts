import type { OperationName, StageName } from '../../../../src-main/flow/stages'
import { allStages, layerOfStage, operations } from './stage-catalogue'

type Flow = 'write' | 'read' | 'creation' | 'drop'

function flowOf(operation: OperationName): Flow {
  const kind = operations[operation]
  if (kind !== 'table') return kind
  return operation === 'DropTable' || operation === 'DropRegion' ? 'drop' : 'creation'
}

/** Which flows come by a stage. One that is missing does not compile. */
const flowsOfStage: Readonly<Record<StageName, readonly Flow[]>> = {
  'client.kvPut': ['write'],
  'client.kvGet': ['read'],
  'service.validate': ['write', 'read'],
  'storage.kvPut': ['write'],
  'storage.kvGet': ['read'],
  'engine.asyncWrite': ['write'],
  'engine.newReader': ['read'],
  'raftManager.route': ['write'],
  'raftNode.propose': ['write'],
  'log.append': ['write'],
  'log.record': ['write'],
  'log.sync': ['write'],
  'log.fsync': ['write'],
  'raft.send': ['write'],
  'raft.receive': ['write'],
  'raft.ack': ['write'],
  'raftNode.commit': ['write'],
  'stateMachine.onApply': ['write'],
  'rawEngine.write': ['write'],
  'rawEngine.columnFamily': ['write'],
  'rawEngine.get': ['read'],
  'closure.run': ['write'],
  'storage.writeCallback': ['write'],
  'service.respond': ['write', 'read'],
  'client.result': ['write', 'read'],
  'coordinator.validateTable': ['creation'],
  'coordinator.planRegions': ['creation'],
  'coordinator.validateDrop': ['drop'],
  'coordinator.commitMeta': ['creation', 'drop'],
  'coordinator.pushRegionCmd': ['creation', 'drop'],
  'region.validateCreate': ['creation'],
  'region.saveMeta': ['creation'],
  'raft.createPeer': ['creation'],
  'raft.initPeer': ['creation'],
  'raftManager.add': ['creation'],
  'region.updateState': ['creation'],
  'region.reportLeader': ['creation'],
  'region.validateDestroy': ['drop'],
  'region.updateMeta': ['drop'],
  'region.prepareDestroy': ['drop'],
  'raftManager.remove': ['drop'],
  'raft.closePeer': ['drop'],
  'region.reportDeleted': ['drop'],
}

/** What stores are told when the coordinators carry out an operation on a table: under this name they take part in it. */
export const regionOperationOf: Readonly<Partial<Record<OperationName, OperationName>>> = {
  CreateTable: 'CreateRegion',
  DropTable: 'DropRegion',
}

/** The stages that an operation can come by, in the order of the flows: at others a breakpoint would never stop it. */
export function stagesOfOperation(operation: OperationName): readonly StageName[] {
  const flow = flowOf(operation)
  const endsAtCoordinators = regionOperationOf[operation] !== undefined
  return allStages.filter(
    (stage) => flowsOfStage[stage].includes(flow) && !(endsAtCoordinators && layerOfStage[stage] === 'region'),
  )
}
