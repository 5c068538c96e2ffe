import { join } from 'node:path'
import { app, BrowserWindow, nativeTheme, session, shell } from 'electron'
import { assetsOnDisk } from '../api/assets'
import type { Door } from '../api/door'
import { openDoor } from '../api/door'
import { toDiskPath } from '../sandbox/disk-path'
import { realEnv } from '../sandbox/host-env'
import { program } from '../sandbox/program'
import type { Sandbox } from '../sandbox/sandbox'
import { openSandbox } from '../sandbox/open-sandbox'
import { logDefect } from '../sandbox/log/log-defect'
import { closeInTime } from '../sandbox/session/close-in-time'
import type { StartOptions } from '../sandbox/session/start-options'
import { startRequest } from '../sandbox/session/start-request'
import { registerAppScheme, serveAppScheme } from './app-protocol'
import { showAbout } from './about'
import { chooseDirectory } from './choose-directory'
import { parseWindowCommandLine } from './command-line'
import { recoverFromCrashes } from './crash-recovery'
import { assetsFromServer, developmentContentSecurityPolicy } from './development-server'
import { openExternally } from './external-links'
import { endWithError, fatalSentence } from './fatal-error'
import { resolveLanguage } from './language'
import { openMainWindow } from './main-window'
import type { CommandTarget } from './menu/commands'
import { showMenu } from './menu/menu'
import { OrderlyQuit } from './orderly-quit'
import { COMMAND_CHANNEL } from './preload/window-host'
import { confineContents, denyPermissions } from './security'

/** A page that does not come up does not keep the cluster from it. */
const PAGE_USABLE_WITHIN_MS = 3000

/** The entry of the window: one sandbox, one door, one window, put together here and nowhere else. */
function main(): void {
  process.on('uncaughtException', endWithError)
  process.on('unhandledRejection', endWithError)
  app.setName(program.name)
  registerAppScheme()
  // The superuser of Linux has to start with --no-sandbox, and Chromium dies of the contradiction. Pages are without Node
  // all the same: their own setting sees to that.
  if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox()
  app.on('web-contents-created', (_event, contents) => confineContents(contents))

  if (!app.requestSingleInstanceLock()) {
    process.stdout.write(`${program.title} is running already; its window was brought to the front.\n`)
    app.exit(0)
    return
  }
  start().catch(endWithError)
}

async function start(): Promise<void> {
  const options = parseWindowCommandLine(process.argv.slice(process.defaultApp ? 2 : 1))
  const userDataDirectory = app.getPath('userData')
  const env = realEnv()
  let pageIsUsable: () => void = () => undefined
  const sandbox = await openSandbox(env, {
    host: 'electron',
    userDataDirectory,
    entries: { worker: join(__dirname, 'node-worker.cjs'), process: join(__dirname, 'node-process.cjs') },
    lessonsDirectory: join(__dirname, '..', '..', 'resources', 'lessons'),
    startsAfter: new Promise((resolve) => (pageIsUsable = resolve)),
  })
  // The workspace is taken while Chromium comes up. Its nodes wait for the window, which waits for nothing: side by side both
  // would take as long as all together.
  if (options.opensCluster) void openAtStart(sandbox, options, userDataDirectory)
  await app.whenReady()
  const door = openDoor({
    sandbox,
    ...screens(sandbox),
    chooseDirectory: () => chooseDirectory(theWindow(), menuLanguage(sandbox)),
    report: (error, where) => reportDefect(sandbox, error, where),
  })
  void Promise.race([door.whenFollowed(), env.clock.sleep(PAGE_USABLE_WITHIN_MS)]).then(pageIsUsable)
  const quit = orderlyQuit(sandbox, door)

  denyPermissions(session.defaultSession)
  serveAppScheme(session.defaultSession.protocol, door)
  followPreferences(sandbox)
  openWindow(sandbox, door, quit)
  app.on('second-instance', focusWindow)
  app.on('window-all-closed', () => app.quit())
  app.on('before-quit', (event) => {
    if (!quit.mayLeave()) event.preventDefault()
  })
}

