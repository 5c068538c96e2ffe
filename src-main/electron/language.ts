import type { LanguagePreference } from '../sandbox/preferences'
import type { MenuLanguage } from './menu/labels'

/**
 * The language to speak: the one chosen, else the system's if it is Chinese, else English.
 *
 * @param systemLocale as BCP 47 names it, such as `zh-CN` or `en-GB`
 */
export function resolveLanguage(preference: LanguagePreference, systemLocale: string): MenuLanguage {
  if (preference !== 'system') return preference
  return /^zh\b/i.test(systemLocale) ? 'zh-CN' : 'en'
}
