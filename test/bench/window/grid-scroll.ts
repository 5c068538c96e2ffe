import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { chromium } from 'playwright-core'
import type { Locator, Page, Route } from 'playwright-core'
import { transformer } from '../../../src-main/api/transformer'
import type { RegionRowsQuery } from '../../../src-main/client/views/region-rows'
import type { SessionView } from '../../../src-main/sandbox/session/session-view'
import { temporaryDirectory } from '../../window/support/temporary-directory'
import { scrollFrames } from './scroll-frames.js'
import type { ScrollWay } from './scroll-frames.js'
import { syntheticRegions } from './synthetic-regions'

/** Regions in the grid. */
const REGIONS = 100_000

/** Ways to scroll, each for as many frames. A row is 28 px high and some 20 are in view. */
const ways: Readonly<Record<string, ScrollWay>> = {
  'by the wheel, 120 px a frame': { frames: 400, stepPx: 120, everyFrames: 1 },
  'fast, a screen a frame': { frames: 400, stepPx: 600, everyFrames: 1 },
  'by the bar, 1,000 rows every third frame': { frames: 400, stepPx: 28_000, everyFrames: 3 },
}

/** How long frames took while the grid was scrolled, in ms. */
export interface ScrollReport {
  readonly frames: number
  readonly medianMs: number
  readonly p99Ms: number
  readonly worstMs: number
  /** Frames that took more than 32 ms. */
  readonly late: number
  /** Processor time of the page's main thread for a frame, on average: says more on a machine that is busy elsewhere. */
  readonly busyMs: number
  /** The most of it in one go: a frame can take no less. */
  readonly longestTaskMs: number
}

/**
 * Scrolls the grid of regions over 100,000 synthetic rows in a browser, for each way and set of columns, and an empty stretch as
 * high beside it. The host is the
 * built program; only its answers about regions are synthetic, page by page, as the grid asks for them.
 *
 * @throws Error if there is no Chromium
 */
export async function measureGridScroll(): Promise<Readonly<Record<string, ScrollReport>>> {
  const executablePath = [process.env['CHROMIUM_PATH'], '/usr/bin/chromium', '/usr/bin/chromium-browser'].find(
    (path) => path !== undefined && existsSync(path),
  )
  if (executablePath === undefined) throw new Error('There is no Chromium; CHROMIUM_PATH names one.')
  const userData = temporaryDirectory()
  const host = spawn(
    process.execPath,
    [join(process.cwd(), 'out/main/headless.cjs'), 'serve', '--json', '--no-cluster', '--user-data-dir', userData.path],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const browser = await chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] })
  try {
    const [line] = (await once(createInterface(host.stdout), 'line')) as [string]
    const { address } = JSON.parse(line) as { address: string }
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
    await page.route('**/api/**', answerSynthetically)
    const report: Record<string, ScrollReport> = {}
    for (const [name, way] of Object.entries(ways)) report[`${name}, nothing drawn`] = await measureEmpty(page, way)
    await page.goto(`${address}#/regions`)
    for (const columns of ['basics', 'all']) {
      for (const [name, way] of Object.entries(ways)) {
        report[`${name}, columns ${columns}`] = await measure(page, columns, way)
      }
    }
    return report
  } finally {
    await browser.close()
    host.kill('SIGTERM')
    await once(host, 'exit')
    userData.remove()
  }
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
  await browser?.startTracing(page, { categories: ['toplevel', '__metadata'] })
  const sorted = (await grid.evaluate(scrollFrames, way)).sort((a, b) => a - b)
  const tasks = taskTimes((await browser?.stopTracing()) ?? Buffer.from('{"traceEvents":[]}'))
  const round = (ms: number) => Math.round(10 * ms) / 10
  const at = (share: number) => round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN)
  return {
    frames: sorted.length,
    medianMs: at(0.5),
    p99Ms: at(0.99),
    worstMs: at(1),
    late: sorted.filter((ms) => ms > 32).length,
    busyMs: round(tasks.reduce((sum, ms) => sum + ms, 0) / sorted.length),
    longestTaskMs: round(Math.max(...tasks)),
  }
}

/** One event of a browser's trace: a task that a thread did. `tdur` is processor time in µs. */
interface TraceEvent {
  readonly name: string
  readonly tid: number
  readonly pid: number
  readonly tdur?: number
  readonly args: { readonly name?: string }
}

/** Processor time of each task of the page's main thread, in ms. */
function taskTimes(trace: Buffer): number[] {
  const { traceEvents } = JSON.parse(trace.toString()) as { traceEvents: TraceEvent[] }
  const mainThreads = new Set(
    traceEvents
      .filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain')
      .map(({ pid, tid }) => `${String(pid)} ${String(tid)}`),
  )
  return traceEvents
    .filter(
      ({ name, pid, tid }) =>
        name === 'ThreadControllerImpl::RunTask' && mainThreads.has(`${String(pid)} ${String(tid)}`),
    )
    .map(({ tdur }) => (tdur ?? 0) / 1000)
}

const regions = syntheticRegions(REGIONS)
const session: SessionView = {
  phase: 'running',
  workspace: undefined,
  topology: undefined,
  engine: 'memory',
  mount: undefined,
  clusterId: 1,
  progress: undefined,
  readyMs: 1,
  nodes: [],
  cutLinks: [],
  warnings: [],
  capabilities: { control: false, pause: false, write: false },
  error: undefined,
}
const answers: Readonly<Record<string, (input: unknown) => unknown>> = {
  'session.get': () => session,
  'inspection.regionRows': (input) => regions.page(input as RegionRowsQuery),
  'inspection.overview': () => regions.overview,
  'tables.tree': () => [],
}

/** Answers a batch of calls: what is synthetic here, the rest by the host. */
async function answerSynthetically(route: Route): Promise<void> {
  const names = new URL(route.request().url()).pathname.replace(/^\/api\//, '').split(',')
  if (!names.some((name) => name in answers)) return route.continue()
  const inputs = JSON.parse(route.request().postData() ?? '{}') as Record<string, string>
  const real = names.every((name) => name in answers) ? [] : ((await (await route.fetch()).json()) as unknown[])
  const body = names.map((name, at) => {
    const answer = answers[name]
    if (answer === undefined) return real[at]
    const input = inputs[at]
    const data = answer(input === undefined ? undefined : transformer.deserialize(input))
    return { result: { data: transformer.serialize(data) } }
  })
  return route.fulfill({ contentType: 'application/json', body: JSON.stringify(body) })
}
