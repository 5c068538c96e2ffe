import { chromium } from 'playwright-core'
import type { Page } from 'playwright-core'
import { chromiumArgs, chromiumPath } from '../../window/support/chromium-path'
import { doorOfPage } from '../../window/support/door-of-page'
import type { DoorOfPage } from '../../window/support/door-of-page'
import { startHeadless } from '../../window/support/headless-program'
import { goToAddress } from '../../window/support/page-scripts.js'
import { temporaryDirectory } from '../../window/support/temporary-directory'
import { followMessages, followSteps, takeStepTimes } from './step-times.js'
import type { StepTime } from './step-times.js'

/** A person looks before the next key: so many ms. */
const LOOK_MS = 150
const MOST_STEPS = 60
const HELD = '.diagram [role=option].held'

/** F10 to paint over whole puts, in ms. */
export interface StepReport {
  readonly steps: number
  readonly medianMs: number
  readonly p95Ms: number
  readonly worstMs: number
  /** Of the page alone, from the host's message to the paint. */
  readonly pageMedianMs: number
  readonly pageP95Ms: number
}

/**
 * How long a step takes from F10 to the paint of the stage at which the operation stands then, in the built program with a
 * real cluster of three stores, through whole puts.
 *
 * @param puts how many are stepped; one before them is left out
 * @throws Error without a Chromium
 */
export async function measureSteps(puts: number): Promise<StepReport> {
  const userData = temporaryDirectory()
  const host = await startHeadless(userData.path, ['--base-port', '0', '--ephemeral'])
  const browser = await chromium.launch({ executablePath: chromiumPath(), args: chromiumArgs() })
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
    await page.addInitScript(followMessages)
    await page.goto(host.address)
    await page.waitForURL(/#\/cluster/)
    const door = doorOfPage(page)
    await page.evaluate(goToAddress, '/flow')
    await page.evaluate(followSteps)
    await page.getByRole('button', { name: 'Put a row and step it' }).click()
    await stepThrough(page)
    await page.evaluate(takeStepTimes)
    for (let put = 0; put < puts; put++) {
      await putOnceMore(door, page)
      await stepThrough(page)
    }
    return reportOf(await page.evaluate(takeStepTimes))
  } finally {
    await browser.close()
    await host.stop()
    userData.remove()
  }
}

async function putOnceMore(door: DoorOfPage, page: Page): Promise<void> {
  const [table] = await door.tables.tree.query().then((schemas) => schemas.flatMap(({ tables }) => tables))
  if (table === undefined) throw new Error('There is no table to put a row into.')
  const key = { kind: 'table' as const, tableId: table.tableId, text: 'user-42' }
  const { bytes } = await door.keyspace.resolve.query({ key })
  const kv = { key: Buffer.from(bytes).toString('base64'), value: Buffer.from('{"name":"Ada"}').toString('base64') }
  const { traceId } = await door.flow.run.mutate({ operation: 'KvPut', json: JSON.stringify({ kv }), step: true })
  await page.evaluate(goToAddress, `/flow?trace=${traceId}`)
}

async function stepThrough(page: Page): Promise<void> {
  await page.locator(HELD).waitFor()
  for (let steps = 0; steps < MOST_STEPS; steps++) {
    await page.waitForTimeout(LOOK_MS)
    const held = await page.locator(HELD).first().getAttribute('id')
    await page.keyboard.press('F10')
    const elsewhere = page.locator(`${HELD}:not([id="${held ?? ''}"])`)
    await elsewhere.or(page.locator('.headline .done')).first().waitFor()
    if ((await page.locator(HELD).count()) === 0) return
  }
}

function reportOf(times: readonly StepTime[]): StepReport {
  const share = (ms: readonly number[], part: number) => {
    const sorted = [...ms].sort((one, other) => one - other)
    return Math.round(10 * (sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? NaN)) / 10
  }
  const total = times.map(({ totalMs }) => totalMs)
  const page = times.map(({ pageMs }) => pageMs)
  return {
    steps: times.length,
    medianMs: share(total, 0.5),
    p95Ms: share(total, 0.95),
    worstMs: share(total, 1),
    pageMedianMs: share(page, 0.5),
    pageP95Ms: share(page, 0.95),
  }
}
