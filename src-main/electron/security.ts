import type { Session, WebContents } from 'electron'
import { isOwnAddress } from './app-protocol'
import { openExternally } from './external-links'

/** Denies pages everything that a browser would ask a person about: the screens need none of it. */
export function denyPermissions(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false))
  session.setPermissionCheckHandler(() => false)
  session.setDevicePermissionHandler(() => false)
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
