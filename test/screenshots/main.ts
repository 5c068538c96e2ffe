import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { chromium } from 'playwright-core'
import type { Page } from 'playwright-core'
import { allScreens, visit } from '../window/support/all-screens'
import type { ShownScreen } from '../window/support/all-screens'
import { chromiumArgs, chromiumPath } from '../window/support/chromium-path'
import type { DemoCluster } from '../window/support/demo-cluster'
import { fillCluster } from '../window/support/demo-cluster'
import { doorOfPage } from '../window/support/door-of-page'
import type { DoorOfPage } from '../window/support/door-of-page'
import { FlowScreen } from '../window/support/flow-screen'
import { startHeadless } from '../window/support/headless-program'
import { temporaryDirectory } from '../window/support/temporary-directory'
import { until } from '../window/support/until'

/** Enough for several pages of keys and for lines that rise. */
const PAIRS = 400
const FILE_ROUNDS = 4

/** Both themes in both languages. */
const looks = [
  { theme: 'dark', language: 'en' },
  { theme: 'light', language: 'en' },
  { theme: 'dark', language: 'zh-CN' },
  { theme: 'light', language: 'zh-CN' },
] as const
/** Of the screen of flows there is more to see while an operation is held. */
const heldScreens: readonly ShownScreen[] = ['stack', 'traces', 'gates', 'lessons'].map((side) => ({
  name: `flow-held-${side}`,
  address: `/flow?side=${side}`,
  ready: '.diagram .held',
}))

/**
 * Writes a picture of every screen into test-results/screenshots, of a cluster with tables and keys, in both themes and both
 * languages: `cluster-dark-en.png`. `--only <name>` takes those of one screen, `--readme` the three of the README in their place.
 *
 * @returns the exit status
 * @throws Error without a Chromium
 */
export async function main(args: readonly string[]): Promise<number> {
  const options = { only: { type: 'string' }, readme: { type: 'boolean', default: false } } as const
  const { values } = parseArgs({ args: [...args], options })
  // Relative to the project, where scripts of npm run: this file itself is bundled away.
  const directory = join(process.cwd(), 'test-results/screenshots')
  if (values.only === undefined && !values.readme) rmSync(directory, { recursive: true, force: true })
  mkdirSync(directory, { recursive: true })
  const userData = temporaryDirectory()
  const host = await startHeadless(userData.path, ['--base-port', '0'])
  const browser = await chromium.launch({ executablePath: chromiumPath(), args: chromiumArgs() })
  try {
    const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage()
    await page.goto(host.address)
    const door = doorOfPage(page)
    const cluster = await fillCluster(door, PAIRS)
    await makeTableFiles(door)
    // A course needs more than a point.
    await until(
      'there are figures of some time',
      async () => (await door.inspection.metrics.query()).samples.length > 15,
    )
    if (values.readme) {
      await takeReadmePictures(page, door, cluster)
      return 0
    }
    const takePictures = async (screens: readonly ShownScreen[]) => {
      const wanted = screens.filter(({ name }) => values.only === undefined || name === values.only)
      for (const { theme, language } of looks) {
        await lookLike(page, door, theme, language)
        for (const screen of wanted) {
          await takePicture(page, screen, join(directory, `${screen.name}-${theme}-${language}.png`))
        }
      }
    }
    const isInspector = ({ name }: ShownScreen) => name === 'inspector'
    const screens = allScreens(cluster)
    await takePictures(screens.filter((screen) => !isInspector(screen)))
    await lookLike(page, door, 'dark', 'en')
    const release = await holdPut(page)
    await takePictures(heldScreens)
    await lookLike(page, door, 'dark', 'en')
    await release()
    // It stays open once it was, and would be in every picture after its own.
    await takePictures(screens.filter(isInspector))
    return 0
  } finally {
    await browser.close()
    await host.stop()
    userData.remove()
  }
}

/** Memtables to table files, so that there are levels to see; the last writes stay in the memtable. */
async function makeTableFiles(door: DoorOfPage): Promise<void> {
  const { nodes } = await door.session.get.query()
  const tables = (await door.tables.tree.query()).flatMap(({ tables: ofSchema }) => ofSchema)
  for (let round = 0; round < FILE_ROUNDS; round++) {
    for (const { nodeId } of nodes.filter(({ role }) => role === 'store')) {
      if (round === FILE_ROUNDS - 2) await door.inspection.compact.mutate({ nodeId, columnFamily: 'default' })
      await door.inspection.flush.mutate({ nodeId })
    }
    for (const { tableId, name } of tables) {
      const writes = Array.from({ length: 30 }, (_none, at) => {
        const text = `${name.replace(/s$/, '')}-${String(at * (round + 3)).padStart(4, '0')}`
        const value = new TextEncoder().encode(`round ${String(round)}`)
        return door.keyspace.put.mutate({ key: { kind: 'table', tableId, text }, value })
      })
      await Promise.all(writes)
    }
  }
}

async function lookLike(
  page: Page,
  door: DoorOfPage,
  theme: 'dark' | 'light',
  language: 'en' | 'zh-CN',
): Promise<void> {
  await door.preferences.change.mutate({ theme, language })
  await page.locator(`html[data-theme="${theme}"][lang="${language}"]`).waitFor({ state: 'attached' })
}

/** Has a put stand where its first follower gets it. The screens must be in English. @returns lets it go on */
async function holdPut(page: Page): Promise<() => Promise<void>> {
  const screen = new FlowScreen(page)
  await screen.open()
  await screen.setBreakpoint({ stage: 'raft.receive', operation: 'KvPut' })
  await screen.put('ada', 'Ada Lovelace', 'send')
  await screen.heldAt('raft.receive')
  return async () => {
    await screen.open()
    await screen.removeBreakpoints()
    await page.keyboard.press('F5')
    await screen.ended('done')
  }
}

/** An entry of the log that is neither the first nor near its end. */
const README_ENTRY = 40

async function takeReadmePictures(page: Page, door: DoorOfPage, { regionIds }: DemoCluster): Promise<void> {
  const regionId = regionIds[0] ?? 0
  const { coordinator } = await door.inspection.regionDetail.query({ regionId })
  const entry = `store=${String(coordinator.leaderStoreId)}&entry=${String(README_ENTRY)}`
  const screens: readonly ShownScreen[] = [
    { name: 'cluster', address: '/cluster', ready: '[data-node="20003"]' },
    { name: 'raft-log', address: `/regions/${String(regionId)}?tab=log&${entry}`, ready: 'text=Record on disk' },
    { ...(heldScreens[0] as ShownScreen), name: 'flow' },
  ]
  await lookLike(page, door, 'dark', 'en')
  for (const screen of screens) {
    const release = screen.name === 'flow' ? await holdPut(page) : undefined
    await takePicture(page, screen, join(process.cwd(), 'resources/screenshots', `${screen.name}.png`))
    await release?.()
  }
}

async function takePicture(page: Page, screen: ShownScreen, path: string): Promise<void> {
  await visit(page, screen)
  await page.screenshot({ path })
  console.log(path)
}
