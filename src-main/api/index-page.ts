import type { Preferences } from '../sandbox/preferences'

const rootElement = /<html lang="[^"]*">/

/**
 * The page with the person's choices written into its root element, so that its first paint has the right colours and the
 * right words. What follows the system is left for the page, which knows the system of its reader.
 */
export function withPreferences(page: string, { theme, language }: Preferences): string {
  const chosenTheme = theme === 'system' ? '' : ` data-theme="${theme}"`
  const chosenLanguage = language === 'system' ? '' : ` data-language="${language}"`
  return page.replace(rootElement, `<html lang="en"${chosenTheme}${chosenLanguage}>`)
}
