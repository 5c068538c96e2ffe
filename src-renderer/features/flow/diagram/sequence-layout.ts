import type { TraceView } from '../../../../src-main/flow/flow-views'
import type { StageEvent } from '../../../../src-main/flow/stage-event'
import type { StageName } from '../../../../src-main/flow/stages'
import type { FlowLane } from '../trace/lanes'
import { CLIENT_ID } from '../trace/lanes'
import { parentStage, stageIdOf } from '../trace/stage-catalogue'
import { messagesOf } from './messages'
import type { DrawnMessage } from './messages'

/** One line of the diagram: a stage on the lane of its node, in the order of time. */
export interface DiagramRow {
  /** Of a stage its id; of a ghost how many are left from it on. */
  readonly id: string
  readonly stage: StageName
  readonly nodeId: number
  /** Index of its lane. */
  readonly lane: number
  /** Undefined for a ghost: a stage that will be passed if nothing goes wrong. */
  readonly event: StageEvent | undefined
  readonly isPart: boolean
  /** How many parts it has, and whether they are shown. */
  readonly parts: number
  readonly isUnfolded: boolean
}

export interface SequenceLayout {
  readonly rows: readonly DiagramRow[]
  readonly messages: readonly DrawnMessage[]
  /** Rows by the ids of their stages; a folded part is where its stage is. */
  readonly rowOfStage: ReadonlyMap<string, number>
}

/**
 * Where everything stands. The same trace always gives the same picture; time goes down, and a stage that comes later
 * never moves one that is there.
 *
 * @param unfolded ids of stages whose parts are shown
 */
export function sequenceLayout(
  { stages, ahead }: Pick<TraceView, 'stages' | 'ahead'>,
  lanes: readonly FlowLane[],
  unfolded: ReadonlySet<string>,
): SequenceLayout {
  const laneOf = new Map(lanes.map(({ nodeId }, at) => [nodeId, at]))
  const owners = ownersOfParts(stages)
  const partCounts = new Map<string, number>()
  for (const owner of owners.values()) partCounts.set(owner, (partCounts.get(owner) ?? 0) + 1)

  const rows: DiagramRow[] = []
  const rowOfStage = new Map<string, number>()
  for (const event of stages) {
    const id = stageIdOf(event)
    const owner = owners.get(id)
    if (owner !== undefined && !unfolded.has(owner)) {
      const at = rowOfStage.get(owner)
      if (at !== undefined) rowOfStage.set(id, at)
      continue
    }
    rowOfStage.set(id, rows.length)
    rows.push(
      rowOf(event, {
        id,
        stage: event.stage,
        nodeId: event.nodeId,
        lane: laneOf.get(event.nodeId) ?? CLIENT_ID,
        event,
        isPart: owner !== undefined,
        parts: partCounts.get(id) ?? 0,
        isUnfolded: unfolded.has(id),
      }),
    )
  }
  // Counted from the end, so that a ghost stays the same when those before it have come true.
  for (const [at, ghost] of ahead.entries()) rows.push(ghostRow(ghost, ahead.length - at, laneOf))
  return { rows, messages: messagesOf(rows, laneOf), rowOfStage }
}

const knownRows = new WeakMap<StageEvent, DiagramRow>()

/** A row that is as before is the same object: only rows that have changed are drawn anew. */
function rowOf(event: StageEvent, row: DiagramRow): DiagramRow {
  const known = knownRows.get(event)
  const isSame = known?.lane === row.lane && known.parts === row.parts && known.isUnfolded === row.isUnfolded
  if (known !== undefined && isSame) return known
  knownRows.set(event, row)
  return row
}

const knownGhosts = new WeakMap<TraceView['ahead'][number], DiagramRow>()

function ghostRow(ghost: TraceView['ahead'][number], fromEnd: number, laneOf: ReadonlyMap<number, number>): DiagramRow {
  const { stage, nodeId } = ghost
  const lane = laneOf.get(nodeId) ?? CLIENT_ID
  const id = `ahead-${fromEnd}`
  const known = knownGhosts.get(ghost)
  if (known?.id === id && known.lane === lane) return known
  const row = { id, stage, nodeId, lane, event: undefined, isPart: false, parts: 0, isUnfolded: false }
  knownGhosts.set(ghost, row)
  return row
}

/** Of each part the stage on its node that it belongs to: the last one of that name, about the same entry. */
export function ownersOfParts(stages: readonly StageEvent[]): ReadonlyMap<string, string> {
  const owners = new Map<string, string>()
  const last = new Map<string, string>()
  const place = ({ nodeId, entry }: StageEvent, stage: StageName) => `${nodeId} ${stage} ${entry?.index ?? ''}`
  for (const event of stages) {
    const id = stageIdOf(event)
    const parent = parentStage(event.stage)
    if (parent === undefined) {
      last.set(place(event, event.stage), id)
      last.set(`${event.nodeId} ${event.stage}`, id)
      continue
    }
    const owner = last.get(place(event, parent)) ?? last.get(`${event.nodeId} ${parent}`)
    if (owner !== undefined) owners.set(id, owner)
  }
  return owners
}
