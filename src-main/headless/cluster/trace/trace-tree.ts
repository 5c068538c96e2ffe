import type { TraceView } from '../../../flow/flow-views'
import type { StageEvent } from '../../../flow/stage-event'
import { textTable } from '../text-table'

/** Gives the name of a node: `client` for 0. */
export type NameOf = (nodeId: number) => string

const partOf = /^(?:log\.record|log\.fsync|rawEngine\.columnFamily)$/
const milliseconds = (ms: number) => ms.toFixed(2)

/**
 * A trace as a tree in the order of time: the client, below it the leader, below that the followers, and the parts of a stage
 * below it. A star marks what the client's answer waited for.
 */
export function traceTree({ summary, stages, criticalPath }: TraceView, nameOf: NameOf): string {
  const critical = new Set(criticalPath)
  const depths = depthsOf(stages)
  const rows = stages.map((event) => [
    milliseconds(event.startedAtMs - summary.startedAtMs),
    milliseconds(ownMs(event)),
    critical.has(idOf(event)) ? '*' : '',
    `${'  '.repeat(depthOf(event, depths))}${nameOf(event.nodeId)} ${event.stage}${event.fate === undefined ? '' : ` (${event.fate})`}`,
    event.error === undefined ? event.cause.sentence : `${event.error.code}: ${event.error.message}`,
  ])
  return [headline(summary), '', textTable(['AT MS', 'TOOK MS', '', 'STAGE', 'WHY'], rows)].join('\n')
}

function headline(summary: TraceView['summary']): string {
  const { operation, key, regionId, durationMs, state, error } = summary
  const where = regionId === undefined ? '' : ` in region ${String(regionId)}`
  const took = durationMs === undefined ? '' : ` after ${milliseconds(durationMs)} ms`
  const words = {
    done: 'done',
    failed: 'failed',
    unknown: 'its outcome is unknown',
    running: 'under way',
    held: 'held',
  }
  const reason = error === undefined ? '' : ` (${error.code}: ${error.message})`
  return `${operation ?? 'An operation'} of ${key}${where}: ${words[state]}${took}${reason}`
}

/** How long a stage took, without the time for which it was held, in ms. */
export const ownMs = ({ startedAtMs, endedAtMs, heldMs }: StageEvent): number =>
  Math.max(0, endedAtMs - startedAtMs - heldMs)

/** The nodes of a trace by how far they are from the client: whoever is asked by it is one away, who hears of it from there two. */
function depthsOf(stages: readonly StageEvent[]): ReadonlyMap<number, number> {
  const depths = new Map([[0, 0]])
  for (const { nodeId, stage } of stages) {
    if (!depths.has(nodeId)) depths.set(nodeId, stage.startsWith('raft.') ? 2 : 1)
  }
  return depths
}

const depthOf = ({ nodeId, stage }: StageEvent, depths: ReadonlyMap<number, number>) =>
  (depths.get(nodeId) ?? 1) + (partOf.test(stage) ? 1 : 0)

const idOf = ({ nodeId, sequence }: StageEvent) => `${String(nodeId)}.${String(sequence)}`
