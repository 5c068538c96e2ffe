import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { chromium } from 'playwright-core'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { TestContext } from 'vitest'
import type { SystemInfo } from '../../src-main/api/procedures/system'
import { transformer } from '../../src-main/api/transformer'
import { SandboxError } from '../../src-main/base/sandbox-error'
import { requireCapability } from '../support/capabilities'
import { doorOfPage } from './support/door-of-page'
import { startHeadless } from './support/headless-program'
import type { HeadlessProgram } from './support/headless-program'
import {
  appearances,
  choose,
  expectAccessible,
  expectPolicyEnforced,
  expectQuietConsole,
  expectShown,
  keepScreenshot,
} from './support/page-checks'
import {
  attackFromElsewhere,
  describeWorld,
  focusedText,
  goToAddress,
  horizontalOverflow,
} from './support/page-scripts.js'
import { temporaryDirectory } from './support/temporary-directory'

const missingLibrary = new SandboxError('ENGINE_NOT_AVAILABLE', 'The package rocksdb-native does not load.', {
  details: {
    package: 'rocksdb-native',
    problem: 'missing-library',
    library: 'libatomic.so.1',
    debianPackage: 'libatomic1',
    words: 'libatomic.so.1: cannot open shared object file: No such file or directory',
  },
}).serialize()

let browser: Promise<Browser> | undefined
let userData: ReturnType<typeof temporaryDirectory>
let host: HeadlessProgram
let tabs: BrowserContext | undefined

async function openTabs(context: TestContext, look: BrowserContextOptions = {}): Promise<BrowserContext> {
  const executablePath = await requireCapability(context, 'chromium')
  const asRoot = process.platform === 'linux' && process.getuid?.() === 0
  browser ??= chromium.launch({ executablePath, args: asRoot ? ['--no-sandbox'] : [] })
  tabs = await (await browser).newContext({ locale: 'en-GB', viewport: { width: 1180, height: 756 }, ...look })
  return tabs
}

async function openPage(context: TestContext): Promise<Page> {
  const page = await (tabs ?? (await openTabs(context))).newPage()
  await page.goto(host.address)
  await page.getByRole('heading', { level: 1 }).waitFor()
  return page
}

/** Hosts of this file that may still run, with their folders. One is for all tests but those that end it. */
const hosts: Array<readonly [HeadlessProgram, ReturnType<typeof temporaryDirectory>]> = []

async function startHost(more?: readonly string[]): Promise<void> {
  userData = temporaryDirectory()
  host = await startHeadless(userData.path, more)
  hosts.push([host, userData])
}

beforeAll(() => startHost())
afterEach(async () => {
  await tabs?.close()
  tabs = undefined
})
afterAll(async () => {
  await (await browser)?.close()
  for (const [program, directory] of hosts) {
    await program.stop()
    directory.remove()
  }
})

describe('the screens in a browser', () => {
  it('are shown at the printed address, whose token is gone from it at once', async (context) => {
    const page = await openPage(context)
    expect(page.url()).toBe(`${host.origin}/#/start`)
    expect(await page.evaluate(describeWorld)).toMatchObject({ cookie: '', fromPreload: [] })
    await page.getByText('Connected').waitFor()
    await keepScreenshot(page, 'browser-start')
  })

  it.for(appearances)('explain in %s %s why an engine does not load', async ([theme, language], context) => {
    const page = await (await openTabs(context)).newPage()
    await page.route('**/api/**system.info**', async (route) => {
      const response = await route.fetch()
      const procedures = new URL(route.request().url()).pathname.replace('/api/', '').split(',')
      const answers = (await response.json()) as Array<{ result: { data: string } }>
      const answer = answers[procedures.indexOf('system.info')]
      if (answer === undefined) throw new Error(`No answer to system.info came with ${procedures.join()}.`)
      const info = transformer.deserialize(answer.result.data) as SystemInfo
      const engines = info.engines.map((engine) =>
        engine.name === 'rocksdb' ? { ...engine, error: missingLibrary } : engine,
      )
      answer.result.data = transformer.serialize({ ...info, engines })
      await route.fulfill({ response, json: answers })
    })
    await page.goto(host.address)
    await page.getByRole('heading', { level: 1 }).waitFor()
    await page.evaluate(goToAddress, '/system')
    await page.getByRole('article').waitFor()
    await choose(page, theme, language)
    expect(await page.getByRole('article').innerText()).toContain('sudo apt-get install libatomic1')
    await expectAccessible(page)
    await keepScreenshot(page, `browser-engine-missing-${theme}-${language}`)
  })

  it('follow the system in theme and language until the person chooses', async (context) => {
    await openTabs(context, { locale: 'zh-CN', colorScheme: 'dark' })
    const page = await openPage(context)
    await doorOfPage(page).preferences.change.mutate({ theme: 'system', language: 'system' })
    await expectShown(page, { theme: 'dark', language: 'zh-CN' })
    await page.emulateMedia({ colorScheme: 'light' })
    await expectShown(page, { theme: 'light', language: 'zh-CN' })
    await choose(page, 'dark', 'en')
    await page.reload()
    await page.getByRole('heading', { level: 1 }).waitFor()
    await expectShown(page, { theme: 'dark', language: 'en' })
  })

  it('follow in one tab what is chosen in another', async (context) => {
    const [one, other] = [await openPage(context), await openPage(context)]
    await other.getByText('Connected').waitFor()
    await choose(one, 'dark', 'zh-CN')
    await expectShown(other, { theme: 'dark', language: 'zh-CN' })
    await keepScreenshot(other, 'browser-other-tab')
  })

  it('can be used by the keyboard alone', async (context) => {
    const page = await openPage(context)
    await choose(page, 'light', 'en')
    await page.keyboard.press('Control+Shift+P')
    await page.getByRole('dialog').locator(':focus').waitFor()
    await page.keyboard.type('system')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Ready on this machine' }).waitFor()
    await page.locator('main').focus()
    const reached = new Set<string>()
    for (let step = 0; step < 6; step++) {
      await page.keyboard.press('Tab')
      reached.add(await page.evaluate(focusedText))
    }
    expect([...reached].some((name) => name.startsWith('Copy'))).toBe(true)
    await page.locator('footer input[value="light"]').focus()
    await page.keyboard.press('ArrowRight')
    await expectShown(page, { theme: 'dark' })
    await keepScreenshot(page, 'browser-keyboard')
  })

  it('have nothing to complain about', async (context) => {
    const page = await openPage(context)
    await expectQuietConsole(page)
  })

  it('are bound by their content security policy', async (context) => {
    const page = await openPage(context)
    await expectPolicyEnforced(page)
  })

  it('need no more than a narrow window', async (context) => {
    const page = await openPage(context)
    await page.setViewportSize({ width: 720, height: 480 })
    for (const [theme, language] of appearances.slice(1, 3)) {
      await choose(page, theme, language)
      expect(await page.evaluate(horizontalOverflow)).toBeLessThanOrEqual(0)
    }
    await keepScreenshot(page, 'browser-narrow')
  })
})

