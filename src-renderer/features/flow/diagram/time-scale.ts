import type { StageEvent } from '../../../../src-main/flow/stage-event'

/** A time during which something of the operation was held. */
export interface HeldTime {
  readonly fromMs: number
  readonly toMs: number
}

/**
 * Places on an axis for moments of an operation. A person reads for seconds where the program works for microseconds: held
 * time is therefore cut out of the axis, and stands there as a mark of fixed width.
 */
export interface TimeScale {
  /** Wall time in ms to px. */
  place(atMs: number): number
  readonly held: ReadonlyArray<HeldTime & { readonly fromPx: number; readonly toPx: number }>
  /** Ms that the axis shows, without held time. */
  readonly activeMs: number
  readonly startMs: number
}

/** How wide a mark of held time is. */
export const HELD_PX = 12

/** @param widthPx of the whole axis */
export function timeScale(stages: readonly StageEvent[], widthPx: number): TimeScale {
  let startMs = Infinity
  let endMs = -Infinity
  for (const { startedAtMs, endedAtMs } of stages) {
    startMs = Math.min(startMs, startedAtMs)
    endMs = Math.max(endMs, endedAtMs)
  }
  if (stages.length === 0) [startMs, endMs] = [0, 0]
  const held = heldTimes(stages)
  const heldMs = held.reduce((sum, { fromMs, toMs }) => sum + Math.min(toMs, endMs) - fromMs, 0)
  const activeMs = Math.max(0, endMs - startMs - heldMs)
  const roomPx = Math.max(1, widthPx - held.length * HELD_PX)
  const perMs = activeMs === 0 ? 0 : roomPx / activeMs

  const marks: Array<TimeScale['held'][number]> = []
  let px = 0
  let ms = startMs
  for (const { fromMs, toMs } of held) {
    px += (fromMs - ms) * perMs
    marks.push({ fromMs, toMs, fromPx: px, toPx: px + HELD_PX })
    px += HELD_PX
    ms = toMs
  }
  return {
    held: marks,
    activeMs,
    startMs,
    place: (atMs) => {
      let before: TimeScale['held'][number] | undefined
      for (const mark of marks) if (mark.fromMs < atMs) before = mark
      if (before === undefined) return (atMs - startMs) * perMs
      if (atMs < before.toMs) return before.toPx
      return before.toPx + (atMs - before.toMs) * perMs
    },
  }
}

/** When anything was held; holds that overlap are one. */
function heldTimes(stages: readonly StageEvent[]): readonly HeldTime[] {
  const holds = stages
    .filter(({ heldMs }) => heldMs > 0)
    .map(({ startedAtMs, heldMs }) => ({ fromMs: startedAtMs, toMs: startedAtMs + heldMs }))
    .sort((one, other) => one.fromMs - other.fromMs)
  const merged: HeldTime[] = []
  for (const hold of holds) {
    const last = merged.at(-1)
    if (last !== undefined && hold.fromMs <= last.toMs) {
      merged[merged.length - 1] = { fromMs: last.fromMs, toMs: Math.max(last.toMs, hold.toMs) }
    } else merged.push(hold)
  }
  return merged
}
