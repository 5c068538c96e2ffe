import { BrowserWindow, nativeTheme, screen } from 'electron'
import { program } from '../sandbox/program'
import { APP_ORIGIN } from './app-protocol'
import { canvasColors } from './window-colors'
import type { Bounds } from './window-state'
import { fitToDisplays, MINIMUM_SIZE, readWindowState, writeWindowState } from './window-state'

export interface MainWindowOptions {
  readonly preloadPath: string
  readonly iconPath: string
  /** Where the place of the window is kept between starts. */
  readonly statePath: string
}

/** Opens the window of the screens. It shows itself when its page has painted, so that nobody sees it empty. */
export function openMainWindow({ preloadPath, iconPath, statePath }: MainWindowOptions): BrowserWindow {
  const state = fitToDisplays(readWindowState(statePath), workAreas())
  const window = new BrowserWindow({
    ...state.bounds,
    minWidth: Math.min(MINIMUM_SIZE.width, state.bounds.width),
    minHeight: Math.min(MINIMUM_SIZE.height, state.bounds.height),
    show: false,
    title: program.title,
    icon: iconPath,
    backgroundColor: canvasColors[nativeTheme.shouldUseDarkColors ? 'dark' : 'light'],
    webPreferences: {
      preload: preloadPath,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInSubFrames: false,
      nodeIntegrationInWorker: false,
      webSecurity: true,
      webviewTag: false,
      // The screens have no prose to check, and the checker would fetch dictionaries from the web.
      spellcheck: false,
    },
  })
  if (state.maximized) window.maximize()
  window.once('ready-to-show', () => window.show())
  window.on('close', () => {
    writeWindowState(statePath, { bounds: window.getNormalBounds(), maximized: window.isMaximized() })
  })
  const followTheme = () => window.setBackgroundColor(canvasColors[nativeTheme.shouldUseDarkColors ? 'dark' : 'light'])
  nativeTheme.on('updated', followTheme)
  window.once('closed', () => nativeTheme.off('updated', followTheme))
  window.loadURL(`${APP_ORIGIN}/`).catch((error: unknown) => {
    // A person who quits at once does not wait for the page.
    if (!window.isDestroyed()) process.stderr.write(`The page did not load: ${String(error)}\n`)
  })
  return window
}

function workAreas(): [Bounds, ...Bounds[]] {
  const primary = screen.getPrimaryDisplay()
  const others = screen.getAllDisplays().filter(({ id }) => id !== primary.id)
  return [primary.workArea, ...others.map(({ workArea }) => workArea)]
}
