import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { isIP } from 'node:net'

/** What the check of a request needs to see of it. Header values as they came. */
export interface IncomingHead {
  readonly method: string
  /** Path and query. */
  readonly target: string
  readonly host: string | undefined
  readonly origin: string | undefined
  readonly cookie: string | undefined
}

/** What becomes of a request: it is let in, sent on with the cookie that lets it in, or refused with a sentence. */
export type Admission =
  | { readonly kind: 'admitted' }
  | { readonly kind: 'exchange'; readonly setCookie: string; readonly location: string }
  | { readonly kind: 'refused'; readonly sentence: string }

/** Decides which requests reach the door of a host that listens on a port. */
export interface Gatekeeper {
  /** The address with the token in it, for the person who started the host. */
  readonly address: string
  admit(head: IncomingHead): Admission
}

const LOOPBACK_NAMES = ['127.0.0.1', 'localhost', '[::1]']

/**
 * Lets in whoever holds the token of this start. Three checks, each against another attack from a page of the web in the
 * same browser: the Host header (a name of the attacker that resolves to this machine), the Origin header (a form or
 * script of another site), the token (everybody else, other users of this machine included). The token comes once in the
 * address, and is exchanged for a cookie that scripts cannot read and other sites cannot make the browser send.
 */
export function createGatekeeper(options: {
  readonly bindHost: string
  readonly port: number
  readonly token?: string
}): Gatekeeper {
  const { bindHost, port, token = randomBytes(32).toString('base64url') } = options
  // Cookies of one host name are shared by all its ports, so the port is in the name.
  const cookieName = `dingo-sandbox-${port}`

  const hasToken = (candidate: string | undefined) => candidate !== undefined && equalInConstantTime(candidate, token)

  return {
    address: `http://${addressName(bindHost)}:${port}/?token=${token}`,
    admit({ method, target, host, origin, cookie }) {
      if (host === undefined || !isOwnHost(host, bindHost, port)) {
        return refused(`The Host header ${quote(host)} does not name this host`)
      }
      if (origin !== undefined && origin !== `http://${host}`) {
        return refused(`Requests from ${quote(origin)} are not let in`)
      }
      const changes = method !== 'GET' && method !== 'HEAD'
      if (changes && origin === undefined) return refused(`A ${method} request needs an Origin header`)

      // A client may name another host as its target, or anything; and `//x` is a path here, not another host's name.
      if (!target.startsWith('/')) return refused(`${quote(target)} is no path of this host`)
      const { pathname, searchParams } = new URL(`http://${host}${target}`)
      if (!changes && pathname === '/' && searchParams.has('token')) {
        if (!hasToken(searchParams.get('token') ?? undefined))
          return refused('The token in the address is not of this start')
        return {
          kind: 'exchange',
          setCookie: `${cookieName}=${token}; HttpOnly; SameSite=Strict; Path=/`,
          location: '/',
        }
      }
      if (!hasToken(cookieValue(cookie, cookieName))) return refused('The request carries no token of this start')
      return { kind: 'admitted' }
    },
  }
}

function refused(what: string): Admission {
  return {
    kind: 'refused',
    sentence: `DOOR_ACCESS_DENIED: ${what}. Open the address that the host printed when it started.`,
  }
}

/** An IP address in the Host header cannot be the attacker's name; a name can, so only our own names pass. */
function isOwnHost(host: string, bindHost: string, port: number): boolean {
  const [, name, givenPort = '80'] = /^(\[[0-9a-f:.]+\]|[^:[\]]+)(?::(\d+))?$/i.exec(host) ?? []
  if (name === undefined || Number(givenPort) !== port) return false
  if (LOOPBACK_NAMES.includes(name.toLowerCase())) return true
  if (isLoopback(bindHost)) return false
  return name.toLowerCase() === bindHost.toLowerCase() || isIP(name.replace(/^\[|\]$/g, '')) !== 0
}

/** Whether an address to listen on keeps other machines out. */
export function isLoopback(bindHost: string): boolean {
  return bindHost === 'localhost' || bindHost === '::1' || /^127(?:\.\d{1,3}){3}$/.test(bindHost)
}

/** How a browser on this machine calls the host. */
function addressName(bindHost: string): string {
  if (bindHost === '0.0.0.0' || bindHost === '::') return '127.0.0.1'
  return bindHost.includes(':') ? `[${bindHost}]` : bindHost
}

function cookieValue(header: string | undefined, name: string): string | undefined {
  for (const pair of header?.split(';') ?? []) {
    const [key, value] = pair.trim().split('=', 2)
    if (key === name) return value
  }
  return undefined
}

/** Hashing first makes both of one length, without telling the length of the secret. */
function equalInConstantTime(candidate: string, secret: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(hash(candidate), hash(secret))
}

const quote = (text: string | undefined) => (text === undefined ? '(none)' : JSON.stringify(text.slice(0, 200)))
