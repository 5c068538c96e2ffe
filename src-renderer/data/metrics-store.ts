import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import type { SerializedSandboxError } from '../../src-main/base/sandbox-error'
import type { MetricsSample } from '../../src-main/client/views/metrics'
import { toDoorError, useDoorClient } from './door-client'

/** How many samples a page keeps. */
const MOST_SAMPLES = 600

/** The figures of the last minutes, oldest first. */
export const useMetricsStore = defineStore('metrics', () => {
  const client = useDoorClient()
  const samples = shallowRef<readonly MetricsSample[]>([])
  const error = shallowRef<SerializedSandboxError>()

  function receive(sample: MetricsSample): void {
    const last = samples.value.at(-1)
    if (last !== undefined && sample.atMs <= last.atMs) return
    samples.value = [...samples.value.slice(-(MOST_SAMPLES - 1)), sample]
  }

  /** Reads what the host kept; samples that came meanwhile stay. */
  async function load(): Promise<void> {
    try {
      const history = await client.inspection.metrics.query()
      const came = samples.value
      samples.value = history.samples
      for (const sample of came) receive(sample)
      error.value = undefined
    } catch (thrown) {
      error.value = toDoorError(thrown)
    }
  }

  function clear(): void {
    samples.value = []
  }

  return { samples, error, receive, load, clear }
})
