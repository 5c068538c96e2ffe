import { readFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import type { TestContext } from 'vitest'
import type { Locator, Page } from 'playwright-core'
import type { DemoCluster } from './support/demo-cluster'
import { fillCluster } from './support/demo-cluster'
import { doorOfPage } from './support/door-of-page'
import { followConsole, keepScreenshot } from './support/page-checks'
import { goToAddress } from './support/page-scripts.js'
import { temporaryDirectory } from './support/temporary-directory'
import { patiently } from './support/until'
import { windowHosts } from './support/window-hosts'
import type { RunningProgram } from './support/window-hosts'

/** Waiting for a cluster that is loaded by other tests at the same time; nothing here waits as long when all is well. */
const PATIENCE_MS = 20_000
const cluster = ['--coordinators', '1', '--stores', '3', '--base-port', '0']
const bytes = (text: string) => new TextEncoder().encode(text)

/** Everything that a person can do to keys, nodes, links, engines and sandboxes, beyond the first day. */
describe.each(windowHosts)('what can be done in $name', (host) => {
  const userData = temporaryDirectory()
  let program: RunningProgram | undefined
  let filled: DemoCluster | undefined
  let complaints: readonly string[] = []

  async function thePage(context: TestContext, address: string): Promise<Page> {
    await host.require(context)
    if (program === undefined) {
      program = await host.start(context, userData.path, cluster)
      program.page.setDefaultTimeout(PATIENCE_MS)
      complaints = followConsole(program.page)
    }
    const { page } = program
    context.onTestFailed(() => keepScreenshot(page, `failed-acts-${host.name}`))
    filled ??= await fillCluster(doorOfPage(page), 20)
    await page.evaluate(goToAddress, address)
    return page
  }
  const keep = (page: Page, name: string) => keepScreenshot(page, `acts-${host.name}-${name}`)
  const pairOf = (page: Page) => page.getByRole('region', { name: 'Pair' })
  const tab = (page: Page, name: string) => page.getByRole('tab', { name, exact: true }).click()
  const button = (within: Page | Locator, name: string) => within.getByRole('button', { name, exact: true })
  const field = (within: Page | Locator, name: string) => within.getByRole('textbox', { name, exact: true })
  const choose = (within: Page | Locator, group: string, choice: string) =>
    within.getByRole('radiogroup', { name: group }).getByText(choice, { exact: true }).click()

  /** Writes as another client would. */
  async function putBehind(page: Page, text: string, value: Uint8Array): Promise<void> {
    const key = { kind: 'table' as const, tableId: filled?.tableIds.users ?? 0, text }
    await doorOfPage(page).keyspace.put.mutate({ key, value })
  }

  /** Goes to a key by its name, as a person types it. */
  async function seek(page: Page, key: string): Promise<void> {
    await page.getByRole('textbox', { name: 'Go to a key' }).fill(key)
    await button(page, 'Go').click()
  }

  async function act(page: Page, node: string, deed: string): Promise<void> {
    await button(page, `Actions on ${node}`).click()
    await page.getByRole('menuitem', { name: deed, exact: true }).click()
  }

  afterAll(async () => {
    await program?.end()
    userData.remove()
  })

  it('a value is set if it is what was expected, and not if somebody was quicker', async (context) => {
    const page = await thePage(context, '/keyspace')
    const pair = pairOf(page)
    await seek(page, 'users/user-0000')
    await pair.getByText('User 0').first().waitFor()
    await tab(page, 'Compare and set')
    await expect.poll(() => field(pair, 'Expected value').inputValue(), patiently).toContain('User 0')
    await field(pair, 'New value').fill('mine')
    await button(pair, 'Compare and set').click()
    await pair.getByText('had the expected value and is set').waitFor()
    await keep(page, 'set')
    await expect.poll(() => field(pair, 'Expected value').inputValue(), patiently).toBe('mine')
    await putBehind(page, 'user-0000', bytes('theirs'))
    await field(pair, 'New value').fill('mine again')
    await button(pair, 'Compare and set').click()
    await pair.getByText('holds another value than expected').waitFor()
    await keep(page, 'set-refused')
    await tab(page, 'Value')
    await pair.getByText('theirs').first().waitFor()
  })

  it('a key is put only if there is none', async (context) => {
    const page = await thePage(context, '/keyspace?panel=set')
    const pair = pairOf(page)
    await pair.getByLabel('Key of').selectOption('DINGO.users')
    await field(pair, 'Key').fill('user-0007')
    await pair.getByRole('checkbox', { name: 'I expect that there is no such key' }).check()
    await field(pair, 'New value').fill('the first')
    await button(pair, 'Compare and set').click()
    await pair.getByText('had the expected value and is set').waitFor()
    await page.getByRole('row', { name: /users\/user-0007/ }).waitFor()
    await pair.getByRole('checkbox', { name: 'I expect that there is no such key' }).check()
    await button(pair, 'Compare and set').click()
    await pair.getByText('holds another value than expected').waitFor()
    await keep(page, 'put-if-absent')
  })

  it('a key is deleted, and put back', async (context) => {
    const page = await thePage(context, '/keyspace')
    const pair = pairOf(page)
    await page.getByRole('row', { name: /users\/user-0002/ }).click()
    await button(pair, 'Delete').click()
    const question = page.getByRole('dialog', { name: 'Delete this key?' })
    await question.getByText('users/user-0002').waitFor()
    await keep(page, 'delete-asked')
    await button(question, 'Delete').click()
    await pair.getByText('users/user-0002 is deleted').waitFor()
    await pair.getByText('There is no such key').waitFor()
    await page.getByRole('row', { name: /users\/user-0002/ }).waitFor({ state: 'detached' })
    await keep(page, 'deleted')
    await button(pair, 'Put back').click()
    await pair.getByText('is back with its old value').waitFor()
    await page.getByRole('row', { name: /users\/user-0002/ }).waitFor()
  })

  it('a key is gone to by name and by bytes, and what is no hex is told beside the field', async (context) => {
    const page = await thePage(context, '/keyspace')
    const first = page.getByRole('grid', { name: 'Pairs in key order' }).locator('[aria-rowindex="2"]')
    await seek(page, 'users/user-0010')
    await first.getByText('users/user-0010').waitFor()
    await seek(page, `0x${filled?.keyHex ?? ''}`)
    await first.getByText('users/user-0000').waitFor()
    await seek(page, '0x72zz')
    await page.getByText('Hex has two digits a byte').waitFor()
    await keep(page, 'seek-refused')
    await seek(page, 'users/user-0010')
    await page.getByText('Hex has two digits a byte').waitFor({ state: 'detached' })
  })

  it('a value is read as text, JSON, hex and protobuf', async (context) => {
    const page = await thePage(context, '/keyspace')
    const pair = pairOf(page)
    await putBehind(page, 'user-0004', bytes('{"name":"Ada","born":1815}'))
    await putBehind(page, 'user-0006', Uint8Array.of(0x08, 0x96, 0x01, 0x12, 0x03, 0x41, 0x64, 0x61))
    await seek(page, 'users/user-0004')
    await pair.getByText('looks like JSON').waitFor()
    await pair.getByText('1815').first().waitFor()
    await keep(page, 'value-json')
    await choose(pair, 'Read as', 'Text')
    await pair.getByText('{"name":"Ada","born":1815}').waitFor()
    await choose(pair, 'Read as', 'Hex')
    await pair.getByText('7b', { exact: true }).first().waitFor()
    await keep(page, 'value-hex')
    await seek(page, 'users/user-0006')
    await pair.getByText('looks like protobuf?').waitFor()
    await choose(pair, 'Read as', 'Protobuf')
    await pair.getByText('150', { exact: true }).first().waitFor()
    await pair.getByText('Ada', { exact: true }).first().waitFor()
    await keep(page, 'value-protobuf')
  })

  it('a value above 4 KiB is shortened, opened whole, and saved', async (context) => {
    const page = await thePage(context, '/keyspace')
    const pair = pairOf(page)
    const value = bytes(`${'long '.repeat(2000)}end`)
    await putBehind(page, 'user-0008', value)
    await seek(page, 'users/user-0008')
    await pair.getByText('The first 4.00 KiB of 9.77 KiB are shown.').waitFor()
    await keep(page, 'value-shortened')
    if (host.name === 'Chromium') {
      // In the window the program itself saves: electron-saving.test.ts.
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        button(pair, 'Save as file').first().click(),
      ])
      expect(download.suggestedFilename()).toBe('users-user-0008.bin')
      expect(readFileSync(await download.path())).toEqual(Buffer.from(value))
    } else await button(pair, 'Load whole').click()
    await pair.getByText('The first 4.00 KiB').waitFor({ state: 'detached' })
    await choose(pair, 'Read as', 'Text')
    await pair.getByText(/long end$/).waitFor()
  })

  it('a node is paused, and goes on', async (context) => {
    const page = await thePage(context, '/cluster')
    const node = page.getByRole('article', { name: 'store-2' })
    await act(page, 'store-2', 'Pause')
    await node.getByText('Paused').waitFor()
    await page.getByText('was paused.').waitFor()
    await keep(page, 'paused')
    await act(page, 'store-2', 'Resume')
    await node.getByText('Running').waitFor()
    await page.getByText('goes on.').waitFor()
  })

  it('a link is cut and healed in the picture', async (context) => {
    const page = await thePage(context, '/cluster')
    const link = page.locator('[data-link="20002-20003"]')
    const drag = async () => {
      await button(page, 'Links of store-2: drag to another node to cut or heal the link').hover()
      await page.mouse.down()
      await page.getByRole('article', { name: 'store-3' }).hover()
      await page.mouse.up()
    }
    await drag()
    await page.getByText('The link S2 – S3 was cut.').waitFor()
    await expect.poll(() => link.getAttribute('class'), patiently).toContain('cut')
    await keep(page, 'cut')
    await drag()
    await page.getByText('The link S2 – S3 was healed.').waitFor()
    await expect.poll(() => link.getAttribute('class'), patiently).not.toContain('cut')
  })

  it('a link is cut and healed from the tables', async (context) => {
    const page = await thePage(context, '/cluster')
    await choose(page, 'Show as', 'Table')
    await act(page, 'store-1', 'Cut, delay or heal a link …')
    const dialog = page.getByRole('dialog', { name: 'Link between two nodes' })
    await dialog.getByLabel('Other end').selectOption({ label: 'S3 store-3' })
    await dialog.getByText('From S1 to S3 only').click()
    await keep(page, 'link-dialog')
    await button(dialog, 'Cut').click()
    const cut = page.getByRole('table', { name: /Cut links/ })
    await cut.getByRole('row', { name: 'S1 S3' }).waitFor()
    await keep(page, 'cut-table')
    await act(page, 'store-1', 'Heal its links')
    await page.getByText('No link is cut.').waitFor()
    await choose(page, 'Show as', 'Picture')
  })

  it('an engine is flushed and compacted, and a key is found in it', async (context) => {
    const page = await thePage(context, '/engine?store=20001')
    await button(page, 'Flush').click()
    await page.getByText('Flushed node 20001.').waitFor()
    await keep(page, 'flushed')
    await page.getByRole('combobox', { name: 'Table', exact: true }).selectOption('users')
    await field(page.getByRole('main'), 'Key').fill('user-0000')
    await button(page, 'Find').click()
    const place = page.getByRole('region', { name: 'default', exact: true })
    await place.getByRole('button', { name: /^Level 0: / }).waitFor()
    await place.scrollIntoViewIfNeeded()
    await keep(page, 'located')
    await button(page, 'Compact').click()
    await page.getByText(/^Compacted .* of node 20001\.$/).waitFor()
    await keep(page, 'compacted')
  })

  it('another sandbox is made, and the first is opened again with what it holds', async (context) => {
    const page = await thePage(context, '/start')
    const first = (await doorOfPage(page).session.get.query()).workspace?.name ?? ''
    await button(page, 'Close').click()
    await page.getByText('No cluster is open').first().waitFor()
    const form = page.getByRole('form', { name: 'New sandbox' })
    await form.getByText('1 + 1', { exact: true }).click()
    await form.getByText('LevelDB', { exact: true }).click()
    await button(form, 'Start this sandbox').click()
    await button(page, 'Look at the cluster').click()
    await page.getByRole('article', { name: 'store-1' }).getByText('Running').waitFor()
    expect(await page.getByRole('article').count()).toBe(2)
    await page.getByRole('heading', { name: 'No tables yet' }).waitFor()
    await page.evaluate(goToAddress, '/engine')
    await page.getByText('LevelDB does not tell what is inside it').waitFor()
    await keep(page, 'engine-level')
    await page.evaluate(goToAddress, '/start')
    await keep(page, 'recent')
    await button(page, `Open ${first}`).click()
    await page.getByText('Coordinators: 1, stores: 3', { exact: true }).waitFor()
    await button(page, 'Look at the cluster').waitFor()
    await page.evaluate(goToAddress, '/keyspace')
    await page.getByRole('row', { name: /users\/user-0007/ }).click()
    await pairOf(page).getByText('the first').first().waitFor()
  })

  it('nothing was complained about meanwhile', async (context) => {
    await host.require(context)
    expect(complaints).toEqual([])
  })
})
