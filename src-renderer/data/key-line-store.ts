import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'
import type { SerializedSandboxError } from '../../src-main/base/sandbox-error'
import type { KeyLine, KeySegment } from '../../src-main/client/views/keyspace'
import { toDoorError, useDoorClient } from './door-client'
import { NewestQuestion } from './newest-question'
import { useSessionStore } from './session-store'

/** The key line: all regions of the cluster in key order, as last read. */
export const useKeyLineStore = defineStore('keyLine', () => {
  const client = useDoorClient()
  const session = useSessionStore()
  const line = shallowRef<KeyLine>()
  const error = shallowRef<SerializedSandboxError>()
  const question = new NewestQuestion()
  const segments = computed<readonly KeySegment[]>(() => line.value?.segments ?? [])
  const segmentsById = computed(() => new Map(segments.value.map((segment) => [segment.regionId, segment])))

  /** Asks for it. What was known before stays until there is something newer. */
  async function load(): Promise<void> {
    const counts = question.ask()
    try {
      const answer = await client.keyspace.line.query()
      if (!counts()) return
      line.value = answer
      error.value = undefined
    } catch (thrown) {
      if (counts()) error.value = toDoorError(thrown)
    }
  }

  /** Forgets it. */
  function clear(): void {
    question.forget()
    line.value = undefined
    error.value = undefined
  }

  // Another cluster: what was read is of no use.
  watch(() => session.generation, clear, { flush: 'sync' })
  return { line, segments, segmentsById, error, load, clear }
})
