import type { HeldStage, StopOrder } from '../flow-messages'
import type { StepKind } from '../gate'
import type { StageEvent } from '../stage-event'
import type { StageName } from '../stages'
import { partStages } from '../stages'

/** Behind these the operation leaves the node: the next stage is somewhere else. */
const leaving: ReadonlySet<StageName> = new Set<StageName>([
  'client.kvPut',
  'client.kvGet',
  'service.respond',
  'raft.ack',
  'coordinator.pushRegionCmd',
])
const followerStages: ReadonlySet<StageName> = new Set<StageName>(['raft.receive', 'raft.ack'])
const raftStages: ReadonlySet<StageName> = new Set<StageName>([
  'raftNode.propose',
  'log.append',
  'log.sync',
  'raft.send',
  'raftNode.commit',
])

/**
 * Where a held operation stops next.
 *
 * @param leaderId the node that proposed it, as far as its trace tells
 */
export function stopsFor(held: HeldStage, kind: StepKind, leaderId: number | undefined): readonly StopOrder[] {
  const { traceId, nodeId, stage, peerId } = held.event
  if (traceId === undefined) return []
  const stop = (at: StopOrder['at'], where: number | undefined): StopOrder => ({ traceId, at, nodeId: where })
  switch (kind) {
    case 'continue':
      return []
    case 'over':
      return [stop('stage', leaving.has(stage) ? undefined : nodeId)]
    case 'into':
      // Into a message is to where it arrives.
      if (stage === 'raft.send' && peerId !== undefined) return [stop('stage', peerId)]
      return [stop('part', leaving.has(stage) ? undefined : nodeId)]
    case 'out':
      return [outOf(held.event, leaderId, stop)]
    case 'to-commit':
      return [stop('commit', leaderId)]
    case 'to-apply':
      return [stop('apply', leaderId)]
    case 'to-response':
      return [stop('response', undefined)]
  }
}

/** Out of a part is to the next stage; out of a follower to the leader's commit; else to the end of the phase. */
function outOf(
  { nodeId, stage }: StageEvent,
  leaderId: number | undefined,
  stop: (at: StopOrder['at'], where: number | undefined) => StopOrder,
): StopOrder {
  if (partStages.some((part) => part === stage)) return stop('stage', nodeId)
  const isOnFollower = leaderId !== undefined && nodeId !== leaderId && nodeId !== 0
  if (followerStages.has(stage) || isOnFollower) return stop('commit', leaderId)
  if (raftStages.has(stage)) return stop('apply', leaderId)
  return stop('response', undefined)
}
