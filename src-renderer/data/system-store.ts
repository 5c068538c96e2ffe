import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import type { SerializedSandboxError } from '../../src-main/base/sandbox-error'
import type { SystemInfo } from './door-client'
import { toDoorError, useDoorClient } from './door-client'

/** What is known of the program behind the page. */
export const useSystemStore = defineStore('system', () => {
  const client = useDoorClient()
  const info = shallowRef<SystemInfo>()
  const error = shallowRef<SerializedSandboxError>()
  const isLoading = ref(false)

  /** Asks the host. What was known before stays until there is something newer. @returns whether the host answered */
  async function load(): Promise<boolean> {
    isLoading.value = true
    try {
      info.value = await client.system.info.query()
      error.value = undefined
      return true
    } catch (thrown) {
      error.value = toDoorError(thrown)
      return false
    } finally {
      isLoading.value = false
    }
  }

  /**
   * Asks where the events stand, for whoever is about to read the state that they go on from.
   * @returns undefined if the host does not answer, which {@link error} then gives the reason of
   */
  async function cursor(): Promise<string | undefined> {
    try {
      return await client.events.cursor.query()
    } catch (thrown) {
      error.value = toDoorError(thrown)
      return undefined
    }
  }

  return { info, error, isLoading, load, cursor }
})
