import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { chromium } from 'playwright-core'
import type { Page } from 'playwright-core'
import { allScreens, visit } from '../window/support/all-screens'
import type { ShownScreen } from '../window/support/all-screens'
import { fillCluster } from '../window/support/demo-cluster'
import { doorOfPage } from '../window/support/door-of-page'
import { startHeadless } from '../window/support/headless-program'
import { temporaryDirectory } from '../window/support/temporary-directory'
import { until } from '../window/support/until'

const usage = 'Usage: npm run screenshots -- [--only <name>]'
const chromiumPaths = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
/** Enough for several pages of keys and for lines that rise. */
const PAIRS = 400

/** Theme, language, and whether every screen is wanted in it or only those that show most of the language. */
const looks = [
  { theme: 'dark', language: 'en', isWhole: true },
  { theme: 'light', language: 'en', isWhole: true },
  { theme: 'dark', language: 'zh-CN', isWhole: false },
  { theme: 'light', language: 'zh-CN', isWhole: false },
] as const
const tellingScreens = [
  'start',
  'cluster',
  'table-new',
  'regions',
  'region-replicas',
  'keyspace-value',
  'engine',
  'metrics',
]

/**
 * Writes a picture of every screen into test-results/screenshots, of a cluster with tables and keys, in both themes, and of
 * some screens in Chinese: `cluster-dark-en.png`.
 *
 * @returns the exit status
 */
export async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { only: { type: 'string' } } })
  const executablePath = [process.env['CHROMIUM_PATH'], ...chromiumPaths].find((path) => path && existsSync(path))
  if (executablePath === undefined) {
    console.error(`There is no Chromium; on Debian and Ubuntu: sudo apt-get install chromium. ${usage}`)
    return 1
  }
  // Relative to the project, where scripts of npm run: this file itself is bundled away.
  const directory = join(process.cwd(), 'test-results/screenshots')
  if (values.only === undefined) rmSync(directory, { recursive: true, force: true })
  mkdirSync(directory, { recursive: true })
  const asRoot = process.platform === 'linux' && process.getuid?.() === 0
  const userData = temporaryDirectory()
  const host = await startHeadless(userData.path, ['--base-port', '0'])
  const browser = await chromium.launch({ executablePath, args: asRoot ? ['--no-sandbox'] : [] })
  try {
    const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage()
    await page.goto(host.address)
    const door = doorOfPage(page)
    const cluster = await fillCluster(door, PAIRS)
    // A course needs more than a point.
    await until(
      'there are figures of some time',
      async () => (await door.inspection.metrics.query()).samples.length > 15,
    )
    for (const { theme, language, isWhole } of looks) {
      await door.preferences.change.mutate({ theme, language })
      await page.locator(`html[data-theme="${theme}"][lang="${language}"]`).waitFor({ state: 'attached' })
      const screens = allScreens(cluster).filter(({ name }) => isWhole || tellingScreens.includes(name))
      for (const screen of screens.filter(({ name }) => values.only === undefined || name === values.only)) {
        await takePicture(page, screen, join(directory, `${screen.name}-${theme}-${language}.png`))
      }
    }
    return 0
  } finally {
    await browser.close()
    await host.stop()
    userData.remove()
  }
}

async function takePicture(page: Page, screen: ShownScreen, path: string): Promise<void> {
  await visit(page, screen)
  await page.screenshot({ path })
  console.log(path)
}
