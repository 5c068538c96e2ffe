import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import type { SerializedSandboxError } from '../../src-main/base/sandbox-error'
import type { ClusterOverview, StoreView } from '../../src-main/client/views/overview'
import { toDoorError, useDoorClient } from './door-client'

/** The cluster at a glance, as the host last told it. */
export const useOverviewStore = defineStore('overview', () => {
  const client = useDoorClient()
  const overview = shallowRef<ClusterOverview>()
  const error = shallowRef<SerializedSandboxError>()
  const storesById = computed(
    () => new Map<number, StoreView>(overview.value?.stores.map((store) => [store.storeId, store])),
  )
  let heard = 0

  function receive(next: ClusterOverview): void {
    heard += 1
    overview.value = next
    error.value = undefined
  }

  /** Forgets it: another cluster is open. */
  function clear(): void {
    heard += 1
    overview.value = undefined
    error.value = undefined
  }

  /** Asks the host. What was known before stays until there is something newer. */
  async function load(): Promise<void> {
    const heardBefore = heard
    try {
      const answer = await client.inspection.overview.query()
      if (heardBefore === heard) receive(answer)
    } catch (thrown) {
      if (heardBefore === heard) error.value = toDoorError(thrown)
    }
  }

  return { overview, error, storesById, receive, clear, load }
})
