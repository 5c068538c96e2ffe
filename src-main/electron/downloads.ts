import type { Session } from 'electron'
import { APP_ORIGIN } from './app-protocol'

/**
 * Whether a download is a value that the page itself made and a person wants to keep: a blob of the screens' own origin.
 * Nothing that comes from elsewhere, and nothing that the door serves.
 */
export function isOwnBlob(address: string): boolean {
  return address.startsWith(`blob:${APP_ORIGIN}/`)
}

/**
 * Lets a page save what it made, to where the person says: Electron asks by the system's own dialog.
 *
 * @param onFailed told the path of a file that could not be written. Electron does not say why
 */
export function allowOwnDownloads(session: Session, onFailed: (path: string) => void): void {
  session.on('will-download', (event, item) => {
    if (!isOwnBlob(item.getURL())) {
      event.preventDefault()
      return
    }
    // A dialog that was cancelled is no failure.
    item.once('done', (_event, state) => {
      if (state === 'interrupted') onFailed(item.getSavePath() || item.getFilename())
    })
  })
}
