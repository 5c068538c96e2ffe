import { dialog } from 'electron'
import type { BrowserWindow } from 'electron'
import type { MenuLanguage, MenuText } from './menu/labels'
import { labels } from './menu/labels'

/**
 * Shows that a command of the menu did not work.
 *
 * @param detail why, in the words of the system
 */
export async function tellFailure(
  window: BrowserWindow | undefined,
  language: MenuLanguage,
  what: MenuText,
  detail: string,
): Promise<void> {
  const text = labels[language]
  const options = {
    type: 'error',
    message: text[what],
    detail,
    buttons: [text.ok],
  } satisfies Electron.MessageBoxOptions
  await (window === undefined ? dialog.showMessageBox(options) : dialog.showMessageBox(window, options))
}
