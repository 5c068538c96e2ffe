/**
 * The stages of the flows, in the order in which they happen (design document, flows.md). The names are a contract: the
 * engine emits them, tests assert their order, the screens show them. A name with a parent is a part of that stage: stepping
 * over passes it by, stepping into stops at it.
 */
export const putStages = [
  'client.kvPut',
  'service.validate',
  'storage.kvPut',
  'engine.asyncWrite',
  'raftManager.route',
  'raftNode.propose',
  'log.append',
  'log.sync',
  'raft.send',
  'raft.receive',
  'raft.ack',
  'raftNode.commit',
  'stateMachine.onApply',
  'rawEngine.write',
  'closure.run',
  'storage.writeCallback',
  'service.respond',
  'client.result',
] as const

export const getStages = [
  'client.kvGet',
  'service.validate',
  'storage.kvGet',
  'engine.newReader',
  'rawEngine.get',
  'service.respond',
  'client.result',
] as const

export const createStages = [
  'coordinator.validateTable',
  'coordinator.planRegions',
  'coordinator.commitMeta',
  'coordinator.pushRegionCmd',
  'region.validateCreate',
  'region.saveMeta',
  'raft.createPeer',
  'raft.initPeer',
  'raftManager.add',
  'region.updateState',
  'region.reportLeader',
] as const

export const dropStages = [
  'coordinator.validateDrop',
  'coordinator.commitMeta',
  'coordinator.pushRegionCmd',
  'region.validateDestroy',
  'region.updateMeta',
  'region.prepareDestroy',
  'raftManager.remove',
  'raft.closePeer',
  'region.reportDeleted',
] as const

/** Parts of stages, for stepping into: the bytes of a record, its sync, each column family of a batch. */
export const partStages = ['log.record', 'log.fsync', 'rawEngine.columnFamily'] as const

/** The stage that a part belongs to. */
export const parentOfPart: Readonly<Record<PartStageName, StageName>> = {
  'log.record': 'log.append',
  'log.fsync': 'log.sync',
  'rawEngine.columnFamily': 'rawEngine.write',
}

export type PartStageName = (typeof partStages)[number]
export type StageName =
  | (typeof putStages)[number]
  | (typeof getStages)[number]
  | (typeof createStages)[number]
  | (typeof dropStages)[number]
  | PartStageName

/** Every stage, each once. */
export const stageNames: readonly StageName[] = [
  ...new Set<StageName>([...putStages, ...getStages, ...createStages, ...dropStages, ...partStages]),
]

/** What a person asked for, as a whole. The Kv calls by their names in the protocol. */
export const operationNames = [
  'KvPut',
  'KvBatchPut',
  'KvPutIfAbsent',
  'KvBatchPutIfAbsent',
  'KvCompareAndSet',
  'KvBatchCompareAndSet',
  'KvBatchDelete',
  'KvDeleteRange',
  'KvGet',
  'KvBatchGet',
  'CreateTable',
  'DropTable',
  'CreateRegion',
  'DropRegion',
] as const

export type OperationName = (typeof operationNames)[number]

const coordinatorCreation: readonly StageName[] = createStages.filter((stage) => stage.startsWith('coordinator.'))
const coordinatorDrop: readonly StageName[] = dropStages.filter((stage) => stage.startsWith('coordinator.'))
const writes: ReadonlySet<StageName> = new Set<StageName>([...putStages, ...partStages])
const reads: ReadonlySet<StageName> = new Set<StageName>(getStages)

/**
 * Which stages an operation can come by. That of a table ends at the coordinators: stores are told of each of its regions,
 * and take part under the name of that command.
 */
export const stagesOfOperation: Readonly<Record<OperationName, ReadonlySet<StageName>>> = {
  KvPut: writes,
  KvBatchPut: writes,
  KvPutIfAbsent: writes,
  KvBatchPutIfAbsent: writes,
  KvCompareAndSet: writes,
  KvBatchCompareAndSet: writes,
  KvBatchDelete: writes,
  KvDeleteRange: writes,
  KvGet: reads,
  KvBatchGet: reads,
  CreateTable: new Set(coordinatorCreation),
  DropTable: new Set(coordinatorDrop),
  CreateRegion: new Set(createStages),
  DropRegion: new Set(dropStages),
}

/** What stores are told when the coordinators carry out an operation on a table. */
export const regionOperationOf: Readonly<Partial<Record<OperationName, OperationName>>> = {
  CreateTable: 'CreateRegion',
  DropTable: 'DropRegion',
}

/** Operations of the coordinators: jobs that are about many regions, and go on when their caller has its answer. */
export const tableOperations: ReadonlySet<OperationName> = new Set<OperationName>([
  'CreateTable',
  'DropTable',
  'CreateRegion',
  'DropRegion',
])
