import { SandboxError } from '../base/sandbox-error'
import type { Disk } from '../sandbox/host-env'

/**
 * Gives the file of the screens at a path such as `/assets/index-1a2b.js`; undefined if there is none. The query
 * (empty, or with its question mark) means something to a development server only.
 */
export type Assets = (path: string, query: string) => Promise<Response | undefined>

const contentTypes: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  html: 'text/html; charset=utf-8',
  ico: 'image/x-icon',
  js: 'text/javascript; charset=utf-8',
  json: 'application/json; charset=utf-8',
  map: 'application/json; charset=utf-8',
  png: 'image/png',
  svg: 'image/svg+xml',
  woff2: 'font/woff2',
}

/** A name of a file or folder as a build writes it. Nothing that climbs, hides or means something to an operating system. */
const segment = /^[A-Za-z0-9_][A-Za-z0-9._-]*$/

/**
 * Serves a built directory. A path is let through only if each of its parts is a plain name, so that no spelling of `..`,
 * no drive letter and no second separator can leave the directory.
 *
 * @param root absolute, in Disk's notation
 */
export function assetsOnDisk(disk: Pick<Disk, 'readFile'>, root: string): Assets {
  return async (path) => {
    const segments = plainSegments(path)
    const type = contentTypes[/\.([a-z0-9]+)$/.exec(path)?.[1] ?? '']
    if (segments === undefined || type === undefined) return undefined
    let bytes: Uint8Array
    try {
      bytes = await disk.readFile([root, ...segments].join('/'))
    } catch (error) {
      if (SandboxError.is(error, 'DISK_NOT_FOUND')) return undefined
      throw error
    }
    // The build puts a hash of the content into the names below `assets`, so those never change.
    const cacheControl = segments[0] === 'assets' ? 'public, max-age=31536000, immutable' : 'no-cache'
    return new Response(bytes as Uint8Array<ArrayBuffer>, {
      headers: { 'content-type': type, 'content-length': String(bytes.byteLength), 'cache-control': cacheControl },
    })
  }
}

/** The parts of a path from a URL, or undefined if one of them is no plain name. */
function plainSegments(path: string): readonly string[] | undefined {
  const segments = path.split('/').slice(1)
  return segments.length > 0 && segments.every((name) => segment.test(name)) ? segments : undefined
}
