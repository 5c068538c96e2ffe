import type { LanguagePreference, Preferences, ThemePreference } from '../../sandbox/preferences'
import type { MenuText } from './labels'

/** What commands may do to the program. */
export interface CommandTarget {
  readonly preferences: () => Preferences
  changePreferences(choices: Partial<Preferences>): void
  openWorkspaceFolder(): void
  openLogsFolder(): void
  showAbout(): void
  /** Has the page of the window run one of its own commands. */
  runInPage(id: PageCommandId): void
  openExternally(address: string): void
}

/** What the operating system and Chromium know how to do for a window. */
export type SystemRole =
  | 'quit'
  | 'undo'
  | 'redo'
  | 'cut'
  | 'copy'
  | 'paste'
  | 'selectAll'
  | 'reload'
  | 'zoomIn'
  | 'zoomOut'
  | 'resetZoom'
  | 'togglefullscreen'
  | 'toggleDevTools'
  | 'minimize'
  | 'close'

/** One command of the menu, as data. */
export interface Command {
  /** Stable; never shown. */
  readonly id: string
  /** A text of the labels, or a name that is the same in all languages. */
  readonly label: MenuText | { readonly name: string }
  /** As Electron writes keys. */
  readonly accelerator?: string
  readonly role?: SystemRole
  /**
   * A command of the page (src-renderer/app/commands), by its id there. The page listens to its keys itself, because in a
   * browser there is no menu: the menu shows them and does not take them.
   */
  readonly inPage?: true
  /** Present on commands that choose one of several. */
  readonly isChosen?: (target: CommandTarget) => boolean
  readonly run?: (target: CommandTarget) => void
}

const theme = (choice: ThemePreference, label: MenuText): Command => ({
  id: `theme.${choice}`,
  label,
  isChosen: (target) => target.preferences().theme === choice,
  run: (target) => target.changePreferences({ theme: choice }),
})

const language = (choice: LanguagePreference, label: Command['label']): Command => ({
  id: `language.${choice}`,
  label,
  isChosen: (target) => target.preferences().language === choice,
  run: (target) => target.changePreferences({ language: choice }),
})

/**
 * A command of the page.
 *
 * @param accelerator the keys that the page listens to, for showing
 */
const inPage = <Id extends string>(id: Id, label: MenuText, accelerator?: string) =>
  ({ id, label, inPage: true, ...(accelerator !== undefined && { accelerator }) }) as const

/** Those of the page, in the order of the menus. */
export const pageCommands = {
  newSandbox: inPage('session.new', 'newSandbox', 'CommandOrControl+N'),
  openWorkspace: inPage('session.open', 'openWorkspace', 'CommandOrControl+O'),
  closeSandbox: inPage('session.close', 'closeSandbox'),
  sideBar: inPage('view.sideBar', 'sideBar', 'CommandOrControl+B'),
  inspector: inPage('view.inspector', 'inspector', 'CommandOrControl+Alt+B'),
  panel: inPage('view.panel', 'panel', 'CommandOrControl+J'),
  palette: inPage('go.palette', 'palette', 'CommandOrControl+Shift+P'),
  entity: inPage('go.entity', 'entity', 'CommandOrControl+P'),
  back: inPage('go.back', 'back', 'Alt+Left'),
  forward: inPage('go.forward', 'forward', 'Alt+Right'),
  start: inPage('view.start', 'start', 'Control+1'),
  cluster: inPage('view.cluster', 'cluster', 'Control+2'),
  tables: inPage('view.tables', 'tables', 'Control+3'),
  regions: inPage('view.regions', 'regions', 'Control+4'),
  keyspace: inPage('view.keyspace', 'keyspace', 'Control+5'),
  flow: inPage('view.flow', 'flow', 'Control+6'),
  engine: inPage('view.engine', 'engine', 'Control+7'),
  metrics: inPage('view.metrics', 'metrics', 'Control+8'),
  run: inPage('flow.run', 'run', 'F5'),
  pause: inPage('flow.pause', 'pause', 'F6'),
  stepOver: inPage('flow.over', 'stepOver', 'F10'),
  stepInto: inPage('flow.into', 'stepInto', 'F11'),
  stepOut: inPage('flow.out', 'stepOut', 'Shift+F11'),
  breakpoint: inPage('flow.breakpoint', 'breakpoint', 'F9'),
  keys: inPage('help.keys', 'keys'),
} as const satisfies Readonly<Record<string, Command>>

export type PageCommandId = (typeof pageCommands)[keyof typeof pageCommands]['id']

/**
 * All commands of the menu that the window runs itself. F5 to F12 are those of the stepper, so reloading and the full screen
 * have other keys than usual.
 */
export const commands = {
  about: { id: 'program.about', label: 'about', run: (target) => target.showAbout() },
  openWorkspaceFolder: {
    id: 'workspace.openFolder',
    label: 'openWorkspaceFolder',
    accelerator: 'CommandOrControl+Shift+O',
    run: (target) => target.openWorkspaceFolder(),
  },
  openLogsFolder: { id: 'logs.openFolder', label: 'openLogsFolder', run: (target) => target.openLogsFolder() },
  quit: { id: 'program.quit', label: 'quit', accelerator: 'CommandOrControl+Q', role: 'quit' },
  undo: { id: 'edit.undo', label: 'undo', role: 'undo' },
  redo: { id: 'edit.redo', label: 'redo', role: 'redo' },
  cut: { id: 'edit.cut', label: 'cut', role: 'cut' },
  copy: { id: 'edit.copy', label: 'copy', role: 'copy' },
  paste: { id: 'edit.paste', label: 'paste', role: 'paste' },
  selectAll: { id: 'edit.selectAll', label: 'selectAll', role: 'selectAll' },
  reload: { id: 'page.reload', label: 'reload', accelerator: 'CommandOrControl+R', role: 'reload' },
  zoomIn: { id: 'page.zoomIn', label: 'zoomIn', accelerator: 'CommandOrControl+=', role: 'zoomIn' },
  zoomOut: { id: 'page.zoomOut', label: 'zoomOut', accelerator: 'CommandOrControl+-', role: 'zoomOut' },
  actualSize: { id: 'page.actualSize', label: 'actualSize', accelerator: 'CommandOrControl+0', role: 'resetZoom' },
  fullScreen: {
    id: 'window.fullScreen',
    label: 'fullScreen',
    accelerator: 'CommandOrControl+Alt+F',
    role: 'togglefullscreen',
  },
  developerTools: {
    id: 'page.developerTools',
    label: 'developerTools',
    accelerator: 'CommandOrControl+Shift+I',
    role: 'toggleDevTools',
  },
  themeSystem: theme('system', 'themeSystem'),
  themeLight: theme('light', 'themeLight'),
  themeDark: theme('dark', 'themeDark'),
  languageSystem: language('system', 'languageSystem'),
  languageEnglish: language('en', { name: 'English' }),
  languageChinese: language('zh-CN', { name: '简体中文' }),
  minimize: { id: 'window.minimize', label: 'minimize', accelerator: 'CommandOrControl+M', role: 'minimize' },
  close: { id: 'window.close', label: 'close', accelerator: 'CommandOrControl+W', role: 'close' },
  storeDocumentation: {
    id: 'help.storeDocumentation',
    label: 'storeDocumentation',
    run: (target) => target.openExternally('https://dingodb.readthedocs.io/'),
  },
} as const satisfies Readonly<Record<string, Command>>
