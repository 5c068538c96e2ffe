import type { StageEvent } from '../stage-event'
import type { OperationName, StageName } from '../stages'
import { getStages, tableOperations } from '../stages'

/** Which nodes take part in an operation, as far as is known. */
export interface Participants {
  readonly leaderId: number | undefined
  readonly followerIds: readonly number[]
}

type Ahead = ReadonlyArray<{ readonly stage: StageName; readonly nodeId: number }>

const reads: ReadonlySet<OperationName> = new Set<OperationName>(['KvGet', 'KvBatchGet'])
const asking: ReadonlySet<StageName> = new Set<StageName>(['client.kvPut', 'client.kvGet'])
/** What is left for a request that is refused. */
const answering: ReadonlySet<StageName> = new Set<StageName>(['service.respond', 'client.result'])

const onLeaderBefore: readonly StageName[] = [
  'service.validate',
  'storage.kvPut',
  'engine.asyncWrite',
  'raftManager.route',
  'raftNode.propose',
]
const onFollower: readonly StageName[] = ['raft.receive', 'log.append', 'log.sync', 'raft.ack']
const onLeaderAfter: readonly StageName[] = [
  'raftNode.commit',
  'stateMachine.onApply',
  'rawEngine.write',
  'closure.run',
  'storage.writeCallback',
  'service.respond',
]

/** Of a region without Raft. */
const withoutRaft: readonly StageName[] = [
  'service.validate',
  'storage.kvPut',
  'engine.asyncWrite',
  'rawEngine.write',
  'closure.run',
  'storage.writeCallback',
  'service.respond',
]

/**
 * The stages that an operation passes if nothing goes wrong, less those that it has passed: what a diagram shows as ghosts.
 * Of creations and drops, whose stores are chosen on the way, nothing is foretold.
 */
export function stagesAhead(
  operation: OperationName | undefined,
  { leaderId, followerIds }: Participants,
  passed: Iterable<StageEvent>,
): Ahead {
  if (operation === undefined || tableOperations.has(operation) || leaderId === undefined) return []
  const stages = [...passed]
  const plan = reads.has(operation)
    ? readPlan(leaderId)
    : hasRaft(stages)
      ? writePlan(leaderId, followerIds)
      : plainWritePlan(leaderId)
  const all = isRefused(stages) ? plan.filter(({ stage }) => answering.has(stage)) : plan
  const counts = new Map<string, number>()
  for (const { stage, nodeId } of stages) {
    const key = `${stage} ${String(nodeId)}`
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  return all.filter(({ stage, nodeId }) => {
    const key = `${stage} ${String(nodeId)}`
    const count = counts.get(key) ?? 0
    if (count === 0) return true
    counts.set(key, count - 1)
    return false
  })
}

/** Whether the store has refused the request, and the client has not tried again since. */
function isRefused(stages: readonly StageEvent[]): boolean {
  const refused = stages.findLast(({ stage, error }) => stage === 'service.validate' && error !== undefined)
  if (refused === undefined) return false
  return !stages.some(({ stage, startedAtMs }) => asking.has(stage) && startedAtMs > refused.startedAtMs)
}

/** As far as is known: the store says which engine it found for the region. */
function hasRaft(stages: readonly StageEvent[]): boolean {
  const found = stages.findLast(({ stage }) => stage === 'storage.kvPut')
  return found === undefined || found.cause.parameters['engine'] === 'raft-kv'
}

function readPlan(leaderId: number): Ahead {
  return getStages.map((stage) => ({ stage, nodeId: stage.startsWith('client.') ? 0 : leaderId }))
}

function plainWritePlan(leaderId: number): Ahead {
  const atStore = withoutRaft.map((stage) => ({ stage, nodeId: leaderId }))
  return [{ stage: 'client.kvPut', nodeId: 0 }, ...atStore, { stage: 'client.result', nodeId: 0 }]
}

function writePlan(leaderId: number, followerIds: readonly number[]): Ahead {
  const at = (nodeId: number) => (stage: StageName) => ({ stage, nodeId })
  return [
    at(0)('client.kvPut'),
    ...onLeaderBefore.map(at(leaderId)),
    ...followerIds.map(() => at(leaderId)('raft.send')),
    ...(['log.append', 'log.sync'] as const).map(at(leaderId)),
    ...followerIds.flatMap((follower) => onFollower.map(at(follower))),
    ...onLeaderAfter.map(at(leaderId)),
    at(0)('client.result'),
    ...followerIds.flatMap((follower) => (['stateMachine.onApply', 'rawEngine.write'] as const).map(at(follower))),
  ]
}
