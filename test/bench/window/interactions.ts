import { chromium } from 'playwright-core'
import type { Page } from 'playwright-core'
import { chromiumArgs, chromiumPath } from '../../window/support/chromium-path'
import { fillCluster } from '../../window/support/demo-cluster'
import { doorOfPage } from '../../window/support/door-of-page'
import { startHeadless } from '../../window/support/headless-program'
import { goToAddress } from '../../window/support/page-scripts.js'
import { temporaryDirectory } from '../../window/support/temporary-directory'
import { followInteractions, takeInteractionTimes } from './interaction-times.js'

/** What the browser measures no finer than: quicker interactions are not told. */
const QUICKEST_MS = 16
const PAIRS = 400

/** How long a kind of interaction took from the key or click to the next paint, in ms. */
export interface InteractionReport {
  readonly count: number
  readonly medianMs: number
  readonly p95Ms: number
  readonly worstMs: number
}

/** One kind of interaction: how to come to where it is done, and doing it once. @returns how many keys and clicks it was */
interface Interaction {
  readonly address: string
  readonly ready: string
  once(page: Page, round: number): Promise<number>
}

const interactions: Readonly<Record<string, Interaction>> = {
  'open and close the palette': {
    address: '/cluster',
    ready: 'text=20001',
    async once(page) {
      await page.keyboard.press('Control+Shift+P')
      await page.getByRole('dialog').waitFor()
      await page.keyboard.press('Escape')
      await page.getByRole('dialog').waitFor({ state: 'detached' })
      return 2
    },
  },
  'switch screens': {
    address: '/cluster',
    ready: 'text=20001',
    async once(page, round) {
      // Cluster, tables, regions, keyspace, engine, metrics: all but the start screen and the stepper.
      const place = [2, 3, 4, 5, 7, 8][round % 6] ?? 2
      await page.keyboard.press(`Control+${String(place)}`)
      await page.locator('main').getByRole('heading').first().waitFor()
      return 1
    },
  },
  'sort the grid of regions': {
    address: '/regions',
    ready: '[role=grid] [role=row] >> nth=1',
    async once(page) {
      await page.getByRole('columnheader').first().getByRole('button').click()
      return 1
    },
  },
  'select a key': {
    address: '/keyspace',
    ready: '[role=grid] [role=row] >> nth=1',
    async once(page, round) {
      await page
        .getByRole('row')
        .nth(1 + (round % 10))
        .click()
      return 1
    },
  },
}

/**
 * Interaction to paint, as the browser's own event timing has it, in the built program with a cluster of three stores and
 * some hundred pairs.
 *
 * @param rounds how often each kind is done
 * @throws Error without a Chromium
 */
export async function measureInteractions(rounds: number): Promise<Readonly<Record<string, InteractionReport>>> {
  const userData = temporaryDirectory()
  const host = await startHeadless(userData.path, ['--coordinators', '1', '--base-port', '0', '--ephemeral'])
  const browser = await chromium.launch({ executablePath: chromiumPath(), args: chromiumArgs() })
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
    await page.goto(host.address)
    await fillCluster(doorOfPage(page), PAIRS)
    await page.evaluate(followInteractions)
    const report: Record<string, InteractionReport> = {}
    for (const [name, interaction] of Object.entries(interactions)) {
      report[name] = await measure(page, interaction, rounds)
    }
    return report
  } finally {
    await browser.close()
    await host.stop()
    userData.remove()
  }
}

async function measure(page: Page, { address, ready, once }: Interaction, rounds: number): Promise<InteractionReport> {
  await page.evaluate(goToAddress, address)
  await page.locator('main').locator(ready).first().waitFor()
  await page.locator('main').focus()
  // The first times load what is loaded once, and are left out.
  for (let round = 0; round < 6; round++) await once(page, round)
  await page.evaluate(takeInteractionTimes)
  let count = 0
  for (let round = 0; round < rounds; round++) count += await once(page, round)
  const told = await page.evaluate(takeInteractionTimes)
  const untold = Array.from({ length: Math.max(0, count - told.length) }, () => QUICKEST_MS)
  const sorted = [...untold, ...told].sort((one, other) => one - other)
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN
  return { count: sorted.length, medianMs: at(0.5), p95Ms: at(0.95), worstMs: at(1) }
}
