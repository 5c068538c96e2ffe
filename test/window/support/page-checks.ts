import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import axe from 'axe-core'
import type { ConsoleMessage, Page } from 'playwright-core'
import { expect } from 'vitest'
import { projectDirectory } from '../../support/capabilities'
import { accessibilityViolations, hasAxe, probePolicy } from './page-scripts.js'

const screenshotDirectory = join(projectDirectory, 'test-results')

/** Keeps a picture of the page for a person to look at. */
export async function keepScreenshot(page: Page, name: string): Promise<void> {
  mkdirSync(screenshotDirectory, { recursive: true })
  await page.screenshot({ path: join(screenshotDirectory, `${name}.png`) })
}

/** The rules of WCAG 2.2 AA that a machine can check and that the page breaks, each with the elements that do. */
export async function brokenRules(page: Page): Promise<string[]> {
  // Over the debugger, which the content security policy does not bind. Once for each document.
  if (!(await page.evaluate(hasAxe))) await page.evaluate(axe.source)
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
  return await page.evaluate(accessibilityViolations, tags)
}

/** Fails if the page breaks a rule of WCAG 2.2 AA that a machine can check. */
export async function expectAccessible(page: Page): Promise<void> {
  expect(await brokenRules(page)).toEqual([])
}

/** Gathers what the page complains about from now on: errors, warnings, and what it did not catch. */
export function followConsole(page: Page): readonly string[] {
  const complaints: string[] = []
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(`${message.type()}: ${message.text()}`)
  })
  page.on('pageerror', (error) => complaints.push(`uncaught: ${error.message}`))
  return complaints
}

/** Asserts that nothing worked of what a content security policy has to stop, and that it was the policy that stopped it. */
export async function expectPolicyEnforced(page: Page): Promise<void> {
  const { violations, ...outcome } = await page.evaluate(probePolicy)
  expect(outcome).toEqual({
    evaluated: false,
    ranInlineScript: false,
    ranInlineHandler: false,
    madeMarkup: false,
    appliedInlineStyle: false,
    reachedOthers: false,
  })
  expect(violations).toEqual(expect.arrayContaining(['connect-src', 'style-src-elem', 'require-trusted-types-for']))
}

export type ThemeName = 'light' | 'dark'
export type LanguageName = 'en' | 'zh-CN'

/** Every look that a screen has. */
export const appearances: ReadonlyArray<readonly [ThemeName, LanguageName]> = [
  ['dark', 'en'],
  ['light', 'en'],
  ['dark', 'zh-CN'],
  ['light', 'zh-CN'],
]

const themeNames = { en: { light: 'Light', dark: 'Dark' }, 'zh-CN': { light: '浅色', dark: '深色' } } as const

/** Chooses theme and language by the switches in the status bar, and waits until the page shows them. */
export async function choose(page: Page, theme: ThemeName, language: LanguageName): Promise<void> {
  const status = page.locator('footer')
  await status.getByText(language === 'en' ? 'English' : '中文', { exact: true }).click()
  await expectShown(page, { language })
  await status.getByText(themeNames[language][theme], { exact: true }).click()
  await expectShown(page, { theme })
}

/** Waits until the page has a theme or a language. */
export async function expectShown(
  page: Page,
  { theme, language }: { readonly theme?: ThemeName; readonly language?: LanguageName },
): Promise<void> {
  const withTheme = theme === undefined ? '' : `[data-theme="${theme}"]`
  const withLanguage = language === undefined ? '' : `[lang="${language}"]`
  await page.locator(`html${withTheme}${withLanguage}`).waitFor({ state: 'attached' })
}

/** Loads the page again and fails if it has anything to complain about: a refused script, a header that nobody knows. */
export async function expectQuietConsole(page: Page): Promise<void> {
  const complaints: string[] = []
  const listen = (message: ConsoleMessage) => complaints.push(`${message.type()}: ${message.text()}`)
  page.on('console', listen)
  await page.reload()
  await page.getByRole('heading', { level: 1 }).waitFor()
  page.off('console', listen)
  expect(complaints).toEqual([])
}
