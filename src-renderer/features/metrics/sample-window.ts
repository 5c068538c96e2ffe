import type { MetricsSample } from '../../../src-main/client/views/metrics'

/** The windows that can be chosen, in minutes. */
export const WINDOW_MINUTES = [1, 5, 10] as const
export type WindowMinutes = (typeof WINDOW_MINUTES)[number]

/** The samples that ended in the last minutes before an end, that end included. */
export function samplesOfWindow(
  samples: readonly MetricsSample[],
  endMs: number,
  minutes: WindowMinutes,
): readonly MetricsSample[] {
  const fromMs = endMs - minutes * 60_000
  return samples.filter(({ atMs }) => atMs > fromMs && atMs <= endMs)
}

/** The place of the sample that is nearest to a moment; the newest for undefined. -1 if there is none. */
export function sampleAt(samples: readonly MetricsSample[], atMs: number | undefined): number {
  if (atMs === undefined) return samples.length - 1
  let nearest = -1
  let distance = Infinity
  for (const [at, sample] of samples.entries()) {
    const away = Math.abs(sample.atMs - atMs)
    if (away < distance) [nearest, distance] = [at, away]
  }
  return nearest
}
