import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import type { SerializedSandboxError } from '../../src-main/base/sandbox-error'
import type { LanguagePreference, Preferences, ThemePreference } from '../../src-main/sandbox/preferences'
import { toDoorError, useDoorClient } from './door-client'

/** What the person chose for the screens. The host keeps it, this is a copy. */
export const usePreferencesStore = defineStore('preferences', () => {
  const client = useDoorClient()
  const theme = ref<ThemePreference>('system')
  const language = ref<LanguagePreference>('system')
  const error = shallowRef<SerializedSandboxError>()

  /** Takes over what the host holds. */
  function receive(preferences: Preferences): void {
    theme.value = preferences.theme
    language.value = preferences.language
  }

  /** Takes over a choice at once, and tells the host. If the host refuses, the choice holds for this page only. */
  async function change(choices: Partial<Preferences>): Promise<void> {
    receive({ theme: theme.value, language: language.value, ...choices })
    try {
      await client.preferences.change.mutate(choices)
      error.value = undefined
    } catch (thrown) {
      error.value = toDoorError(thrown)
    }
  }

  return { theme, language, error, receive, change }
})
