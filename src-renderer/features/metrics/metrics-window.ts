import { computed, inject, provide } from 'vue'
import type { ComputedRef, InjectionKey, Ref } from 'vue'
import { useI18n } from 'vue-i18n'
import type { MetricsSample } from '../../../src-main/client/views/metrics'
import { formatTime } from '../../ui/format'
import { sampleAt, samplesOfWindow } from './sample-window'
import type { WindowMinutes } from './sample-window'

/** The stretch of time that the whole screen shows, and the moment in it that is pointed at. */
export interface MetricsWindow {
  readonly samples: ComputedRef<readonly MetricsSample[]>
  readonly timesMs: ComputedRef<readonly number[]>
  readonly fromMs: ComputedRef<number>
  readonly toMs: ComputedRef<number>
  /** `14:02:07 to 14:07:07`. */
  readonly range: ComputedRef<string>
  /** Undefined: the newest sample is meant. */
  readonly cursorAtMs: Ref<number | undefined>
  /** The sample that is meant, as its place in `samples`; -1 without samples. */
  readonly at: ComputedRef<number>
}

const key: InjectionKey<MetricsWindow> = Symbol('metrics window')

/** Makes the window of the screen, and gives it to the components in it. */
export function provideMetricsWindow(
  known: () => readonly MetricsSample[],
  minutes: () => WindowMinutes,
  cursorAtMs: Ref<number | undefined>,
): MetricsWindow {
  const { t, locale } = useI18n()
  const toMs = computed(() => known().at(-1)?.atMs ?? 0)
  const fromMs = computed(() => toMs.value - minutes() * 60_000)
  const samples = computed(() => samplesOfWindow(known(), toMs.value, minutes()))
  const time = (ms: number) => formatTime(ms, locale.value)
  const made: MetricsWindow = {
    samples,
    timesMs: computed(() => samples.value.map(({ atMs }) => atMs)),
    fromMs,
    toMs,
    range: computed(() => t('metrics.range', { from: time(fromMs.value), to: time(toMs.value) })),
    cursorAtMs,
    at: computed(() => sampleAt(samples.value, cursorAtMs.value)),
  }
  provide(key, made)
  return made
}

/** The window of the screen that the component is part of. */
export function useMetricsWindow(): MetricsWindow {
  const window = inject(key)
  if (window === undefined) throw new Error('No screen around this component provides a window of time.')
  return window
}
