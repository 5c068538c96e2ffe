import { app, dialog } from 'electron'
import type { BrowserWindow } from 'electron'
import type { ProgramLog } from '../sandbox/log/program-log'
import type { MenuLanguage } from './menu/labels'
import { labels } from './menu/labels'

const MOST_RELOADS = 3
const WITHIN_MS = 60_000

/** Decides whether a page that crashed is loaded again by itself. One that crashes over and over is not. */
export class ReloadBudget {
  readonly #reloadedAtMs: number[] = []

  /** Whether a reload at this time is within the budget; if so it is spent. */
  spend(nowMs: number): boolean {
    while (this.#reloadedAtMs.length > 0 && nowMs - (this.#reloadedAtMs[0] ?? 0) > WITHIN_MS) this.#reloadedAtMs.shift()
    if (this.#reloadedAtMs.length >= MOST_RELOADS) return false
    this.#reloadedAtMs.push(nowMs)
    return true
  }
}

/** Brings a page back whose process has died, and asks the person when that does not help. The host lives on meanwhile. */
export function recoverFromCrashes(window: BrowserWindow, log: ProgramLog, language: () => MenuLanguage): void {
  const budget = new ReloadBudget()
  window.webContents.on('render-process-gone', (_event, { reason, exitCode }) => {
    if (reason === 'clean-exit' || window.isDestroyed()) return
    log.write('error', 'page.gone', { reason, exitCode })
    process.stderr.write(`The page's process has ended (${reason}, exit code ${exitCode}).\n`)
    if (budget.spend(Date.now())) window.webContents.reload()
    else void askPerson()
  })

  async function askPerson(): Promise<void> {
    const text = labels[language()]
    const { response } = await dialog.showMessageBox(window, {
      type: 'error',
      message: text.pageCrashed,
      detail: text.pageCrashedDetail,
      buttons: [text.reload, text.quit],
      defaultId: 0,
    })
    if (window.isDestroyed()) return
    if (response === 0) window.webContents.reload()
    else app.quit()
  }
}
