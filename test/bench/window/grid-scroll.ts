import { existsSync } from 'node:fs'
import { chromium } from 'playwright-core'
import type { Locator, Page } from 'playwright-core'
import { temporaryDirectory } from '../../window/support/temporary-directory'
import { FRAME_MARK, frameWork, frameWorkCategories } from './frame-work'
import { startHostOfRegions } from './host-of-regions'
import { scrollFrames } from './scroll-frames.js'
import type { ScrollWay } from './scroll-frames.js'

/** Regions in the grid. */
const REGIONS = 100_000
/** A frame that takes longer came late, in ms. */
const LATE_MS = 32

const way = (stepPx: number, everyFrames: number): ScrollWay => ({ frames: 400, stepPx, everyFrames, mark: FRAME_MARK })
/** Ways to scroll, each for as many frames. A row is 28 px high and some 20 are in view. */
const ways: Readonly<Record<string, ScrollWay>> = {
  'by the wheel, 120 px a frame': way(120, 1),
  'fast, a screen a frame': way(600, 1),
  'by the bar, 1,000 rows every third frame': way(28_000, 3),
}

/**
 * How long frames took while the grid was scrolled, and how much of that was work, in ms. Work is processor time of the
 * page's main thread and of the threads that fill its tiles, added up as if they never ran side by side: a late frame with
 * little work had to wait for the machine.
 */
export interface ScrollReport {
  readonly frames: number
  readonly medianMs: number
  readonly p99Ms: number
  readonly worstMs: number
  /** Frames that took more than {@link LATE_MS}. */
  readonly late: number
  readonly workMedianMs: number
  readonly workP99Ms: number
  readonly workMostMs: number
  /** The work of the frames that came late. */
  readonly workOfLate: string
}

/**
 * Scrolls the grid of regions over 100,000 synthetic rows in a browser, for each way and set of columns, and an empty
 * stretch as high beside it.
 *
 * @throws Error if there is no Chromium
 */
export async function measureGridScroll(): Promise<Readonly<Record<string, ScrollReport>>> {
  const executablePath = [process.env['CHROMIUM_PATH'], '/usr/bin/chromium', '/usr/bin/chromium-browser'].find(
    (path) => path !== undefined && existsSync(path),
  )
  if (executablePath === undefined) throw new Error('There is no Chromium; CHROMIUM_PATH names one.')
  const userData = temporaryDirectory()
  const host = await startHostOfRegions(REGIONS, userData.path)
  const browser = await chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] })
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
    const report: Record<string, ScrollReport> = {}
    for (const [name, way] of Object.entries(ways)) report[`${name}, nothing drawn`] = await measureEmpty(page, way)
    await page.goto(`${host.address}#/regions`)
    await checkWheel(page)
    for (const columns of ['basics', 'all']) {
      for (const [name, way] of Object.entries(ways)) {
        report[`${name}, columns ${columns}`] = await measure(page, columns, way)
      }
    }
    return report
  } finally {
    await browser.close()
    await host.stop()
    userData.remove()
  }
}

/** Frames are scrolled by script, which moves even what no wheel does. @throws Error if the wheel does not */
async function checkWheel(page: Page): Promise<void> {
  const grid = page.getByRole('grid')
  await grid.getByText('80001', { exact: true }).first().hover()
  await page.mouse.wheel(0, 120)
  for (let polls = 0; polls < 100; polls++) {
    if (await grid.evaluate((element: { scrollTop: number }) => element.scrollTop > 0)) return
    await page.waitForTimeout(20)
  }
  throw new Error('The wheel does not scroll the grid.')
}

async function measure(page: Page, columns: string, way: ScrollWay): Promise<ScrollReport> {
  await page.evaluate(`location.hash = '#/regions?columns=${columns}'`)
  const grid = page.getByRole('grid')
  await grid.waitFor()
  await grid.evaluate((element: { scrollTop: number }) => (element.scrollTop = 0))
  await grid.getByText('80001', { exact: true }).first().waitFor()
  return await framesOf(page, grid, way)
}

/** The same way over as much height with one row in it: what browser and machine alone make late. */
async function measureEmpty(page: Page, way: ScrollWay): Promise<ScrollReport> {
  await page.setContent(
    `<div role="grid" style="height: 600px; overflow: auto"><div style="height: ${String(28 * REGIONS)}px">a row</div></div>`,
  )
  return await framesOf(page, page.getByRole('grid'), way)
}

async function framesOf(page: Page, grid: Locator, way: ScrollWay): Promise<ScrollReport> {
  const browser = page.context().browser()
  if (browser === null) throw new Error('The page belongs to no browser that can be traced.')
  await browser.startTracing(page, { categories: frameWorkCategories })
  const framesMs = await grid.evaluate(scrollFrames, way)
  const workMs = frameWork(await browser.stopTracing()).map(({ mainMs, rasterMs }) => mainMs + rasterMs)
  const [frames, work] = [sortedShares(framesMs), sortedShares(workMs)]
  return {
    frames: framesMs.length,
    medianMs: frames(0.5),
    p99Ms: frames(0.99),
    worstMs: frames(1),
    late: framesMs.filter((ms) => ms > LATE_MS).length,
    workMedianMs: work(0.5),
    workP99Ms: work(0.99),
    workMostMs: work(1),
    workOfLate: workMs
      .filter((_, at) => (framesMs[at] ?? 0) > LATE_MS)
      .map(rounded)
      .join(' '),
  }
}

/** @returns which figure is not exceeded by a share of them, from 0 to 1 */
function sortedShares(figures: readonly number[]): (share: number) => number {
  const sorted = [...figures].sort((a, b) => a - b)
  return (share) => rounded(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN)
}

const rounded = (ms: number) => Math.round(10 * ms) / 10
