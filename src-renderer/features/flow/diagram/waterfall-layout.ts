import type { TraceView } from '../../../../src-main/flow/flow-views'
import type { StageEvent } from '../../../../src-main/flow/stage-event'
import type { FlowLane } from '../trace/lanes'
import { parentStage, stageIdOf } from '../trace/stage-catalogue'
import { timeScale } from './time-scale'
import type { TimeScale } from './time-scale'

/** A stage as a bar on the axis of time. */
export interface WaterfallBar {
  readonly id: string
  readonly event: StageEvent
  readonly fromPx: number
  readonly widthPx: number
  /** Line within its node, from 0: stages at the same time lie below each other. */
  readonly line: number
  readonly isCritical: boolean
  readonly isPart: boolean
}

export interface WaterfallGroup {
  readonly lane: FlowLane
  /** Line of the whole picture at which it begins, and how many it takes. */
  readonly firstLine: number
  readonly lines: number
  readonly bars: readonly WaterfallBar[]
}

export interface WaterfallLayout {
  readonly scale: TimeScale
  readonly groups: readonly WaterfallGroup[]
  readonly lines: number
}

/** What is shorter can still be seen and pressed. */
const LEAST_PX = 4
/** Bars of a line keep apart. */
const GAP_PX = 1
/** A node with more at once shares its last line. */
const MOST_LINES = 6

/** Bars of all stages, node by node. */
export function waterfallLayout(
  { stages, criticalPath }: Pick<TraceView, 'stages' | 'criticalPath'>,
  lanes: readonly FlowLane[],
  widthPx: number,
): WaterfallLayout {
  const scale = timeScale(stages, Math.max(1, widthPx - LEAST_PX))
  const critical = new Set(criticalPath)
  const byNode = new Map<number, StageEvent[]>()
  for (const event of stages) {
    const own = byNode.get(event.nodeId)
    if (own === undefined) byNode.set(event.nodeId, [event])
    else own.push(event)
  }
  const groups: WaterfallGroup[] = []
  let firstLine = 0
  for (const lane of lanes) {
    const own = byNode.get(lane.nodeId)
    if (own === undefined) continue
    const ends: number[] = []
    const bars = own.map((event): WaterfallBar => {
      // The work of a stage begins when it is let go on.
      const fromPx = scale.place(event.startedAtMs + event.heldMs)
      const widthOfBar = Math.max(LEAST_PX, scale.place(event.endedAtMs) - fromPx)
      const free = ends.findIndex((end) => end + GAP_PX <= fromPx)
      const line = free !== -1 ? free : Math.min(ends.length, MOST_LINES - 1)
      ends[line] = Math.max(ends[line] ?? 0, fromPx + widthOfBar)
      const id = stageIdOf(event)
      return {
        id,
        event,
        fromPx,
        widthPx: widthOfBar,
        line,
        isCritical: critical.has(id),
        isPart: parentStage(event.stage) !== undefined,
      }
    })
    groups.push({ lane, firstLine, lines: Math.max(1, ends.length), bars })
    firstLine += Math.max(1, ends.length)
  }
  return { scale, groups, lines: firstLine }
}
