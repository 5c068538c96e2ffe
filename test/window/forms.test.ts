import { afterAll, describe, expect, it } from 'vitest'
import type { TestContext } from 'vitest'
import type { Locator, Page } from 'playwright-core'
import { fillCluster } from './support/demo-cluster'
import { doorOfPage } from './support/door-of-page'
import { keepScreenshot } from './support/page-checks'
import { goToAddress } from './support/page-scripts.js'
import { temporaryDirectory } from './support/temporary-directory'
import { windowHosts } from './support/window-hosts'
import type { RunningProgram } from './support/window-hosts'

const smallCluster = ['--coordinators', '1', '--stores', '1', '--base-port', '0', '--ephemeral']

/** Bad input, form by form: what is wrong is said beside the field, for those who see it and for those who hear it. */
describe.each(windowHosts)('the forms in $name', (host) => {
  const userData = temporaryDirectory()
  let program: RunningProgram | undefined
  let filled: Promise<unknown> | undefined

  async function visit(context: TestContext, address: string): Promise<Page> {
    await host.require(context)
    program ??= await host.start(context, userData.path, smallCluster)
    const { page } = program
    context.onTestFailed(() => keepScreenshot(page, `failed-forms-${host.name}`))
    await (filled ??= fillCluster(doorOfPage(page), 2))
    await page.evaluate(goToAddress, address)
    return page
  }

  /** Waits until a field is marked as wrong and says so with these words in its description. */
  async function expectProblem(page: Page, field: Locator, words: string | RegExp): Promise<void> {
    await field.and(page.locator('[aria-invalid="true"]')).waitFor()
    const id = await field.getAttribute('aria-describedby')
    expect(id).not.toBeNull()
    await page
      .locator(`[id="${id ?? ''}"]`)
      .getByText(words)
      .waitFor()
  }

  afterAll(async () => {
    await program?.end()
    userData.remove()
  })

  it('a new sandbox: numbers of nodes, and its folder', async (context) => {
    const page = await visit(context, '/start')
    const form = page.getByRole('form', { name: 'New sandbox' })
    await form.getByText('Custom', { exact: true }).click()
    const coordinators = form.getByRole('spinbutton', { name: 'Coordinators' })
    await coordinators.fill('9')
    await expectProblem(page, coordinators, 'A whole number from 1 to')
    await form.getByText('Chosen folder', { exact: true }).click()
    const folder = form.getByRole('textbox')
    await folder.fill('here/below')
    await expectProblem(page, folder, 'Write the whole path')
    await folder.fill('')
    await folder.blur()
    await expectProblem(page, folder, 'Write the path of a folder.')
    expect(await form.getByRole('button').last().isDisabled()).toBe(true)
  })

  it('a new table: its name, columns and partitions', async (context) => {
    const page = await visit(context, '/tables/new')
    const name = page.getByRole('textbox', { name: 'Name', exact: true })
    await name.fill('no good name')
    await expectProblem(page, name, 'without spaces')
    await name.fill('users')
    await expectProblem(page, name, 'has a table of this name')
    const column = page.getByRole('textbox', { name: 'Name of column 2' })
    await column.fill('id')
    await expectProblem(page, column, 'Another column has this name.')
    const partitions = page.getByRole('spinbutton', { name: 'How many partitions' })
    await partitions.fill('0')
    await expectProblem(page, partitions, 'A table has')
    const replicas = page.getByRole('spinbutton', { name: 'Replicas' })
    await replicas.fill('7')
    await expectProblem(page, replicas, 'Each replica needs a store of its own')
    await page.getByRole('button', { name: 'Start over' }).click()
  })

  it('a pair: key, value and time to live', async (context) => {
    const page = await visit(context, '/keyspace?panel=put')
    const pair = page.getByRole('region', { name: 'Pair' })
    await pair.getByLabel('Key of').selectOption('the store, in hex')
    const key = pair.getByRole('textbox', { name: 'Key', exact: true })
    await pair.getByRole('button', { name: 'Put', exact: true }).click()
    await expectProblem(page, key, 'Type a key.')
    await key.fill('7g')
    await expectProblem(page, key, 'Hex has two digits a byte')
    await pair.getByText('JSON', { exact: true }).click()
    const value = pair.getByRole('textbox', { name: 'Value', exact: true })
    await value.fill('{"half":')
    await expectProblem(page, value, 'This is not JSON.')
    const timeToLive = pair.getByRole('spinbutton', { name: 'Time to live' })
    await timeToLive.fill('-1')
    await expectProblem(page, timeToLive, 'A number of seconds above 0')
  })

  it('a comparison: expected and new value', async (context) => {
    const page = await visit(context, '/keyspace?panel=set')
    const pair = page.getByRole('region', { name: 'Pair' })
    await pair.getByRole('button', { name: 'Compare and set', exact: true }).click()
    await expectProblem(page, pair.getByRole('textbox', { name: 'Key', exact: true }), 'Type a key.')
  })

  it('a key to go to', async (context) => {
    const page = await visit(context, '/keyspace')
    const seek = page.getByRole('textbox', { name: 'Go to a key' })
    await seek.fill('0x7')
    await seek.press('Enter')
    await expectProblem(page, seek, 'Hex has two digits a byte')
  })

  it('a key to look for in an engine', async (context) => {
    const page = await visit(context, '/engine?store=20001')
    await page.getByText('Hex bytes', { exact: true }).click()
    const key = page.getByRole('main').getByRole('textbox', { name: 'Key', exact: true })
    await page.getByRole('button', { name: 'Find', exact: true }).click()
    await expectProblem(page, key, 'Type a key.')
    await key.fill('7g')
    await expectProblem(page, key, 'Hex digits only')
  })
})
