import { join } from 'node:path'
import { app, BrowserWindow, dialog, nativeTheme, session, shell } from 'electron'
import { SandboxError } from '../base/sandbox-error'
import { assetsOnDisk } from '../api/assets'
import type { Door } from '../api/door'
import { openDoor } from '../api/door'
import { toDiskPath } from '../sandbox/disk-path'
import { realEnv } from '../sandbox/host-env'
import { program } from '../sandbox/program'
import type { Sandbox } from '../sandbox/sandbox'
import { openSandbox } from '../sandbox/open-sandbox'
import { logDefect } from '../sandbox/log/log-defect'
import { closeLogInTime } from '../sandbox/log/close-log-in-time'
import { FatalEnd, fatalSentence } from '../sandbox/log/fatal-end'
import { closeInTime } from '../sandbox/session/close-in-time'
import { openAtStart } from '../sandbox/session/open-at-start'
import type { StartOptions } from '../sandbox/session/start-options'
import { registerAppScheme, serveAppScheme } from './app-protocol'
import { showAbout } from './about'
import { chooseDirectory } from './choose-directory'
import { parseWindowCommandLine } from './command-line'
import { recoverFromCrashes } from './crash-recovery'
import { assetsFromServer, developmentContentSecurityPolicy } from './development-server'
import { allowOwnDownloads } from './downloads'
import { openExternally } from './external-links'
import { resolveLanguage } from './language'
import { openMainWindow } from './main-window'
import type { CommandTarget } from './menu/commands'
import type { MenuText } from './menu/labels'
import { labels } from './menu/labels'
import { showMenu } from './menu/menu'
import { OrderlyQuit } from './orderly-quit'
import { COMMAND_CHANNEL } from './preload/window-host'
import { confineContents, denyPermissions } from './security'
import { tellFailure } from './tell-failure'

/** A page that does not come up does not keep the cluster from it. */
const PAGE_USABLE_WITHIN_MS = 3000

/** The entry of the window: one sandbox, one door, one window, put together here and nowhere else. */
function main(): void {
  const fatalEnd = endingWithError()
  process.on('uncaughtException', (error) => void fatalEnd.begin(error, 'uncaught exception'))
  process.on('unhandledRejection', (reason) => void fatalEnd.begin(reason, 'unhandled rejection'))
  // Chromium quits by these signals itself, but not before it is ready; by then the workspace may be taken.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => app.quit())
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
  start(fatalEnd).catch((error: unknown) => fatalEnd.begin(error, 'start'))
}

async function start(fatalEnd: FatalEnd): Promise<void> {
  const options = parseWindowCommandLine(process.argv.slice(process.defaultApp ? 2 : 1))
  const userDataDirectory = app.getPath('userData')
  const env = realEnv()
  let pageIsUsable: () => void = () => undefined
  const opening = openSandbox(env, {
    host: 'electron',
    userDataDirectory,
    entries: { worker: join(__dirname, 'node-worker.cjs'), process: join(__dirname, 'node-process.cjs') },
    lessonsDirectory: join(__dirname, '..', '..', 'resources', 'lessons'),
    startsAfter: new Promise((resolve) => (pageIsUsable = resolve)),
  })
  const quit = orderlyQuit(opening)
  const sandbox = await opening
  fatalEnd.logTo(sandbox.log)
  // The workspace is taken while Chromium comes up. Its nodes wait for the window, which waits for nothing: side by side both
  // would take as long as all together.
  void openCluster(sandbox, options, userDataDirectory, quit.wanted)
  await app.whenReady()
  if (quit.wanted.aborted) return
  const door = openDoor({
    sandbox,
    ...screens(sandbox),
    chooseDirectory: () => chooseDirectory(theWindow(), menuLanguage(sandbox)),
    report: (error, where) => reportDefect(sandbox, error, where),
  })
  void Promise.race([door.whenFollowed(), env.clock.sleep(PAGE_USABLE_WITHIN_MS)]).then(pageIsUsable)

  denyPermissions(session.defaultSession)
  allowOwnDownloads(session.defaultSession, (path) => {
    void tellFailure(theWindow(), menuLanguage(sandbox), 'fileNotSaved', path)
  })
  serveAppScheme(session.defaultSession.protocol, door)
  followPreferences(sandbox)
  openWindow(sandbox, door, quit)
  app.on('second-instance', focusWindow)
  app.on('window-all-closed', () => app.quit())
  app.once('will-quit', () => door.close())
}

/** Opens the cluster of this start. A failure is told by the window, which offers another one, and on the terminal. */
async function openCluster(
  sandbox: Sandbox,
  options: StartOptions,
  userDataDirectory: string,
  stopping: AbortSignal,
): Promise<void> {
  const surroundings = { environment: process.env, workingDirectory: process.cwd(), userDataDirectory }
  try {
    await openAtStart(sandbox.session, options, surroundings, stopping)
  } catch (thrown) {
    if (!SandboxError.is(thrown, 'CANCELLED')) process.stderr.write(`${fatalSentence(thrown)}\n`)
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
  recoverFromCrashes(window, sandbox.log, () => menuLanguage(sandbox))
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
  const tell = (what: MenuText, detail: string) => void tellFailure(theWindow(), menuLanguage(sandbox), what, detail)
  const openFolder = async (directory: string) => {
    const complaint = await shell.openPath(directory)
    if (complaint !== '') tell('folderNotOpened', `${directory}\n\n${complaint}`)
  }
  return {
    preferences: () => preferences.current,
    changePreferences: (choices) => {
      preferences.change(choices).catch((error: unknown) => reportDefect(sandbox, error, 'changing preferences'))
    },
    openWorkspaceFolder: () => {
      const directory = sandbox.session.view.workspace?.directory
      if (directory === undefined) tell('noWorkspaceFolder', labels[menuLanguage(sandbox)].noWorkspaceFolderDetail)
      else void openFolder(directory)
    },
    openLogsFolder: () => void openFolder(log.directory),
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

/** Ends the cluster in order, within a deadline, before the program goes: from the first moment on, whoever wishes it. */
function orderlyQuit(opening: Promise<Sandbox>): OrderlyQuit {
  const quit = new OrderlyQuit({
    async end() {
      const sandbox = await opening
      await closeInTime(sandbox, sandbox.env.clock)
    },
    leave: () => app.quit(),
    exitAtOnce: () => app.exit(1),
    async report(error) {
      process.stderr.write(`${fatalSentence(error)}\n`)
      const sandbox = await opening.catch(() => undefined)
      if (sandbox === undefined) return
      logDefect(sandbox.log, error, 'quitting')
      await closeLogInTime(sandbox.log, sandbox.env.clock)
    },
  })
  app.on('before-quit', (event) => {
    if (!quit.mayLeave()) event.preventDefault()
  })
  return quit
}

/** What happens when the program cannot go on. */
function endingWithError(): FatalEnd {
  return new FatalEnd({
    print: (text) => process.stderr.write(text),
    closeLog: (log) => closeLogInTime(log, realEnv().clock),
    async tell(sentence) {
      // Before the app is ready there are no dialogs on Linux, and whoever started it from the desktop sees no terminal.
      await app.whenReady()
      dialog.showErrorBox(program.title, sentence)
    },
    exit: () => app.exit(1),
  })
}

function reportDefect(sandbox: Sandbox, error: unknown, where: string): void {
  logDefect(sandbox.log, error, where)
  process.stderr.write(`${where}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
}

main()
