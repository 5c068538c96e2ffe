import type { StageEvent } from '../stage-event'
import { stageId } from '../stage-event'
import type { StageName } from '../stages'
import { partStages } from '../stages'

/**
 * The stages of a trace in the order of time, causes before effects. Nodes of one machine share their clock to about a ms,
 * so that times alone could put the arrival of a message before its departure: what cannot be is mended by moving the
 * effect behind its cause.
 */
export function inOrder(stages: Iterable<StageEvent>): StageEvent[] {
  return causesFirst(mergedByTime(stages))
}

/** Merges the nodes' own orders (exact) by time (roughly). */
function mergedByTime(events: Iterable<StageEvent>): StageEvent[] {
  const lines = new Map<number, StageEvent[]>()
  for (const event of events) {
    const line = lines.get(event.nodeId)
    if (line === undefined) lines.set(event.nodeId, [event])
    else line.push(event)
  }
  const queues = [...lines.values()].map((line) => line.sort((one, other) => one.sequence - other.sequence))
  const merged: StageEvent[] = []
  for (;;) {
    let earliest: StageEvent[] | undefined
    for (const queue of queues) {
      const [head] = queue
      if (head === undefined) continue
      if (earliest?.[0] === undefined || head.startedAtMs < earliest[0].startedAtMs) earliest = queue
    }
    const next = earliest?.shift()
    if (next === undefined) return merged
    merged.push(next)
  }
}

/** Moves the first stage of a node that stands before the message that brought it there. */
function causesFirst(events: readonly StageEvent[]): StageEvent[] {
  const ordered: StageEvent[] = []
  const waiting: StageEvent[] = []
  const sent = new Set(events.filter(isSend).map(({ messageId }) => messageId))
  const departed = new Set<string | undefined>()
  const blocked = new Set<number>()
  const place = (event: StageEvent) => {
    ordered.push(event)
    if (isSend(event)) departed.add(event.messageId)
  }
  const mayStand = (event: StageEvent) =>
    event.stage !== 'raft.receive' || !sent.has(event.messageId) || departed.has(event.messageId)
  for (const event of events) {
    if (blocked.has(event.nodeId) || !mayStand(event)) {
      blocked.add(event.nodeId)
      waiting.push(event)
      continue
    }
    place(event)
    if (isSend(event)) settle()
  }
  for (const event of waiting) place(event)
  return ordered

  /** Places what waited for a message that has left now, node by node in its own order. */
  function settle(): void {
    const still = new Set<number>()
    for (const event of waiting.splice(0)) {
      if (still.has(event.nodeId) || !mayStand(event)) {
        still.add(event.nodeId)
        waiting.push(event)
      } else place(event)
    }
    blocked.clear()
    for (const nodeId of still) blocked.add(nodeId)
  }
}

const isSend = ({ stage, messageId }: StageEvent) =>
  (stage === 'raft.send' || stage === 'raft.ack') && messageId !== undefined

/**
 * The stages that the client's answer waited for: backwards from its result, the stage before on the same node, and where
 * a quorum was waited for, the way through the follower whose answer completed it.
 *
 * @param ordered as {@link inOrder} gives them
 * @returns ids of stages, in order
 */
export function criticalPath(ordered: readonly StageEvent[]): readonly string[] {
  const last = ordered.findLastIndex(({ nodeId, stage }) => nodeId === 0 && stage === 'client.result')
  if (last < 0) return []
  const path: StageEvent[] = []
  let event = ordered[last]
  for (let guard = 0; event !== undefined && guard < ordered.length; guard++) {
    path.push(event)
    event = causeOf(event, ordered)
  }
  return path.reverse().map(stageId)
}

function causeOf(event: StageEvent, ordered: readonly StageEvent[]): StageEvent | undefined {
  const before = ordered.slice(0, ordered.indexOf(event))
  const isPart = (stage: StageName) => partStages.some((part) => part === stage)
  const onNode = (nodeId: number) =>
    before.findLast(
      (each) =>
        each.nodeId === nodeId && !isPart(each.stage) && (each.stage !== 'raft.send' || event.stage === 'raft.send'),
    )
  switch (event.stage) {
    case 'client.result':
      return before.findLast(({ stage }) => stage === 'service.respond') ?? onNode(0)
    case 'service.validate':
      return before.findLast(({ nodeId }) => nodeId === 0)
    case 'raft.receive':
      return before.findLast(({ stage, messageId }) => stage === 'raft.send' && messageId === event.messageId)
    case 'raftNode.commit': {
      const sync = before.findLast(({ nodeId, stage }) => nodeId === event.nodeId && stage === 'log.sync')
      const acks = before.filter(({ stage, peerId }) => stage === 'raft.ack' && peerId === event.nodeId)
      // Leader and followers write side by side: the later of the two is what was waited for.
      const ack = acks.at(-1)
      if (ack === undefined) return sync
      return sync === undefined || ack.endedAtMs > sync.endedAtMs ? ack : sync
    }
    default:
      return onNode(event.nodeId)
  }
}
