import { clipboard, dialog } from 'electron'
import type { BrowserWindow } from 'electron'
import type { RuntimeDescription } from '../sandbox/program'
import { program } from '../sandbox/program'
import type { MenuLanguage } from './menu/labels'
import { labels } from './menu/labels'

/** What a report about the program has to name, a line each. */
export function versionLines({ versions, operatingSystem, architecture }: RuntimeDescription): string {
  const { electron, chromium, node, v8 } = versions
  return [
    `Electron ${electron ?? '–'}`,
    `Chromium ${chromium ?? '–'}`,
    `Node.js ${node}`,
    `V8 ${v8}`,
    `${operatingSystem} ${architecture}`,
  ].join('\n')
}

/** Shows what the program is and runs on, and copies it on request. */
export async function showAbout(
  window: BrowserWindow,
  runtime: RuntimeDescription,
  language: MenuLanguage,
): Promise<void> {
  const text = labels[language]
  const message = `${program.title} ${program.version}`
  const detail = versionLines(runtime)
  const { response } = await dialog.showMessageBox(window, {
    type: 'info',
    title: text.about,
    message,
    detail: `${text.purpose}\n\n${detail}\n\n${text.license}`,
    buttons: [text.ok, text.copyVersions],
    defaultId: 0,
    cancelId: 0,
  })
  if (response === 1) await clipboard.writeText(`${message}\n${detail}`)
}
