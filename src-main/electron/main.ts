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
import type { StartOptions } from '../sandbox/session/start-options'
import { startRequest } from '../sandbox/session/start-request'
import { registerAppScheme, serveAppScheme } from './app-protocol'
import { parseWindowCommandLine } from './command-line'
import { recoverFromCrashes } from './crash-recovery'
import { assetsFromServer, developmentContentSecurityPolicy } from './development-server'
import { openExternally } from './external-links'
import { endWithError, fatalSentence } from './fatal-error'
import { resolveLanguage } from './language'
import { openMainWindow } from './main-window'
import { showMenu } from './menu/menu'
import { confineContents, denyPermissions } from './security'

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
  const sandbox = await openSandbox(realEnv(), {
    host: 'electron',
    userDataDirectory,
    entries: { worker: join(__dirname, 'node-worker.cjs'), process: join(__dirname, 'node-process.cjs') },
  })
  // The cluster and Chromium come up side by side, and the window waits for neither.
  if (options.opensCluster) void openAtStart(sandbox, options, userDataDirectory)
  await app.whenReady()
  const door = openDoor({ sandbox, ...screens(sandbox), report: (error, where) => reportDefect(error, where) })

  denyPermissions(session.defaultSession)
  serveAppScheme(session.defaultSession.protocol, door)
  followPreferences(sandbox)
  openWindow(sandbox, door)
  app.on('second-instance', focusWindow)
  app.on('window-all-closed', () => app.quit())
  closeBeforeQuit(sandbox, door)
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

function openWindow(sandbox: Sandbox, door: Door): void {
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
  window.once('closed', () => door.endStreams())
}

function focusWindow(): void {
  const [window] = BrowserWindow.getAllWindows()
  if (window === undefined) return
  if (window.isMinimized()) window.restore()
  window.show()
  window.focus()
}

/** Keeps the colours of the system's own parts and the words of the menu at what the person chose. */
function followPreferences(sandbox: Sandbox): void {
  const { preferences } = sandbox
  const apply = () => {
    nativeTheme.themeSource = preferences.current.theme
    showMenu(menuLanguage(sandbox), {
      preferences: () => preferences.current,
      changePreferences: (choices) => {
        preferences.change(choices).catch((error: unknown) => reportDefect(error, 'changing preferences'))
      },
      openWorkspaceFolder: () => {
        const directory = sandbox.session.view.workspace?.directory
        if (directory !== undefined) void shell.openPath(directory)
      },
      openExternally,
    })
  }
  apply()
  preferences.onChange(apply)
}

function menuLanguage(sandbox: Sandbox) {
  return resolveLanguage(sandbox.preferences.current.language, app.getLocale())
}

/** Holds up the end of the program until the workspace is let go of. */
function closeBeforeQuit(sandbox: Sandbox, door: Door): void {
  let closed = false
  app.on('will-quit', (event) => {
    if (closed) return
    event.preventDefault()
    door.close()
    sandbox.close().then(() => {
      closed = true
      app.quit()
    }, endWithError)
  })
}

function reportDefect(error: unknown, where: string): void {
  process.stderr.write(`${where}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
}

main()
