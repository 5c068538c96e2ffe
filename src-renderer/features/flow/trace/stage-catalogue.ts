import type { StageEvent } from '../../../../src-main/flow/stage-event'
import type { OperationName, PartStageName, StageName } from '../../../../src-main/flow/stages'

/** Which layer of a node a stage belongs to: the frames of the call stack. */
export type StageLayer = 'client' | 'coordinator' | 'service' | 'raft' | 'apply' | 'region'

/** Every stage in the order of the flows, with its layer. A stage that is missing does not compile. */
export const layerOfStage: Readonly<Record<StageName, StageLayer>> = {
  'client.kvPut': 'client',
  'client.kvGet': 'client',
  'service.validate': 'service',
  'storage.kvPut': 'service',
  'storage.kvGet': 'service',
  'engine.asyncWrite': 'service',
  'engine.newReader': 'service',
  'raftManager.route': 'service',
  'raftNode.propose': 'raft',
  'log.append': 'raft',
  'log.record': 'raft',
  'log.sync': 'raft',
  'log.fsync': 'raft',
  'raft.send': 'raft',
  'raft.receive': 'raft',
  'raft.ack': 'raft',
  'raftNode.commit': 'raft',
  'stateMachine.onApply': 'apply',
  'rawEngine.write': 'apply',
  'rawEngine.columnFamily': 'apply',
  'rawEngine.get': 'apply',
  'closure.run': 'service',
  'storage.writeCallback': 'service',
  'service.respond': 'service',
  'client.result': 'client',
  'coordinator.validateTable': 'coordinator',
  'coordinator.planRegions': 'coordinator',
  'coordinator.validateDrop': 'coordinator',
  'coordinator.commitMeta': 'coordinator',
  'coordinator.pushRegionCmd': 'coordinator',
  'region.validateCreate': 'region',
  'region.saveMeta': 'region',
  'raft.createPeer': 'region',
  'raft.initPeer': 'region',
  'raftManager.add': 'region',
  'region.updateState': 'region',
  'region.reportLeader': 'region',
  'region.validateDestroy': 'region',
  'region.updateMeta': 'region',
  'region.prepareDestroy': 'region',
  'raftManager.remove': 'region',
  'raft.closePeer': 'region',
  'region.reportDeleted': 'region',
}

/** Every stage, in the order of the flows. */
export const allStages = Object.keys(layerOfStage) as readonly StageName[]

/** The stage that a part belongs to. */
export const parentOfPart: Readonly<Record<PartStageName, StageName>> = {
  'log.record': 'log.append',
  'log.fsync': 'log.sync',
  'rawEngine.columnFamily': 'rawEngine.write',
}

/** The stage that this one is a part of; undefined for a stage of its own. */
export function parentStage(stage: StageName): StageName | undefined {
  return stage in parentOfPart ? parentOfPart[stage as PartStageName] : undefined
}

/** Stages at which a message can be caught. */
export const messageStages: readonly StageName[] = ['raft.send', 'raft.receive', 'raft.ack']

/** Kinds of operations, in the order in which they are offered. */
export const operations = {
  KvPut: 'write',
  KvGet: 'read',
  KvBatchPut: 'write',
  KvBatchGet: 'read',
  KvPutIfAbsent: 'write',
  KvBatchPutIfAbsent: 'write',
  KvCompareAndSet: 'write',
  KvBatchCompareAndSet: 'write',
  KvBatchDelete: 'write',
  KvDeleteRange: 'write',
  CreateTable: 'table',
  DropTable: 'table',
  CreateRegion: 'table',
  DropRegion: 'table',
} as const satisfies Readonly<Record<OperationName, 'write' | 'read' | 'table'>>

export const allOperations = Object.keys(operations) as readonly OperationName[]

/** Types of Raft messages, as the gates know them. */
export const messageTypes = [
  'MsgApp',
  'MsgAppResp',
  'MsgHeartbeat',
  'MsgHeartbeatResp',
  'MsgVote',
  'MsgVoteResp',
  'MsgPreVote',
  'MsgPreVoteResp',
  'MsgSnap',
  'MsgTimeoutNow',
] as const

/** Which region a stage of a creation or drop is about: they are about several. Undefined for stages of other operations. */
export function regionOfJob({ stage, regionId, cause }: StageEvent): number | undefined {
  const layer = layerOfStage[stage]
  if (layer !== 'region' && layer !== 'coordinator') return undefined
  const told = cause.parameters['regionId']
  return regionId ?? (typeof told === 'number' ? told : undefined)
}

/** `20001.17`: the identity of a stage. */
export function stageIdOf({ nodeId, sequence }: { readonly nodeId: number; readonly sequence: number }): string {
  return `${nodeId}.${sequence}`
}
