import { useI18n } from 'vue-i18n'
import { formatCount, formatDurationMs } from '../ui/format'

/** Heartbeats come more often than this, in ms; the host tells younger ages with whatever else changes (overview-poll.ts). */
const FRESH_MS = 3_000

/**
 * Says how long ago a heartbeat came, to the second. An age that says nothing is not counted: its figure would stand still
 * until something else changes, and be wrong meanwhile.
 */
export function useHeartbeatAge(): (ageMs: number) => string {
  const { t, locale } = useI18n()
  return (ageMs) => {
    if (ageMs < FRESH_MS) return t('cluster.heartbeatFresh', { seconds: FRESH_MS / 1000 })
    const seconds = Math.round(ageMs / 1000)
    const age = seconds < 60 ? `${formatCount(seconds, locale.value)} s` : formatDurationMs(ageMs, locale.value)
    return t('cluster.ago', { age })
  }
}
