import type { ThemePreference } from '../../src-main/sandbox/preferences'

/** The colours of the screens. */
export type Theme = 'light' | 'dark'

/** The theme to show: the one chosen, else the system's. */
export function resolveTheme(preference: ThemePreference, systemIsDark: boolean): Theme {
  if (preference !== 'system') return preference
  return systemIsDark ? 'dark' : 'light'
}

/** Keeps the root element at a preference, and at the system's theme when that is the preference. */
export class ThemeSwitch {
  readonly #root: HTMLElement
  readonly #systemIsDark: MediaQueryList
  #preference: ThemePreference

  constructor(root: HTMLElement, systemIsDark: MediaQueryList, preference: ThemePreference) {
    this.#root = root
    this.#systemIsDark = systemIsDark
    this.#preference = preference
    systemIsDark.addEventListener('change', () => this.#apply())
    this.#apply()
  }

  /** Takes over another preference. */
  prefer(preference: ThemePreference): void {
    this.#preference = preference
    this.#apply()
  }

  #apply(): void {
    this.#root.dataset['theme'] = resolveTheme(this.#preference, this.#systemIsDark.matches)
  }
}
