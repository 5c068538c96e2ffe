/** Keys of a command, as VS Code writes them; `Mod` is Ctrl, or Cmd on macOS: `Mod+Shift+P`, `F10`, `Alt+Left`, `?`. */
export type KeyBinding = string

/** One command, as data: menu, palette, toolbar and help sheet are made from these. */
export interface Command {
  /** Stable; never shown: `cluster.killNode`. */
  readonly id: string
  /** Its name in the reader's language; called when it is shown. */
  readonly title: () => string
  /** Where the palette and the help sheet put it. */
  readonly group: 'file' | 'edit' | 'view' | 'go' | 'cluster' | 'run' | 'help'
  readonly keys?: readonly KeyBinding[]
  /** In place of `keys` where a browser keeps those for itself (F5, F11). */
  readonly browserKeys?: readonly KeyBinding[]
  /** Why it cannot run now, in the reader's language; undefined if it can. Absent: it always can. */
  readonly unavailable?: () => string | undefined
  readonly run: () => void | Promise<void>
}
