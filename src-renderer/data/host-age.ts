import { computed, toValue } from 'vue'
import type { ComputedRef, MaybeRefOrGetter } from 'vue'
import { useI18n } from 'vue-i18n'
import { formatCount, formatDurationMs } from '../ui/format'
import { useMetricsStore } from './metrics-store'
import { useOverviewStore } from './overview-store'

/**
 * How old something is that the host told, in ms. A page has no clock: the time is the newest that the host told, so both
 * ends of the age are of the same clock, and nothing ticks while nothing comes.
 *
 * @param takenAtMs wall time of the host in ms; undefined for nothing
 */
export function useHostAgeMs(takenAtMs: MaybeRefOrGetter<number | undefined>): ComputedRef<number | undefined> {
  const metrics = useMetricsStore()
  const overview = useOverviewStore()
  return computed(() => {
    const then = toValue(takenAtMs)
    if (then === undefined) return undefined
    const nowMs = Math.max(metrics.samples.at(-1)?.atMs ?? 0, overview.overview?.takenAtMs ?? 0)
    return Math.max(0, nowMs - then)
  })
}

/** The same in words, to the second: `5 s`, `3 min 5 s`. */
export function useHostAge(takenAtMs: MaybeRefOrGetter<number | undefined>): ComputedRef<string> {
  const { locale } = useI18n()
  const ageMs = useHostAgeMs(takenAtMs)
  return computed(() => {
    const seconds = Math.round((ageMs.value ?? 0) / 1000)
    return seconds < 60 ? `${formatCount(seconds, locale.value)} s` : formatDurationMs(1000 * seconds, locale.value)
  })
}
