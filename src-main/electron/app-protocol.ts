import { protocol } from 'electron'
import type { Protocol } from 'electron'
import type { Door } from '../api/door'

const SCHEME = 'app'
const HOST = 'sandbox'

/** The origin of the screens in the window. */
export const APP_ORIGIN = `${SCHEME}://${HOST}`

/** Whether an address belongs to the screens themselves. */
export function isOwnAddress(address: string): boolean {
  return address === APP_ORIGIN || address.startsWith(`${APP_ORIGIN}/`)
}

/** Gives the screens' scheme the rights of a web origin. To be called once, before the app is ready. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true } },
  ])
}

/** Lets the door answer the requests of a session's pages. No port is opened. */
export function serveAppScheme(sessionProtocol: Protocol, door: Pick<Door, 'handle'>): void {
  sessionProtocol.handle(SCHEME, (request) =>
    isOwnAddress(request.url) ? door.handle(request) : new Response('There is no such host here.\n', { status: 404 }),
  )
}
