/** What the preload script puts on a page of the window as `window.sandboxWindow`. Absent in a browser. */
export interface WindowHost {
  readonly kind: 'electron'
  /**
   * Calls back with the id of a command of the page (`go.palette`) that a person chose in the menu.
   *
   * @returns stops it
   */
  readonly onCommand: (listener: (id: string) => void) => () => void
}

/** The one channel of the window: from its menu to its page, and never back. */
export const COMMAND_CHANNEL = 'command'

/** Whether this is an id as commands have them: `session.new`. */
export function isCommandId(id: unknown): id is string {
  return typeof id === 'string' && id.length <= 64 && /^[a-z]+\.[a-zA-Z]+$/.test(id)
}
