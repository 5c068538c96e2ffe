import type { OperationName } from '../../src-main/flow/stages'

/** What a person says of a request: bytes as they go to the store. */
export interface RequestParts {
  readonly key: Uint8Array
  readonly value: Uint8Array
  /** Of a range: behind its last key. */
  readonly endKey?: Uint8Array
  /** Of a comparison: what must stand there; empty for nothing. */
  readonly expected?: Uint8Array
  /** How long the value lives, in ms; undefined for ever. */
  readonly timeToLiveMs?: number | undefined
}

/** Bytes as JSON of protobuf writes them. */
export function toBase64(bytes: Uint8Array): string {
  let binary = ''
  for (const byte of bytes) binary += String.fromCharCode(byte)
  return btoa(binary)
}

/** A request of StoreService as JSON of protobuf, without its context: the host fills that in by the key. */
export function requestJson(operation: OperationName, parts: RequestParts): string {
  return JSON.stringify(requestOf(operation, parts), undefined, 2)
}

function requestOf(operation: OperationName, { key, value, endKey, expected, timeToLiveMs }: RequestParts): object {
  const kv = { key: toBase64(key), value: toBase64(value) }
  const expectedValue = toBase64(expected ?? new Uint8Array(0))
  const ttl = timeToLiveMs === undefined ? {} : { ttl: String(timeToLiveMs) }
  switch (operation) {
    case 'KvPut':
    case 'KvPutIfAbsent':
      return { kv, ...ttl }
    case 'KvBatchPut':
    case 'KvBatchPutIfAbsent':
      return { kvs: [kv], ...ttl }
    case 'KvCompareAndSet':
      return { kv, expectValue: expectedValue }
    case 'KvBatchCompareAndSet':
      return { kvs: [kv], expectValues: [expectedValue] }
    case 'KvBatchDelete':
    case 'KvBatchGet':
      return { keys: [kv.key] }
    case 'KvDeleteRange':
      return {
        range: {
          range: { startKey: kv.key, endKey: toBase64(endKey ?? nextKey(key)) },
          withStart: true,
          withEnd: false,
        },
      }
    default:
      return { key: kv.key }
  }
}

/** The first key behind a key. */
function nextKey(key: Uint8Array): Uint8Array {
  const next = new Uint8Array(key.length + 1)
  next.set(key)
  return next
}
