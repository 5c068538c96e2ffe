import { markRaw } from 'vue'
import { createI18n } from 'vue-i18n'
import type { LanguagePreference } from '../../../src-main/sandbox/preferences'
import { en } from './en'
import type { Messages } from './messages'
import { zhCN } from './zh-cn'

/** The languages of the screens. */
export type Language = 'en' | 'zh-CN'

/** The texts of every language. */
export const messages: Readonly<Record<Language, Messages>> = { en, 'zh-CN': zhCN }

/** Makes the translator of one app. */
export function createTranslator(language: Language) {
  return createI18n<[Messages], Language, false>({
    legacy: false,
    locale: language,
    fallbackLocale: 'en',
    // Texts never change; followed by Vue, each would cost a dozen look-ups whenever it is shown.
    messages: { en: markRaw(en), 'zh-CN': markRaw(zhCN) },
  })
}

/**
 * The language to speak: the one chosen, else the first of the reader's that there is, else English.
 *
 * @param readerLanguages as the browser gives them, the liked one first
 */
export function resolveLanguage(preference: LanguagePreference, readerLanguages: readonly string[]): Language {
  if (preference !== 'system') return preference
  for (const language of readerLanguages) {
    if (/^zh\b/i.test(language)) return 'zh-CN'
    if (/^en\b/i.test(language)) return 'en'
  }
  return 'en'
}
