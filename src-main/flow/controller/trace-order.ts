import type { StageEvent } from '../stage-event'
import { stageId } from '../stage-event'
import type { StageName } from '../stages'
import { partStages } from '../stages'

/**
 * Nodes of one machine share their clock to about a ms. An event that stands later than this behind what it would have
 * caused was not its cause: an answer, say, that came after the client had given up.
 */
const MOST_CLOCK_SKEW_MS = 20

/**
 * The stages of a trace in the order of time, causes before effects: each node's own order is exact, times of several nodes
 * are not, and alone could put the arrival of a message before its departure, or a result before its answer. What cannot be
 * is mended by moving the effect behind its cause.
 */
export function inOrder(stages: Iterable<StageEvent>): StageEvent[] {
  const lines = linesOf(stages)
  const causes = causesOf(lines)
  const queues = [...lines.values()].map((events) => ({ events, next: 0 }))
  const ordered: StageEvent[] = []
  const placed = new Set<StageEvent>()
  const mayStand = (event: StageEvent) => causes.get(event)?.every((cause) => placed.has(cause)) ?? true
  for (;;) {
    let earliest: (typeof queues)[number] | undefined
    // Of nodes that wait for each other, which clocks alone cannot bring about, the earliest goes on: nothing is left out.
    let earliestWaiting: (typeof queues)[number] | undefined
    for (const queue of queues) {
      const head = queue.events[queue.next]
      if (head === undefined) continue
      if (mayStand(head)) earliest = earlier(earliest, queue)
      else earliestWaiting = earlier(earliestWaiting, queue)
    }
    const chosen = earliest ?? earliestWaiting
    const event = chosen?.events[chosen.next]
    if (chosen === undefined || event === undefined) return ordered
    chosen.next++
    ordered.push(event)
    placed.add(event)
  }
}

interface NodeQueue {
  readonly events: readonly StageEvent[]
  next: number
}

function earlier(one: NodeQueue | undefined, other: NodeQueue): NodeQueue {
  const startOf = ({ events, next }: NodeQueue) => events[next]?.startedAtMs ?? Infinity
  return one === undefined || startOf(other) < startOf(one) ? other : one
}

/** The stages of each node, in its own order. */
function linesOf(stages: Iterable<StageEvent>): ReadonlyMap<number, readonly StageEvent[]> {
  const lines = new Map<number, StageEvent[]>()
  for (const event of stages) {
    const line = lines.get(event.nodeId)
    if (line === undefined) lines.set(event.nodeId, [event])
    else line.push(event)
  }
  for (const line of lines.values()) line.sort((one, other) => one.sequence - other.sequence)
  return lines
}

/** Which stages of other nodes each stage certainly waited for. */
function causesOf(lines: ReadonlyMap<number, readonly StageEvent[]>): ReadonlyMap<StageEvent, readonly StageEvent[]> {
  const all = [...lines.values()].flat().sort((one, other) => one.startedAtMs - other.startedAtMs)
  const of = (...names: readonly StageName[]) => all.filter(({ stage }) => names.includes(stage))
  const causes = new Map<StageEvent, readonly StageEvent[]>()
  const add = (effect: StageEvent, found: readonly StageEvent[]) => {
    const possible = found.filter((cause) => cause.startedAtMs <= effect.startedAtMs + MOST_CLOCK_SKEW_MS)
    if (possible.length > 0) causes.set(effect, possible)
  }

  const departures = new Map(of('raft.send', 'raft.ack').map((event) => [event.messageId, event]))
  for (const arrival of of('raft.receive')) {
    const departure = arrival.messageId === undefined ? undefined : departures.get(arrival.messageId)
    if (departure !== undefined) add(arrival, [departure])
  }

  // The n-th request came from the n-th call. A client that calls again was answered before, and so it was at its result.
  const answers = of('service.respond')
  const client = lines.get(0) ?? []
  const calls = client.filter(({ stage }) => stage !== 'client.result')
  for (const [at, request] of of('service.validate').entries()) add(request, calls.slice(at, at + 1))
  let called = 0
  for (const event of client) {
    const wasAnswered = event.stage === 'client.result' || event.cause.code === 'client.routed.again'
    if (wasAnswered) add(event, answers.slice(0, called))
    if (event.stage !== 'client.result') called++
  }

  // Beside the leader's own sync, a commit waited for the quickest followers, as many as make a quorum with it.
  const acks = of('raft.ack')
  for (const commit of of('raftNode.commit')) {
    const leader = lines.get(commit.nodeId) ?? []
    const followers = new Set(leader.filter(({ stage }) => stage === 'raft.send').map(({ peerId }) => peerId))
    const needed = Math.floor((followers.size + 1) / 2)
    add(commit, acks.filter(({ peerId }) => peerId === commit.nodeId).slice(0, needed))
  }

  const pushes = of('coordinator.pushRegionCmd')
  for (const work of of('region.validateCreate', 'region.validateDestroy')) {
    const ofWork = ({ peerId, cause }: StageEvent) =>
      peerId === work.nodeId && cause.parameters['regionId'] === work.regionId
    add(work, pushes.filter(ofWork).slice(0, 1))
  }
  return causes
}

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
