import type { StageEvent } from '../../../../src-main/flow/stage-event'
import { regionOfJob } from '../trace/stage-catalogue'
import type { DiagramRow } from './sequence-layout'

/** A message between two nodes, as an arrow between rows. */
export interface DrawnMessage {
  readonly id: string
  readonly fromRow: number
  readonly toRow: number
  readonly fromLane: number
  readonly toLane: number
  /** `arrived`; `under-way`: it left, and nothing was heard of it yet; `dropped`: a person had it never leave; `ahead`: foretold. */
  readonly kind: 'arrived' | 'under-way' | 'dropped' | 'ahead'
}

/** Stages that a request, an answer or a command leaves by, and those that it comes to. */
const requests: ReadonlySet<string> = new Set(['client.kvPut', 'client.kvGet'])
const arrivalsOfCommands: ReadonlySet<string> = new Set(['region.validateCreate', 'region.validateDestroy'])

/**
 * The messages that the rows tell of: requests and answers between client and store, Raft's messages to followers and
 * their acknowledgements, commands of the coordinators.
 *
 * @param laneOf index of the lane of a node
 */
export function messagesOf(rows: readonly DiagramRow[], laneOf: ReadonlyMap<number, number>): readonly DrawnMessage[] {
  const messages: DrawnMessage[] = []
  /** What has left and not arrived yet, by what it would arrive as. */
  const leaving = new Map<string, number[]>()
  const dropped: number[] = []
  const leave = (what: string, row: number) => {
    if (rows[row]?.event?.fate === 'dropped') {
      dropped.push(row)
      return
    }
    const waiting = leaving.get(what)
    if (waiting === undefined) leaving.set(what, [row])
    else waiting.push(row)
  }
  const arrive = (toRow: number, ...whats: readonly string[]) => {
    for (const what of whats) {
      const fromRow = leaving.get(what)?.shift()
      if (fromRow === undefined) continue
      const [from, to] = [rows[fromRow], rows[toRow]]
      if (from === undefined || to === undefined || from.lane === to.lane) return
      const kind = to.event === undefined ? 'ahead' : 'arrived'
      messages.push({ id: `${from.id}-${to.id}`, fromRow, toRow, fromLane: from.lane, toLane: to.lane, kind })
      return
    }
  }

  for (const [at, { stage, nodeId, event }] of rows.entries()) {
    const peer = event?.peerId
    if (requests.has(stage)) leave('request', at)
    else if (stage === 'service.validate') arrive(at, 'request')
    else if (stage === 'service.respond') leave('response', at)
    else if (stage === 'client.result') arrive(at, 'response')
    else if (stage === 'raft.send') {
      leave(event?.messageId ?? `append ${peer ?? 'any'}`, at)
    } else if (stage === 'raft.receive') {
      arrive(at, event?.messageId ?? '', `append ${nodeId}`, ...unsettled(rows, nodeId, leaving), 'append any')
    } else if (stage === 'raft.ack') leave('ack', at)
    else if (stage === 'raftNode.commit') {
      // Each acknowledgement that came before counts towards the quorum.
      for (let count = leaving.get('ack')?.length ?? 0; count > 0; count -= 1) arrive(at, 'ack')
    } else if (stage === 'coordinator.pushRegionCmd') leave(commandOf(event, peer), at)
    else if (arrivalsOfCommands.has(stage)) arrive(at, commandOf(event, nodeId))
  }
  const isCommitted = rows.some(({ stage, event }) => stage === 'raftNode.commit' && event !== undefined)
  const halfWay = (row: number, kind: DrawnMessage['kind']) => towardsPeer(rows, row, laneOf, kind)
  for (const row of dropped) messages.push(...halfWay(row, 'dropped'))
  for (const row of [...leaving.values()].flat()) {
    // An acknowledgement that comes when the quorum is complete already leads to no stage.
    messages.push(...halfWay(row, rows[row]?.stage === 'raft.ack' && isCommitted ? 'arrived' : 'under-way'))
  }
  return messages.sort((one, other) => one.fromRow - other.fromRow)
}

/** A store gets a command for each region, and takes them in any order. */
const commandOf = (event: StageEvent | undefined, storeId: number | undefined) =>
  `command ${storeId ?? ''} ${(event && regionOfJob(event)) ?? ''}`

/** Messages to a node that left and did not arrive: a ghost of an arrival belongs to one of them. */
function unsettled(
  rows: readonly DiagramRow[],
  nodeId: number,
  leaving: ReadonlyMap<string, readonly number[]>,
): readonly string[] {
  return [...leaving].flatMap(([what, [row]]) =>
    row !== undefined && rows[row]?.event?.peerId === nodeId ? [what] : [],
  )
}

/** A message of which only the leaving is known; none if the node that it is for is in no lane. */
function towardsPeer(
  rows: readonly DiagramRow[],
  row: number,
  laneOf: ReadonlyMap<number, number>,
  kind: DrawnMessage['kind'],
): readonly DrawnMessage[] {
  const from = rows[row]
  const peer = from?.event?.peerId
  const toLane = peer === undefined ? undefined : laneOf.get(peer)
  if (from === undefined || toLane === undefined || toLane === from.lane) return []
  return [{ id: `${from.id}-`, fromRow: row, toRow: row, fromLane: from.lane, toLane, kind }]
}
