import { SandboxError } from '../base/sandbox-error'
import type { Disk } from '../env'

export const themePreferences = ['system', 'light', 'dark'] as const
export type ThemePreference = (typeof themePreferences)[number]

export const languagePreferences = ['system', 'en', 'zh-CN'] as const
export type LanguagePreference = (typeof languagePreferences)[number]

/** What a person chose for the screens. Kept by the host, so that every window and tab shows the same. */
export interface Preferences {
  readonly theme: ThemePreference
  readonly language: LanguagePreference
}

export const defaultPreferences: Preferences = { theme: 'system', language: 'system' }

/** A person's preferences, kept in one file of their data directory. */
export interface PreferenceStore {
  readonly current: Preferences
  /** Takes over the given choices, tells the listeners, and resolves when they are on disk. @throws SandboxError DISK_* */
  change(choices: Partial<Preferences>): Promise<Preferences>
  /** Calls back after every change until the returned function is called. */
  onChange(listener: (preferences: Preferences) => void): () => void
}

type PreferenceDisk = Pick<Disk, 'readFile' | 'replaceFile'>

/**
 * Reads the preferences at a Disk path. A file that is not there, or that is damaged, gives the defaults: a person's
 * choice of colours is no reason to refuse to start, and the next change writes the file anew.
 *
 * @throws SandboxError DISK_IO when the disk itself fails
 */
export async function openPreferences(disk: PreferenceDisk, path: string): Promise<PreferenceStore> {
  let current = await readPreferences(disk, path)
  const listeners = new Set<(preferences: Preferences) => void>()
  // Writes go one after the other, each with what is current when its turn comes: the last choice wins on disk too.
  let lastWrite: Promise<void> = Promise.resolve()

  return {
    get current() {
      return current
    },
    async change(choices) {
      const changed: Preferences = { ...current, ...choices }
      current = changed
      for (const listener of listeners) listener(changed)
      const write = lastWrite.then(() => disk.replaceFile(path, serialize(current)))
      // A write that failed has been reported to its caller and must not hold up the next one.
      lastWrite = write.catch(() => undefined)
      await write
      return changed
    },
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

async function readPreferences(disk: PreferenceDisk, path: string): Promise<Preferences> {
  try {
    return parse(new TextDecoder().decode(await disk.readFile(path)))
  } catch (error) {
    if (SandboxError.is(error, 'DISK_NOT_FOUND')) return defaultPreferences
    throw error
  }
}

function serialize(preferences: Preferences): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(preferences, null, 2)}\n`)
}

function parse(text: string): Preferences {
  let data: unknown
  try {
    data = JSON.parse(text)
  } catch {
    // Damaged by an editor or an older crash: see openPreferences.
    return defaultPreferences
  }
  const { theme, language } = Object(data) as Record<string, unknown>
  return {
    theme: themePreferences.find((known) => known === theme) ?? defaultPreferences.theme,
    language: languagePreferences.find((known) => known === language) ?? defaultPreferences.language,
  }
}
