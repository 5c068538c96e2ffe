import type { Session, WebContents } from 'electron'
import { APP_ORIGIN, isOwnAddress } from './app-protocol'
import { openExternally } from './external-links'

/**
 * Whether a download is a value that the page itself made and a person wants to keep: a blob of the screens' own origin.
 * Nothing that comes from elsewhere, and nothing that the door serves.
 */
export function isOwnBlob(address: string): boolean {
  return address.startsWith(`blob:${APP_ORIGIN}/`)
}

/**
 * Denies pages everything that a browser would ask a person about: the screens need none of it. A value may be saved, to
 * where the person says: Electron asks by the system's own dialog.
 */
export function denyPermissions(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false))
  session.setPermissionCheckHandler(() => false)
  session.setDevicePermissionHandler(() => false)
  session.on('will-download', (event, item) => {
    if (!isOwnBlob(item.getURL())) event.preventDefault()
  })
}

/**
 * Keeps a page where it is: no other address in the window, no second window, no embedded one. A link that asks for a
 * window of its own is opened in the person's browser, if it is one that may be. There are no IPC channels to this side, hence
 * no senders to check: pages talk through the door.
 */
export function confineContents(contents: WebContents): void {
  contents.on('will-navigate', (event, address) => {
    if (!isOwnAddress(address)) event.preventDefault()
  })
  contents.on('will-redirect', (event, address) => {
    if (!isOwnAddress(address)) event.preventDefault()
  })
  contents.on('will-attach-webview', (event) => event.preventDefault())
  contents.setWindowOpenHandler(({ url }) => {
    openExternally(url)
    return { action: 'deny' }
  })
}