describe('who is not let in', () => {
  it('whoever lacks the token of this start', async (context) => {
    const { request } = await openTabs(context)
    expect((await request.get(`${host.origin}/`)).status()).toBe(403)
    expect((await request.get(`${host.origin}/api/system.info`)).status()).toBe(403)
    expect((await request.get(`${host.origin}/?token=wrong`)).status()).toBe(403)
    const page = await tabs!.newPage()
    await page.goto(`${host.origin}/`)
    expect(await page.locator('body').innerText()).toContain('DOOR_ACCESS_DENIED')
    await keepScreenshot(page, 'browser-refused')
  })

  it('a name that only resolves to this machine', async (context) => {
    const page = await openPage(context)
    const { request } = page.context()
    const { host: name } = new URL(host.origin)
    expect((await request.get(`${host.origin}/api/system.info`)).status()).toBe(200)
    const rebound = await request.get(`${host.origin}/api/system.info`, { headers: { host: 'evil.example:80' } })
    expect(rebound.status()).toBe(403)
    const foreign = await request.post(`${host.origin}/api/system.info`, {
      headers: { host: name, origin: 'http://evil.example' },
    })
    expect(foreign.status()).toBe(403)
  })

  it('a page of another site, even in the browser that has the token', async (context) => {
    const page = await openPage(context)
    await doorOfPage(page).preferences.change.mutate({ theme: 'light', language: 'en' })
    const site = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>other site</title>')
    }).listen(0, '127.0.0.1')
    await once(site, 'listening')
    const attacker = await page.context().newPage()
    await attacker.goto(`http://localhost:${(site.address() as AddressInfo).port}/`)
    const body = JSON.stringify('[{"theme":1},"dark"]')
    const outcome = await attacker.evaluate(attackFromElsewhere, { origin: host.origin, body })
    expect(outcome).toMatchObject({ read: 'refused', post: 'refused', framed: false })
    const info = await page.context().request.get(`${host.origin}/api/system.info`)
    expect(await info.text()).not.toContain('dark')
    site.close()
  })
})

describe('when the host ends', () => {
  beforeEach(() => startHost())

  it('in order, its pages say so, and it ends with 0', async (context) => {
    const page = await openPage(context)
    await page.getByText('Connected').waitFor()
    expect(await host.stop()).toBe(0)
    await page.getByRole('alert').getByText('The host has ended').waitFor()
    await expectAccessible(page)
    await keepScreenshot(page, 'browser-host-ended')
  })

  it('by a kill, its pages keep what they know and offer to try again', async (context) => {
    const page = await openPage(context)
    await page.getByText('Connected').waitFor()
    host.process.kill('SIGKILL')
    const alert = page.getByRole('alert')
    await alert.getByText('no longer answers').waitFor()
    expect(await page.getByRole('heading', { level: 1 }).isVisible()).toBe(true)
    await alert.getByRole('button', { name: 'Try again' }).click()
    await alert.getByText('no longer answers').waitFor()
    await keepScreenshot(page, 'browser-host-lost')
  })

  it('another one cannot have its workspace while it runs', async () => {
    const smallCluster = ['--coordinators', '1', '--stores', '1', '--base-port', '0']
    await startHost(smallCluster)
    await expect(startHeadless(userData.path, smallCluster)).rejects.toThrow('ended with 1')
  })
})