/** Opens the cluster of this start. A failure is told by the window, which offers another one, and on the terminal. */
async function openAtStart(sandbox: Sandbox, options: StartOptions, userDataDirectory: string): Promise<void> {
  const surroundings = { environment: process.env, workingDirectory: process.cwd(), userDataDirectory }
  try {
    await sandbox.session.open(await startRequest(sandbox.session, options, surroundings))
  } catch (thrown) {
    process.stderr.write(`${fatalSentence(thrown)}\n`)
  }
}

/** Where the screens come from: the build, or the development server that electron-vite names in the environment. */
function screens(sandbox: Sandbox) {
  const server = process.env['ELECTRON_RENDERER_URL']
  if (server === undefined || app.isPackaged) {
    return { assets: assetsOnDisk(sandbox.env.disk, toDiskPath(join(__dirname, '..', 'renderer'))) }
  }
  return { assets: assetsFromServer(server), contentSecurityPolicy: developmentContentSecurityPolicy }
}

function openWindow(sandbox: Sandbox, door: Door, quit: OrderlyQuit): void {
  const window = openMainWindow({
    preloadPath: join(__dirname, '..', 'preload', 'preload.cjs'),
    iconPath: join(__dirname, '..', '..', 'resources', 'icon.png'),
    statePath: join(app.getPath('userData'), 'window-state.json'),
  })
  recoverFromCrashes(window, () => menuLanguage(sandbox))
  // Electron 25 does not tell of every stream that its page has left.
  window.webContents.on('did-start-navigation', (event) => {
    if (event.isMainFrame && !event.isSameDocument) door.endStreams()
  })
  // The window stays while the cluster ends, and shows it.
  window.on('close', (event) => {
    if (!quit.mayLeave()) event.preventDefault()
  })
  window.once('closed', () => door.endStreams())
}

function theWindow(): BrowserWindow | undefined {
  return BrowserWindow.getAllWindows()[0]
}

function focusWindow(): void {
  const window = theWindow()
  if (window === undefined) return
  if (window.isMinimized()) window.restore()
  window.show()
  window.focus()
}

/** Keeps the colours of the system's own parts and the words of the menu at what the person chose. */
function followPreferences(sandbox: Sandbox): void {
  const { preferences } = sandbox
  const target = commandTarget(sandbox)
  const apply = () => {
    nativeTheme.themeSource = preferences.current.theme
    showMenu(menuLanguage(sandbox), target)
  }
  apply()
  preferences.onChange(apply)
}

/** What the commands of the menu do. */
function commandTarget(sandbox: Sandbox): CommandTarget {
  const { preferences, log } = sandbox
  return {
    preferences: () => preferences.current,
    changePreferences: (choices) => {
      preferences.change(choices).catch((error: unknown) => reportDefect(sandbox, error, 'changing preferences'))
    },
    openWorkspaceFolder: () => {
      const directory = sandbox.session.view.workspace?.directory
      if (directory !== undefined) void shell.openPath(directory)
    },
    openLogsFolder: () => void shell.openPath(log.directory),
    openExternally,
    showAbout: () => {
      const window = theWindow()
      if (window !== undefined) void showAbout(window, sandbox.runtime, menuLanguage(sandbox))
    },
    runInPage: (id) => theWindow()?.webContents.send(COMMAND_CHANNEL, id),
  }
}

function menuLanguage(sandbox: Sandbox) {
  return resolveLanguage(sandbox.preferences.current.language, app.getLocale())
}

/** Ends the cluster in order, within a deadline, before the program goes. */
function orderlyQuit(sandbox: Sandbox, door: Door): OrderlyQuit {
  return new OrderlyQuit({
    async end() {
      await closeInTime(sandbox, sandbox.env.clock)
      door.close()
    },
    leave: () => app.quit(),
    exitAtOnce: () => app.exit(1),
    report: (error) => process.stderr.write(`${fatalSentence(error)}\n`),
  })
}

function reportDefect(sandbox: Sandbox, error: unknown, where: string): void {
  logDefect(sandbox.log, error, where)
  process.stderr.write(`${where}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
}

main()
