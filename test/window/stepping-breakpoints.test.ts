import { afterAll, describe, expect, it } from 'vitest'
import type { TestContext } from 'vitest'
import type { Page } from 'playwright-core'
import { doorOfPage } from './support/door-of-page'
import type { FlowScreen } from './support/flow-screen'
import { expectAccessible } from './support/page-checks'
import { SteppedTable } from './support/stepped-table'
import { until } from './support/until'
import { windowHosts } from './support/window-hosts'

const bytes = (text: string) => new TextEncoder().encode(text)

/** Where operations stop, as a person says it in the form. */
describe.each(windowHosts)('a breakpoint that is set in $name', (host) => {
  const stepped = new SteppedTable(host, 'breakpoints')
  const theScreen = (context: TestContext) => stepped.screen(context)
  const keep = (page: Page, name: string) => stepped.keep(page, name)

  /** What the person is told of a field, beside it. */
  async function toldOf(screen: FlowScreen, field: string): Promise<string> {
    const form = screen.page.getByRole('dialog')
    const note = await form.getByLabel(field).getAttribute('aria-describedby')
    return await form.locator(`[id="${note ?? ''}"]`).innerText()
  }

  async function lastIndex(page: Page): Promise<number> {
    const door = doorOfPage(page)
    const { replicas } = await door.inspection.regionDetail.query({ regionId: stepped.regionId })
    const storeId = replicas[0]?.storeId ?? 0
    return (await door.inspection.raftLog.query({ regionId: stepped.regionId, storeId, fromIndex: 0, limit: 1 }))
      .lastIndex
  }

  afterAll(async () => {
    await stepped.end()
  })

  it('is refused beside the field that cannot be read', async (context) => {
    const screen = await theScreen(context)
    const { page } = screen
    const form = await screen.openForm()
    const set = form.getByRole('button', { name: 'Set breakpoint' })
    for (const [condition, words] of [
      ['colour == 1', 'Character 1: a name is expected, such as index, node or key'],
      ['index 10', 'Character 7: a comparison is expected, such as == or startsWith'],
      ['index > 10 && (term == 2', 'Character 25: the parenthesis is not closed'],
      ['index >', 'Character 8: a number or a text in quotes is expected'],
    ] as const) {
      await screen.fillForm(form, { condition })
      await form.getByText(words).waitFor()
      expect(await toldOf(screen, 'Condition')).toBe(words)
      expect(await set.isDisabled()).toBe(true)
    }
    await keep(page, 'refused-condition')
    await expectAccessible(page)
    await screen.fillForm(form, { condition: 'index > 10', prefix: '0x1', hitCount: '0' })
    await form.getByText('Character 8').waitFor({ state: 'detached' })
    await set.click()
    expect(await toldOf(screen, 'Key begins with')).toBe('Behind 0x an even number of hexadecimal digits')
    expect(await toldOf(screen, 'Stop from hit')).toBe('A whole number from 1')
    await keep(page, 'refused-fields')
    await form.getByRole('button', { name: 'Cancel' }).click()
    await form.waitFor({ state: 'detached' })
    expect(await screen.breakpoints.count()).toBe(0)
  })

  it('stops where its condition holds, and no earlier', async (context) => {
    const screen = await theScreen(context)
    const { page } = screen
    const door = doorOfPage(page)
    const key = { kind: 'table' as const, tableId: stepped.tableId, text: 'filling' }
    while ((await lastIndex(page)) < 9) await door.keyspace.put.mutate({ key, value: bytes('any') })
    await screen.setBreakpoint({ stage: 'log.append', condition: 'index > 10' })
    await screen.put('tenth', 'passes', 'send')
    await screen.ended('done')
    await screen.put('eleventh', 'stops', 'send')
    await screen.heldAt('log.append')
    await page
      .getByRole('region', { name: 'Variables of the stage' })
      .getByText(/^#\d+\.11$/)
      .waitFor()
    await keep(page, 'condition-held')
    await screen.removeBreakpoints()
    await screen.ended('done')
  })

  it('stops operations whose key begins as it says', async (context) => {
    const screen = await theScreen(context)
    const { page } = screen
    const whole = await doorOfPage(page).keyspace.resolve.query({
      key: { kind: 'table', tableId: stepped.tableId, text: 'vip-' },
    })
    const prefix = `0x${Buffer.from(whole.bytes).toString('hex')}`
    await screen.setBreakpoint({ stage: 'service.validate', prefix })
    await screen.put('user-1', 'passes', 'send')
    await screen.ended('done')
    await screen.put('vip-1', 'stops', 'send')
    await screen.heldAt('service.validate')
    await keep(page, 'prefix-held')
    await page.keyboard.press(host.name === 'Chromium' ? 'Alt+F5' : 'F5')
    await screen.ended('done')
  })

  it('stops at the keys of a table, by its name and what they begin with', async (context) => {
    const screen = await theScreen(context)
    await screen.setBreakpoint({ stage: 'service.validate', keysOf: 'DINGO.demo', prefix: 'gold-' })
    await screen.breakpoints.getByText('demo/gold-…').waitFor()
    await screen.put('silver-1', 'passes', 'send')
    await screen.ended('done')
    await screen.put('gold-1', 'stops', 'send')
    await screen.heldAt('service.validate')
    await keep(screen.page, 'table-keys-held')
    await screen.removeBreakpoints()
    await screen.ended('done')
  })

  it('stops from the hit on that it says, and lets everything go on when it is removed', async (context) => {
    const screen = await theScreen(context)
    const { page } = screen
    await screen.setBreakpoint({ stage: 'service.validate', operation: 'KvPut', hitCount: '2' })
    await screen.put('first', 'passes', 'send')
    await screen.ended('done')
    await screen.breakpoints.getByText('hits: 1, stops from 2').waitFor()
    await screen.put('second', 'stops', 'send')
    await screen.heldAt('service.validate')
    await screen.breakpoints.getByText('hits: 2, stops from 2').waitFor()
    await page.getByText('Clocks of all nodes stand still').waitFor()
    await keep(page, 'hit-held')
    await expectAccessible(page)
    await screen.removeBreakpoints()
    await screen.ended('done')
    await screen.passed('client.result', 'Client').waitFor()
    await until('nothing is held', async () => {
      const { holds, isFrozen } = await doorOfPage(page).flow.state.query()
      return holds.length === 0 && !isFrozen
    })
    await keep(page, 'removed')
    expect(stepped.complaints).toEqual([])
  })
})
