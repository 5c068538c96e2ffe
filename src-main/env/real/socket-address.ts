import { isIPv4, isIPv6 } from 'node:net'
import { SandboxError } from '../../base/sandbox-error'
import type { NetworkAddress } from '../network'

/** A host and a TCP port. */
export interface SocketAddress {
  /** A name or an IP address, without brackets. */
  readonly host: string
  /** 0 to 65535. */
  readonly port: number
}

const FORM = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/

/** Reads `host:port`, with an IPv6 address in brackets. @throws SandboxError INVALID_ARGUMENT */
export function parseSocketAddress(address: NetworkAddress): SocketAddress {
  const match = FORM.exec(address)
  const host = match?.[1] ?? match?.[2]
  const port = Number(match?.[3])
  if (host !== undefined && port <= 65_535) return { host, port }
  throw new SandboxError(
    'INVALID_ARGUMENT',
    `The network address "${address}" is not of the form host:port, such as 127.0.0.1:20160 or [::1]:20160.`,
    { details: { address } },
  )
}

export function formatSocketAddress({ host, port }: SocketAddress): NetworkAddress {
  return isIPv6(host) ? `[${host}]:${String(port)}` : `${host}:${String(port)}`
}

/** Whether only this machine reaches the host. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'))
}
