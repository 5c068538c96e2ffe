import type { Browser } from 'playwright-core'
import { afterAll, describe, expect, it } from 'vitest'
import { makeSmallTable } from './support/demo-cluster'
import { doorOfBrowser, doorOfPage } from './support/door-of-page'
import { FlowScreen } from './support/flow-screen'
import { startHeadless } from './support/headless-program'
import type { HeadlessProgram } from './support/headless-program'
import { keepScreenshot } from './support/page-checks'
import { goToAddress } from './support/page-scripts.js'
import { temporaryDirectory } from './support/temporary-directory'
import { until } from './support/until'
import { launchChromium } from './support/window-hosts'

const cluster = ['--coordinators', '1', '--stores', '3', '--base-port', '0', '--ephemeral']

describe('a put that is held when its page is closed', () => {
  const userData = temporaryDirectory()
  let browser: Browser | undefined
  let program: HeadlessProgram | undefined

  afterAll(async () => {
    await browser?.close()
    await program?.stop()
    userData.remove()
  })

  it('goes on by itself, and nothing stays frozen', async (context) => {
    browser = await launchChromium(context)
    program = await startHeadless(userData.path, cluster)
    const tabs = await browser.newContext({ locale: 'en-GB' })
    const door = doorOfBrowser(tabs, program.origin)
    const page = await tabs.newPage()
    await page.goto(program.address)
    await page.getByRole('heading', { level: 1 }).first().waitFor()
    const { tableId } = await makeSmallTable(doorOfPage(page))
    const valueOf = async (text: string) =>
      new TextDecoder().decode((await door.keyspace.value.query({ key: { kind: 'table', tableId, text } })).value)

    const screen = new FlowScreen(page)
    await screen.open()
    await screen.setBreakpoint({ stage: 'raftNode.commit', operation: 'KvPut' })
    await screen.put('ada', 'held', 'step')
    await screen.heldAt('client.kvPut')
    await page.keyboard.press('Alt+F5')
    await screen.heldAt('raftNode.commit')
    await keepScreenshot(page, 'left-held')
    expect(await door.flow.state.query()).toMatchObject({ isFrozen: true, traces: [{ state: 'held' }] })

    await page.close()
    await until('the put has ended', async () => (await door.flow.state.query()).traces[0]?.state === 'done')
    expect(await door.flow.state.query()).toMatchObject({ isFrozen: false, holds: [], gates: [{ isEnabled: true }] })
    expect(await valueOf('ada')).toBe('held')

    // The breakpoint is still there, but nobody is there who could let go what it stopped.
    const key = { kind: 'table' as const, tableId, text: 'bob' }
    await door.keyspace.put.mutate({ key, value: new TextEncoder().encode('not held') })
    expect(await valueOf('bob')).toBe('not held')

    const again = await tabs.newPage()
    await again.goto(program.address)
    await again.getByRole('heading', { level: 1 }).first().waitFor()
    await again.evaluate(goToAddress, '/flow?side=traces')
    const traces = again.getByRole('grid', { name: 'Traced operations' })
    await traces.getByText('KvPut demo/ada').waitFor()
    await again.getByText('held', { exact: true }).waitFor({ state: 'detached' })
    await keepScreenshot(again, 'left-come-back')
  })
})
