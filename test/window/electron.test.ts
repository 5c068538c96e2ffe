import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { TestContext } from 'vitest'
import { choose, expectPolicyEnforced, expectQuietConsole, expectShown, keepScreenshot } from './support/page-checks'
import { askPermissions, describeWorld, goToAddress, statusesOf, tryToLeave } from './support/page-scripts.js'
import { temporaryDirectory } from './support/temporary-directory'
import { patiently } from './support/until'
import { runWindow, startWindow } from './support/window-program'
import type { WindowProgram } from './support/window-program'

const userData = temporaryDirectory()
let program: Promise<WindowProgram> | undefined

/** One window for all tests here: each leaves it as it found it. */
const theWindow = (context: TestContext) => (program ??= startWindow(context, userData.path))

afterAll(async () => {
  // Its start may have failed, which the test that started it has told.
  await program?.then(
    ({ app }) => app.close(),
    () => undefined,
  )
  userData.remove()
})

/** The phases of the program's session so far, from its log. */
function sessionPhases(userDataDirectory: string): readonly string[] {
  const logs = join(userDataDirectory, 'logs')
  if (!existsSync(logs)) return []
  const lines = readdirSync(logs).flatMap((name) => readFileSync(join(logs, name), 'utf8').trimEnd().split('\n'))
  return lines.flatMap((line) => {
    const { event, phase } = JSON.parse(line) as { readonly event: string; readonly phase: string }
    return event === 'session.phase' ? [phase] : []
  })
}

describe('the window', () => {
  it('shows what the program runs on', async (context) => {
    const { app, page } = await theWindow(context)
    await page.evaluate(goToAddress, '/system')
    await page.getByRole('heading', { name: 'Ready on this machine' }).waitFor()
    const versions = await app.evaluate(() => ({ electron: process.versions['electron'], node: process.versions.node }))
    const text = await page.locator('main').innerText()
    expect(text).toContain(versions.electron)
    expect(text).toContain(versions.node)
    expect(await page.getByRole('row').count()).toBe(4)
    expect(
      await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().map((each) => each.isVisible())),
    ).toEqual([true])
    await keepScreenshot(page, 'electron-start')
  })

  it('takes its menu to the language of the page, and the page to the theme of the menu', async (context) => {
    const { app, page } = await theWindow(context)
    await choose(page, 'light', 'zh-CN')
    await expect
      .poll(() => app.evaluate(({ Menu }) => Menu.getApplicationMenu()?.items.map(({ label }) => label)), patiently)
      .toContain('文件')
    await app.evaluate(({ Menu }) => Menu.getApplicationMenu()?.getMenuItemById('theme.dark')?.click())
    await expectShown(page, { theme: 'dark' })
    expect(await app.evaluate(({ nativeTheme }) => nativeTheme.themeSource)).toBe('dark')
    await choose(page, 'dark', 'en')
    await expect
      .poll(() => app.evaluate(({ Menu }) => Menu.getApplicationMenu()?.items.map(({ label }) => label)), patiently)
      .toContain('File')
  })

  it('still hears of changes after its page was loaded again', async (context) => {
    const { app, page } = await theWindow(context)
    for (const theme of ['light', 'dark'] as const) {
      await page.reload()
      await page.getByText('Connected').waitFor()
      await app.evaluate(({ Menu }, id) => Menu.getApplicationMenu()?.getMenuItemById(id)?.click(), `theme.${theme}`)
      await expectShown(page, { theme })
    }
  })
})

