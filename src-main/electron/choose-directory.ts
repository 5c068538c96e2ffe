import { dialog } from 'electron'
import type { BrowserWindow } from 'electron'
import type { MenuLanguage } from './menu/labels'
import { labels } from './menu/labels'

/** Asks the person for a workspace folder. @returns absolute; undefined if they thought better of it */
export async function chooseDirectory(
  window: BrowserWindow | undefined,
  language: MenuLanguage,
): Promise<string | undefined> {
  const text = labels[language]
  const options = {
    title: text.chooseWorkspace,
    buttonLabel: text.chooseThis,
    properties: ['openDirectory', 'createDirectory'],
  } satisfies Electron.OpenDialogOptions
  const { canceled, filePaths } =
    window === undefined ? await dialog.showOpenDialog(options) : await dialog.showOpenDialog(window, options)
  return canceled ? undefined : filePaths[0]
}
