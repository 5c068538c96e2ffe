import { useDocumentVisibility } from '@vueuse/core'
import { computed, onActivated, onDeactivated, toValue, watch } from 'vue'
import type { ComputedRef, MaybeRefOrGetter } from 'vue'
import { useI18n } from 'vue-i18n'
import { formatCount, formatDurationMs } from '../ui/format'
import { useMetricsStore } from './metrics-store'
import { useOverviewStore } from './overview-store'

/**
 * The wall time of the host in ms, as it told it last; 0 before it has. A page has no clock: ages are made of times of one
 * clock, and nothing ticks while nothing comes.
 */
export function useHostNowMs(): ComputedRef<number> {
  const metrics = useMetricsStore()
  const overview = useOverviewStore()
  return computed(() => Math.max(metrics.samples.at(-1)?.atMs ?? 0, overview.overview?.takenAtMs ?? 0))
}

/** Screens read anew what is older, or hear of it when it changes: a younger age says nothing, and need not be counted. */
const FRESH_MS = 15_000

/**
 * Says how old something is that the host told, to the second once it has grown old: nothing on the page changes while all is
 * well and nothing happens.
 *
 * @param takenAtMs wall time of the host in ms; undefined for nothing
 */
export function useUpdatedAgo(takenAtMs: MaybeRefOrGetter<number | undefined>): ComputedRef<string> {
  const { t, locale } = useI18n()
  const nowMs = useHostNowMs()
  return computed(() => {
    const ageMs = Math.max(0, nowMs.value - (toValue(takenAtMs) ?? nowMs.value))
    if (ageMs < FRESH_MS) return t('shell.updatedFresh', { seconds: FRESH_MS / 1000 })
    const seconds = Math.round(ageMs / 1000)
    const age = seconds < 60 ? `${formatCount(seconds, locale.value)} s` : formatDurationMs(ageMs, locale.value)
    return t('shell.updated', { age })
  })
}

/**
 * Has something read anew when it has become old, as long as the component lives that calls this, and only while it can be
 * seen.
 *
 * @param takenAtMs when it was taken: wall time of the host in ms; undefined for nothing, which does not become old
 */
export function onceOld(takenAtMs: MaybeRefOrGetter<number | undefined>, oldMs: number, read: () => void): void {
  const nowMs = useHostNowMs()
  const visibility = useDocumentVisibility()
  let isShown = true
  onActivated(() => {
    isShown = true
  })
  onDeactivated(() => {
    isShown = false
  })
  watch([nowMs, visibility], () => {
    const then = toValue(takenAtMs)
    if (then !== undefined && isShown && visibility.value === 'visible' && nowMs.value - then >= oldMs) read()
  })
}
