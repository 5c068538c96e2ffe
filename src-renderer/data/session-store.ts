import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import type { SerializedSandboxError } from '../../src-main/base/sandbox-error'
import type { SessionView } from '../../src-main/sandbox/session/session-view'
import { toDoorError, useDoorClient } from './door-client'

/** Whether it is still the cluster of before. One that was opened in between has another start, even if its end was missed. */
const isSameLife = (before: SessionView | undefined, next: SessionView): boolean =>
  before?.phase === 'running' && before.clusterId === next.clusterId && before.readyMs === next.readyMs

/** The cluster that is open in the program. The host keeps it, this is a copy. */
export const useSessionStore = defineStore('session', () => {
  const client = useDoorClient()
  const view = shallowRef<SessionView>()
  const error = shallowRef<SerializedSandboxError>()
  const isRunning = computed(() => view.value?.phase === 'running')
  /** Grows when another cluster is there, or the same one anew: what was read before is then of no use. */
  const generation = ref(0)
  let heard = 0

  /** Takes over what the host tells. */
  function receive(next: SessionView): void {
    heard += 1
    if (next.phase === 'running' && !isSameLife(view.value, next)) generation.value += 1
    view.value = next
  }

  /** Asks the host. What was known before stays until there is something newer. */
  async function load(): Promise<void> {
    const heardBefore = heard
    try {
      const answer = await client.session.get.query()
      if (heardBefore === heard) receive(answer)
      error.value = undefined
    } catch (thrown) {
      error.value = toDoorError(thrown)
    }
  }

  return { view, error, isRunning, generation, receive, load }
})