describe('the page of the window', () => {
  it('has nothing to complain about', async (context) => {
    const { page } = await theWindow(context)
    await expectQuietConsole(page)
  })

  it('has no Node and no Electron', async (context) => {
    const { app, page } = await theWindow(context)
    const preferences = await app.evaluate(({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents as unknown as {
        getLastWebPreferences(): Record<string, unknown>
      }
      return contents.getLastWebPreferences()
    })
    expect(preferences).toMatchObject({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
    })
    expect(preferences['webviewTag']).not.toBe(true)
    expect(await page.evaluate(describeWorld)).toEqual({
      origin: 'app://sandbox',
      isSecureContext: true,
      nodeNames: [],
      fromPreload: ['kind', 'onCommand'],
      cookie: '',
    })
  })

  it('is bound by its content security policy', async (context) => {
    const { page } = await theWindow(context)
    await expectPolicyEnforced(page)
    await page.reload()
    await page.getByRole('heading', { level: 1 }).waitFor()
  })

  it('cannot leave, and cannot open another window', async (context) => {
    const { app, page } = await theWindow(context)
    const opened = () => app.evaluate(() => (globalThis as { opened?: string[] }).opened)
    await app.evaluate(({ shell }) => {
      const record: string[] = []
      Object.assign(globalThis, { opened: record })
      shell.openExternal = (address) => Promise.resolve(void record.push(address))
    })
    const addresses = ['https://example.org/docs', 'http://example.org/', 'file:///etc/passwd', 'app://sandbox/']
    expect(await page.evaluate(tryToLeave, addresses)).toEqual([false, false, false, false])
    await expect.poll(opened, patiently).toEqual(['https://example.org/docs'])
    expect(page.url()).toMatch(/^app:\/\/sandbox\/#\/\w+$/)
    expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1)
    // The driver waits for the navigation that was refused until there is another one.
    await page.reload()
    await page.getByRole('heading', { level: 1 }).waitFor()
  })

  it('gets no permission', async (context) => {
    const { page } = await theWindow(context)
    const answers = await page.evaluate(askPermissions)
    const names = ['geolocation', 'notifications', 'camera', 'microphone', 'midi', 'clipboard-read']
    expect(answers).toEqual({
      states: Object.fromEntries(names.map((name) => [name, 'denied'])),
      notification: 'denied',
      // PERMISSION_DENIED
      position: 1,
    })
  })

  it('gets the files of the screens and no others', async (context) => {
    const { page } = await theWindow(context)
    const paths = ['/index.html', '/..%2f..%2fpackage.json', '/%2e%2e/%2e%2e/package.json', '/assets/none.js']
    const statuses = await page.evaluate(statusesOf, paths)
    expect(statuses).toEqual([200, 404, 404, 404])
  })

  it('copies without asking for a permission', async (context) => {
    const { app, page } = await theWindow(context)
    await page.evaluate(goToAddress, '/system')
    await page.getByRole('button', { name: 'Copy for a report' }).click()
    await page.getByRole('button', { name: 'Copied' }).waitFor()
    expect(await app.evaluate(({ clipboard }) => clipboard.readText())).toContain('Electron')
  })

  it('comes back when its process dies', async (context) => {
    const { app } = await theWindow(context)
    const heading = await app.evaluate(({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents
      const findHeading = `new Promise((resolve) => {
        const look = () => {
          const heading = document.querySelector('h1')
          if (heading === null) setTimeout(look, 10)
          else resolve(heading.textContent)
        }
        look()
      })`
      return new Promise<unknown>((resolve) => {
        contents?.once('did-finish-load', () => resolve(contents.executeJavaScript(findHeading)))
        contents?.forcefullyCrashRenderer()
      })
    })
    expect(heading).toContain('machine')
  })
})

describe('a window with a cluster', () => {
  it('keeps it through a crash of its page, and ends it in order before it goes', async (context) => {
    const directory = temporaryDirectory()
    const smallCluster = ['--coordinators', '1', '--stores', '1', '--base-port', '0']
    const { app, page } = await startWindow(context, directory.path, smallCluster)
    await expect.poll(() => sessionPhases(directory.path), patiently).toContain('running')
    await page.reload()
    await page.getByRole('heading', { level: 1 }).waitFor()
    expect(sessionPhases(directory.path)).toEqual(['starting', 'starting', 'running'])
    const exit = new Promise<number | null>((resolve) => app.process().once('exit', (code) => resolve(code)))
    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close())
    expect(await exit).toBe(0)
    expect(sessionPhases(directory.path).slice(-2)).toEqual(['closing', 'closed'])
    directory.remove()
  })
})

describe('starting the program', () => {
  it('a second time brings the first window to the front, and ends', async (context) => {
    const { app } = await theWindow(context)
    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.hide())
    const second = await runWindow(context, userData.path)
    expect(await second.exit).toBe(0)
    expect(second.output()).toContain('running already')
    await expect
      .poll(
        () => app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().map((each) => each.isVisible())),
        patiently,
      )
      .toEqual([true])
  })

  it('in a workspace that is a file says so in a sentence', async (context) => {
    const directory = temporaryDirectory()
    const run = await runWindow(context, directory.path, ['--workspace', import.meta.filename])
    await run.saying(/cannot be used: it is a file.*WORKSPACE_NOT_USABLE/)
    expect(run.output()).not.toMatch(/\n\s+at /)
    // The window stays, and offers another one.
    run.kill()
    await run.exit
    directory.remove()
  })

  it('again finds the window where it was left, and the person’s choices', async (context) => {
    const directory = temporaryDirectory()
    const bounds = { x: 60, y: 50, width: 900, height: 600 }
    const first = await startWindow(context, directory.path)
    await choose(first.page, 'light', 'zh-CN')
    await first.app.evaluate(({ BrowserWindow }, to) => BrowserWindow.getAllWindows()[0]?.setBounds(to), bounds)
    await expect
      .poll(() => first.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getBounds()), patiently)
      .toEqual(bounds)
    await first.app.close()

    const second = await startWindow(context, directory.path)
    const state = await second.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getBounds())
    expect(state).toEqual(bounds)
    await expectShown(second.page, { theme: 'light', language: 'zh-CN' })
    await keepScreenshot(second.page, 'electron-small')
    await second.app.close()
    directory.remove()
  })
})
