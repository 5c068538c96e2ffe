import type { LanguagePreference, ThemePreference } from '../../src-main/sandbox/preferences'

/** The choices that the screens offer, in their order. The host knows the same (src-main/sandbox/preferences.ts). */
export const themePreferences = ['system', 'light', 'dark'] as const satisfies readonly ThemePreference[]
export const languagePreferences = ['system', 'en', 'zh-CN'] as const satisfies readonly LanguagePreference[]
