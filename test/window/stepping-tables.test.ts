import { afterAll, describe, expect, it } from 'vitest'
import type { TestContext } from 'vitest'
import type { Page } from 'playwright-core'
import type { OperationName, StageName } from '../../src-main/flow/stages'
import { doorOfPage } from './support/door-of-page'
import { expectAccessible } from './support/page-checks'
import { goToAddress } from './support/page-scripts.js'
import { SteppedTable } from './support/stepped-table'
import { until } from './support/until'
import { windowHosts } from './support/window-hosts'

const STORES = 3

/** Tables that come and go while somebody steps. */
describe.each(windowHosts)('a table that is stepped in $name', (host) => {
  const stepped = new SteppedTable(host, 'stepped-tables')
  const theScreen = (context: TestContext) => stepped.screen(context)
  const keep = (page: Page, name: string) => stepped.keep(page, name)

  async function tableId(page: Page, name: string): Promise<number | undefined> {
    const schemas = await doorOfPage(page).tables.tree.query()
    return schemas.flatMap(({ tables }) => tables).find((table) => table.name === name)?.tableId
  }

  /** Whether the last job that made or dropped a table has done it. */
  async function isDone(page: Page, kind: 'create' | 'drop'): Promise<boolean> {
    const jobs = await doorOfPage(page).tables.jobs.query()
    return jobs.findLast((job) => job.kind === kind && job.table === 'stepped')?.state === 'done'
  }

  /** Waits until a stage of an operation was passed on every store; of many stages the picture draws those in view. */
  async function passedEverywhere(page: Page, operation: OperationName, stage: StageName): Promise<void> {
    const { flow } = doorOfPage(page)
    await until(`${stage} is passed on all stores`, async () => {
      const { traces } = await flow.state.query()
      const traceId = traces.find((trace) => trace.operation === operation)?.traceId
      const stages = traceId === undefined ? [] : (await flow.trace.query({ traceId })).stages
      return new Set(stages.filter((event) => event.stage === stage).map(({ nodeId }) => nodeId)).size === STORES
    })
  }

  afterAll(async () => {
    await stepped.end()
  })

  it('stops on a store before its region is there, and is made when it goes on', async (context) => {
    const screen = await theScreen(context)
    const { page } = screen
    await screen.setBreakpoint({ stage: 'region.saveMeta' })
    await page.evaluate(goToAddress, '/tables/new')
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('stepped')
    await page.getByRole('button', { name: 'Create table' }).click()
    await page.getByText('Clocks of all nodes stand still').waitFor()
    await screen.open()
    const [held = ''] = await screen.heldAt('region.saveMeta')
    expect(held).toMatch(/ R\d+ on S\d: held here$/)
    await screen.headline.getByText('CreateTable').waitFor()
    expect(await isDone(page, 'create')).toBe(false)
    await keep(page, 'creation-held')
    await expectAccessible(page)
    await screen.removeBreakpoints()
    await passedEverywhere(page, 'CreateTable', 'region.updateState')
    await until('the table is made', () => isDone(page, 'create'))
    await screen.ended('done')
    expect(await tableId(page, 'stepped')).toBeGreaterThan(0)
    await keep(page, 'created')
  })

  it('is dropped step by step, and gone when that has ended', async (context) => {
    const screen = await theScreen(context)
    const { page } = screen
    await screen.setBreakpoint({ stage: 'region.prepareDestroy' })
    const dropped = await tableId(page, 'stepped')
    await doorOfPage(page).tables.drop.mutate({ tableId: dropped ?? 0 })
    const [held = ''] = await screen.heldAt('region.prepareDestroy')
    expect(held).toMatch(/ R\d+ on S\d: held here$/)
    await screen.headline.getByText('DropTable').waitFor()
    expect(await isDone(page, 'drop')).toBe(false)
    await keep(page, 'drop-held')
    await screen.removeBreakpoints()
    await passedEverywhere(page, 'DropTable', 'region.reportDeleted')
    await until('the table is dropped', () => isDone(page, 'drop'))
    await screen.ended('done')
    expect(await tableId(page, 'stepped')).toBeUndefined()
    await keep(page, 'dropped')
    expect(stepped.complaints).toEqual([])
  })
})
