import { afterAll, describe, expect, it } from 'vitest'
import type { TestContext } from 'vitest'
import type { Page } from 'playwright-core'
import { keepScreenshot } from './support/page-checks'
import { goToAddress } from './support/page-scripts.js'
import { temporaryDirectory } from './support/temporary-directory'
import { windowHosts } from './support/window-hosts'
import type { RunningProgram } from './support/window-hosts'

/** Waiting for a cluster that is loaded by other tests at the same time; nothing here waits as long when all is well. */
const PATIENCE_MS = 20_000

/** What a person does on the first day, in order: each test goes on where the one before has ended. */
describe.each(windowHosts)('a first day in $name', (host) => {
  const userData = temporaryDirectory()
  let program: RunningProgram | undefined
  /** The region of the key that is put, and the letter of the store that led it before it was killed. */
  let region = ''
  let killed = ''

  async function thePage(context: TestContext): Promise<Page> {
    await host.require(context)
    program ??= await host.start(context, userData.path, ['--base-port', '0'])
    const { page } = program
    page.setDefaultTimeout(PATIENCE_MS)
    context.onTestFailed(() => keepScreenshot(page, `failed-journey-${host.name}`))
    return page
  }
  const screen = (page: Page, name: string) =>
    page.getByRole('navigation', { name: 'Screens' }).getByRole('link', { name, exact: true }).click()
  /** A region as it is drawn on the store that leads it. */
  const leaderTile = (page: Page, name: string) =>
    page.getByRole('button', { name: new RegExp(`^${name} on S\\d: leader`) })

  afterAll(async () => {
    await program?.end()
    userData.remove()
  })

  it('a cluster starts by itself, and is shown when it runs', async (context) => {
    const page = await thePage(context)
    await page.waitForURL(/#\/cluster/)
    for (const node of ['coordinator-1', 'coordinator-2', 'coordinator-3', 'store-1', 'store-2', 'store-3']) {
      await page.getByRole('article', { name: node }).getByText('Running').waitFor()
    }
    await page.getByRole('heading', { name: 'No tables yet' }).waitFor()
  })

  it('a table is made by the form, which shows what it will be', async (context) => {
    const page = await thePage(context)
    await page.getByRole('button', { name: 'Create a table' }).click()
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('users')
    await page.getByRole('textbox', { name: 'Name of column 2' }).fill('city')
    const request = page.getByRole('region', { name: 'Request' })
    // Each change of the form is previewed a moment later: what is shown may still be of the one before.
    await request.getByText('"users"').waitFor()
    await request.getByText('"city"').waitFor()
    await page.getByText('Regions: 3, copies in all: 9').waitFor()
    await page.getByRole('button', { name: 'Create table' }).click()
    await page.getByText('3 of 3 regions are ready').waitFor()
    await page.getByRole('treeitem', { name: /^users/ }).waitFor()
  })

  it('a key is put in Keyspace, and got', async (context) => {
    const page = await thePage(context)
    await screen(page, 'Keyspace')
    await page.getByRole('tab', { name: 'Put', exact: true }).click()
    await page.getByLabel('Key of').selectOption('DINGO.users')
    await page.getByRole('textbox', { name: 'Key', exact: true }).fill('42')
    await page.getByRole('textbox', { name: 'Value', exact: true }).fill('{"city":"Beijing"}')
    await page.getByRole('button', { name: 'Put', exact: true }).click()
    await page.getByText(/is written, in/).waitFor()
    await page.getByRole('textbox', { name: 'Go to a key' }).fill('users/42')
    await page.getByRole('button', { name: 'Go', exact: true }).click()
    await page.getByRole('row', { name: /users\/42/ }).click()
    await page.getByRole('tab', { name: 'Value', exact: true }).click()
    await page.getByRole('region', { name: 'Pair' }).getByText('Beijing').first().waitFor()
  })

  it('its region is found, with all replicas of one mind and the write in every log', async (context) => {
    const page = await thePage(context)
    const chip = page
      .getByRole('region', { name: 'Pair' })
      .getByRole('link', { name: /^R\d+$/ })
      .first()
    region = (await chip.innerText()).trim()
    await page.evaluate(goToAddress, `/regions/${region.slice(1)}?tab=replicas`)
    await page.getByText('The coordinators and all replicas agree in every field.').waitFor()
    await page.getByRole('tab', { name: 'Log', exact: true }).click()
    await page.getByRole('radiogroup', { name: 'Show as' }).getByText('Table', { exact: true }).click()
    await page.getByRole('row', { name: /PUT/ }).first().waitFor()
  })

  it('its leader is killed in the picture, and another store leads', async (context) => {
    const page = await thePage(context)
    await screen(page, 'Cluster')
    const before = await leaderTile(page, region).getAttribute('aria-label')
    killed = /on (S\d)/.exec(before ?? '')?.[1] ?? ''
    const node = `store-${killed.slice(1)}`
    await page.getByRole('button', { name: `Actions on ${node}` }).click()
    await page.getByRole('menuitem', { name: 'Kill' }).click()
    await page.getByRole('article', { name: node }).getByText('Killed').waitFor()
    const another = [1, 2, 3].filter((ordinal) => `S${String(ordinal)}` !== killed).join('')
    await page.getByRole('button', { name: new RegExp(`^${region} on S[${another}]: leader`) }).waitFor()
  })

  it('the key is still there, and takes another value', async (context) => {
    const page = await thePage(context)
    await screen(page, 'Keyspace')
    await page.getByRole('tab', { name: 'Put', exact: true }).click()
    await page.getByRole('textbox', { name: 'Value', exact: true }).fill('{"city":"Shanghai"}')
    await page.getByRole('button', { name: 'Put', exact: true }).click()
    await page.getByText(/is written, in/).waitFor()
    await page.getByRole('tab', { name: 'Value', exact: true }).click()
    await page.getByRole('region', { name: 'Pair' }).getByText('Shanghai').first().waitFor()
  })

  it('the node is started again, and all replicas are of one mind', async (context) => {
    const page = await thePage(context)
    await screen(page, 'Cluster')
    const node = `store-${killed.slice(1)}`
    await page.getByRole('button', { name: `Actions on ${node}` }).click()
    await page.getByRole('menuitem', { name: 'Start', exact: true }).click()
    await page.getByRole('article', { name: node }).getByText('Running').waitFor()
    await page.evaluate(goToAddress, `/regions/${region.slice(1)}?tab=replicas`)
    await page.getByText('The coordinators and all replicas agree in every field.').waitFor()
  })

  it('a reload brings the same screen and the same choice back', async (context) => {
    const page = await thePage(context)
    await screen(page, 'Keyspace')
    await page.getByRole('region', { name: 'Pair' }).getByText('Shanghai').first().waitFor()
    const address = page.url()
    await page.reload()
    await page.getByRole('region', { name: 'Pair' }).getByText('Shanghai').first().waitFor()
    expect(page.url()).toBe(address)
  })

  it('the workspace is closed and opened again, with the data in it', async (context) => {
    const page = await thePage(context)
    await screen(page, 'Start')
    await page.getByRole('button', { name: 'Close', exact: true }).click()
    await page.getByRole('button', { name: 'Open workspace' }).click()
    await page.getByRole('button', { name: 'Look at the cluster' }).waitFor()
    await page.evaluate(goToAddress, '/keyspace')
    await page.getByRole('row', { name: /users\/42/ }).click()
    await page.getByRole('region', { name: 'Pair' }).getByText('Shanghai').first().waitFor()
  })

  it('a crash of the page loses nothing, and the program ends in order', async (context) => {
    const page = await thePage(context)
    await page.getByText('Connected').waitFor()
    const after = await program?.crashPage('Shanghai')
    expect(after).toContain('Shanghai')
    expect(await program?.end()).toBe(0)
    program = undefined
  })
})
