import type { LoadOrder } from './load'

/** One unary method as the load program calls it. */
export interface LoadMethod {
  /** For instance `/dingodb.pb.store.StoreService/KvPut`. */
  readonly path: string
  /** The request for the key of this number. */
  readonly encode: (keyNumber: number) => Buffer
  /** Undefined if the response says that all is well, else what it says. */
  readonly decode: (response: Buffer) => string | undefined
}

/** How to talk to one kind of server. */
export interface Dialect {
  method(order: LoadOrder): LoadMethod
}

/** The key of a number: 16 digits behind a prefix, so that keys of all servers are alike. */
export function keyOf(prefix: Uint8Array, keyNumber: number): Uint8Array {
  return Buffer.concat([prefix, Buffer.from(String(keyNumber).padStart(16, '0'))])
}
