import type { Assets } from '../api/assets'

/** What only a development server needs: styles put in by script, and the socket over which it announces changes. */
export const developmentContentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self' ws:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/**
 * Brings the screens from a development server, through the door: the page keeps its origin, so that all else is as in
 * the built program.
 *
 * @param address of the server, such as `http://localhost:5173`
 */
export function assetsFromServer(address: string): Assets {
  return async (path, query) => {
    const answer = await fetch(new URL(path + query, address))
    if (answer.status === 404) return undefined
    const contentType = answer.headers.get('content-type') ?? 'text/plain'
    return new Response(await answer.arrayBuffer(), {
      status: answer.status,
      headers: { 'content-type': contentType, 'cache-control': 'no-store' },
    })
  }
}
