import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { chromium } from 'playwright-core'
import type { Browser, Page } from 'playwright-core'
import type { TestContext } from 'vitest'
import { requireCapability } from '../../support/capabilities'
import { startHeadless } from './headless-program'
import { startWindow } from './window-program'

/** A file that a page has handed to the person. */
export interface SavedFile {
  /** The one that was offered. */
  readonly name: string
  readonly text: string
}

/** The program as it runs, with one page of it, whatever shows that page. */
export interface RunningProgram {
  readonly page: Page
  /** Has the page save a file. @param press what makes it do so */
  saving(press: () => Promise<void>): Promise<SavedFile>
  /**
   * Kills the process that draws the page, as a crash does. The driver does not follow a page through its crash, so this is
   * the last thing to do with it.
   *
   * @param words what the page shows again when it is back
   * @returns what its screen then shows
   */
  crashPage(words: string): Promise<string>
  /** Ends the program in order. @returns its exit code */
  end(): Promise<number | null>
}

/** Either of the two ways in which people have the screens before them. */
export interface WindowHost {
  readonly name: 'Electron' | 'Chromium'
  /** Skips the test where this machine lacks what is needed. */
  require(context: TestContext): Promise<void>
  /** Starts the built program and waits for its page. Call {@link require} before. */
  start(context: TestContext, userDataDirectory: string, more: readonly string[]): Promise<RunningProgram>
}

const size = { width: 1180, height: 756 }

const electron: WindowHost = {
  name: 'Electron',
  async require(context) {
    await requireCapability(context, 'electron')
    await requireCapability(context, 'display')
  },
  async start(context, userDataDirectory, more) {
    const { app, page } = await startWindow(context, userDataDirectory, more)
    return {
      page,
      async saving(press) {
        // The system's dialog cannot be driven: what a person would have chosen there is said here.
        await app.evaluate(({ session }, folder) => {
          const saved = new Promise<string>((resolve) => {
            session.defaultSession.once('will-download', (_event, item) => {
              item.setSavePath(`${folder}/${item.getFilename()}`)
              item.once('done', () => resolve(item.getSavePath()))
            })
          })
          Object.assign(globalThis, { saved })
        }, userDataDirectory)
        await press()
        const path = await app.evaluate(() => (globalThis as { saved?: Promise<string> }).saved)
        if (path === undefined) throw new Error('The page saved nothing.')
        return { name: basename(path), text: readFileSync(path, 'utf8') }
      },
      crashPage: (words) =>
        app.evaluate(({ BrowserWindow }, wanted) => {
          const contents = BrowserWindow.getAllWindows()[0]?.webContents
          const findWords = `new Promise((resolve) => {
            const look = () => {
              const text = document.querySelector('main')?.innerText ?? ''
              if (text.includes(${JSON.stringify(wanted)})) resolve(text)
              else setTimeout(look, 10)
            }
            look()
          })`
          return new Promise<string>((resolve) => {
            contents?.once('did-finish-load', () => void contents.executeJavaScript(findWords).then(resolve))
            contents?.forcefullyCrashRenderer()
          })
        }, words),
      async end() {
        const exit = new Promise<number | null>((resolve) => app.process().once('exit', (code) => resolve(code)))
        await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close())
        return await exit
      },
    }
  },
}

const inChromium: WindowHost = {
  name: 'Chromium',
  async require(context) {
    await requireCapability(context, 'chromium')
  },
  async start(context, userDataDirectory, more) {
    const browser = await launchChromium(context)
    const host = await startHeadless(userDataDirectory, more)
    const tabs = await browser.newContext({ locale: 'en-GB', viewport: size, colorScheme: 'light' })
    const page = await tabs.newPage()
    await page.goto(host.address)
    await page.getByRole('heading', { level: 1 }).first().waitFor()
    return {
      page,
      async saving(press) {
        const [download] = await Promise.all([page.waitForEvent('download'), press()])
        return { name: download.suggestedFilename(), text: readFileSync(await download.path(), 'utf8') }
      },
      async crashPage(words) {
        const address = page.url()
        // The navigation itself never ends: it is the crash that is waited for.
        await Promise.all([page.waitForEvent('crash'), page.goto('chrome://crash').catch(() => undefined)])
        const reloaded = await tabs.newPage()
        await reloaded.goto(address)
        await reloaded.locator('main').getByText(words).first().waitFor()
        return await reloaded.locator('main').innerText()
      },
      async end() {
        await browser.close()
        return await host.stop()
      },
    }
  },
}

/** Starts Debian's browser without a window. */
export async function launchChromium(context: TestContext): Promise<Browser> {
  const executablePath = await requireCapability(context, 'chromium')
  const asRoot = process.platform === 'linux' && process.getuid?.() === 0
  return await chromium.launch({ executablePath, args: asRoot ? ['--no-sandbox'] : [] })
}

export const windowHosts: readonly WindowHost[] = [electron, inChromium]
