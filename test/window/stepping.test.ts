import { afterAll, describe, expect, it } from 'vitest'
import type { TestContext } from 'vitest'
import type { Page } from 'playwright-core'
import { expectAccessible, followConsole, keepScreenshot } from './support/page-checks'
import { temporaryDirectory } from './support/temporary-directory'
import { windowHosts } from './support/window-hosts'
import type { RunningProgram } from './support/window-hosts'

/** Waiting for a cluster that is loaded by other tests at the same time; nothing here waits as long when all is well. */
const PATIENCE_MS = 20_000
/** A put has about forty stages, half of them on the way of who steps over. */
const MOST_STEPS = 60

/** What a person sees who steps over, on the node that is stepped; replicas pass theirs meanwhile. */
const onTheWay = [
  'client.kvPut',
  'service.validate',
  'storage.kvPut',
  'engine.asyncWrite',
  'raftManager.route',
  'raftNode.propose',
  'raft.send',
  'raftNode.commit',
  'stateMachine.onApply',
  'rawEngine.write',
  'closure.run',
  'storage.writeCallback',
  'service.respond',
  'client.result',
]

describe.each(windowHosts)('a put that is stepped in $name', (host) => {
  const userData = temporaryDirectory()
  let program: RunningProgram | undefined
  let complaints: readonly string[] = []

  async function thePage(context: TestContext): Promise<Page> {
    await host.require(context)
    if (program === undefined) {
      program = await host.start(context, userData.path, ['--base-port', '0'])
      program.page.setDefaultTimeout(PATIENCE_MS)
      complaints = followConsole(program.page)
    }
    return program.page
  }
  const variables = (page: Page) => page.getByRole('region', { name: 'Variables of the stage' })
  const heldStage = (page: Page) => page.getByRole('option', { name: /held here$/ })

  /** Presses a key and waits until the operation stands somewhere else, or nowhere. @returns the words of the stage */
  async function step(page: Page, key: string): Promise<string | undefined> {
    const before = await heldStage(page).first().getAttribute('id')
    await page.keyboard.press(key)
    const elsewhere = page.locator(`.diagram [role=option].held:not([id="${before ?? ''}"])`)
    await elsewhere.or(page.locator('.headline .done')).first().waitFor()
    return (await heldStage(page).count()) === 0 ? undefined : stageNow(page)
  }
  const stageNow = async (page: Page) => (await variables(page).getByRole('heading', { level: 2 }).innerText()).trim()

  afterAll(async () => {
    await program?.end()
    userData.remove()
  })

  it('begins at its first stage, with one press', async (context) => {
    const page = await thePage(context)
    await page.waitForURL(/#\/cluster/)
    await page.getByRole('heading', { name: 'No tables yet' }).waitFor()
    await page.getByRole('navigation', { name: 'Screens' }).getByRole('link', { name: 'Flow', exact: true }).click()
    await page.getByRole('button', { name: 'Put a row and step it' }).click()
    await heldStage(page).waitFor()
    expect(await stageNow(page)).toBe('client.kvPut')
    await page.getByText('Clocks of all nodes stand still').waitFor()
    await expectAccessible(page)
  })

  it('goes through all its stages by F10 alone, to its result', async (context) => {
    const page = await thePage(context)
    const passed: string[] = [await stageNow(page)]
    for (let steps = 0; steps < MOST_STEPS; steps += 1) {
      await keepScreenshot(page, `stepping-${host.name}-${String(passed.length).padStart(2, '0')}-${passed.at(-1)}`)
      const stage = await step(page, 'F10')
      if (stage === undefined) break
      passed.push(stage)
    }
    const ofNode = passed.filter((stage, at) => onTheWay.includes(stage) && passed.indexOf(stage) === at)
    expect(ofNode).toEqual(onTheWay)
    await page.locator('.headline').getByText('done').waitFor()
    await page.getByText('Clocks of all nodes stand still').waitFor({ state: 'detached' })
    await keepScreenshot(page, `stepping-${host.name}-done`)
  })

  it('shows the key in the request, in the entry and in the column family', async (context) => {
    const page = await thePage(context)
    const choose = async (name: RegExp) => {
      const stage = page.getByRole('option', { name }).first()
      await stage.click()
      await variables(page).getByText('holds the key').first().waitFor()
    }
    await page.getByRole('listbox', { name: 'Sequence of stages' }).press('Home')
    await choose(/^service\.validate on/)
    await variables(page).getByText('Bytes', { exact: true }).first().click()
    await keepScreenshot(page, `stepping-${host.name}-request-bytes`)
    await choose(/^raft\.send → S\d on/)
    await page.getByRole('listbox', { name: 'Sequence of stages' }).press('End')
    await page
      .getByRole('option', { name: /^rawEngine\.write \+\d on/ })
      .last()
      .click()
    await page.getByRole('listbox', { name: 'Sequence of stages' }).press('ArrowRight')
    await choose(/^rawEngine\.columnFamily on/)
    await keepScreenshot(page, `stepping-${host.name}-column-family`)
    await expectAccessible(page)
  })

  it('has the same stages as tables', async (context) => {
    const page = await thePage(context)
    const sequence = page.getByRole('region', { name: 'Sequence of stages' })
    await sequence.getByText('Table', { exact: true }).click()
    const grid = sequence.getByRole('grid')
    const commit = grid.getByRole('row', { name: /raftNode\.commit/ }).first()
    await grid.getByRole('row', { name: /client\.kvPut/ }).waitFor()
    // Of many rows only those in view exist. Row by row, so that none is passed unseen.
    for (let rows = 0; rows < 40 && !(await commit.isVisible()); rows += 1) await grid.press('ArrowDown')
    await commit.waitFor()
    await expectAccessible(page)
    expect(complaints).toEqual([])
  })
})
