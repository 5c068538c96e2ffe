import type { LanguagePreference, Preferences, ThemePreference } from '../../sandbox/preferences'
import type { MenuText } from './labels'

/** What commands may do to the program. */
export interface CommandTarget {
  readonly preferences: () => Preferences
  changePreferences(choices: Partial<Preferences>): void
  openWorkspaceFolder(): void
  openExternally(address: string): void
}

/** What the operating system and Chromium know how to do for a window. */
export type SystemRole =
  | 'about'
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

/** One command, as data: menus, and later the palette and the sheet of keys, are made from these. */
export interface Command {
  /** Stable; never shown. */
  readonly id: string
  /** A text of the labels, or a name that is the same in all languages. */
  readonly label: MenuText | { readonly name: string }
  /** As Electron writes keys. */
  readonly accelerator?: string
  readonly role?: SystemRole
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
 * All commands of the menu. F5 to F12 are left free on purpose: they are the keys of the stepper, so reloading and the
 * full screen have others than usual.
 */
export const commands = {
  about: { id: 'program.about', label: 'about', role: 'about' },
  openWorkspace: {
    id: 'workspace.open',
    label: 'openWorkspace',
    accelerator: 'CommandOrControl+Shift+O',
    run: (target) => target.openWorkspaceFolder(),
  },
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
