import type { DescMessage, DescMethodUnary, Message } from '@bufbuild/protobuf'
import { fromJsonString, toBinary } from '@bufbuild/protobuf'
import { SandboxError } from '../base/sandbox-error'
import { StoreService } from '../rpc/generated/dingodb/store_pb'
import type {
  Context,
  KvBatchCompareAndSetRequest,
  KvBatchDeleteRequest,
  KvBatchGetRequest,
  KvBatchPutIfAbsentRequest,
  KvBatchPutRequest,
  KvCompareAndSetRequest,
  KvDeleteRangeRequest,
  KvGetRequest,
  KvPutIfAbsentRequest,
  KvPutRequest,
} from '../rpc/generated/dingodb/store_pb'
import type { CallEffect } from './region-caller'

/** A request to one region that was written by hand. */
export interface ComposedCall {
  readonly method: DescMethodUnary
  readonly effect: CallEffect
  /** As it was written; what it lacks of `context` is filled in when it is sent. */
  readonly request: Message & { readonly context?: Context }
  /** The keys that it is about; at least one. All must be of one region. */
  readonly keys: readonly Uint8Array[]
  /** The request as it was written, in bytes. */
  readonly bytes: Uint8Array
}

interface Composable {
  readonly method: DescMethodUnary
  readonly effect: CallEffect
  keysOf(request: Message): ReadonlyArray<Uint8Array | undefined>
}

const { method: methods } = StoreService

function composable<Request extends Message>(
  method: DescMethodUnary,
  effect: CallEffect,
  keysOf: (request: Request) => ReadonlyArray<Uint8Array | undefined>,
): Composable {
  // The request is of the method's own type: both come from one line of the table below.
  return { method, effect, keysOf: (request) => keysOf(request as Request) }
}

const calls: ReadonlyMap<string, Composable> = new Map(
  [
    composable(methods.kvGet, 'read', ({ key }: KvGetRequest) => [key]),
    composable(methods.kvBatchGet, 'read', ({ keys }: KvBatchGetRequest) => keys),
    composable(methods.kvPut, 'write', ({ kv }: KvPutRequest) => [kv?.key]),
    composable(methods.kvBatchPut, 'write', ({ kvs }: KvBatchPutRequest) => kvs.map(({ key }) => key)),
    composable(methods.kvPutIfAbsent, 'conditional', ({ kv }: KvPutIfAbsentRequest) => [kv?.key]),
    composable(methods.kvBatchPutIfAbsent, 'conditional', ({ kvs }: KvBatchPutIfAbsentRequest) =>
      kvs.map(({ key }) => key),
    ),
    composable(methods.kvCompareAndSet, 'conditional', ({ kv }: KvCompareAndSetRequest) => [kv?.key]),
    composable(methods.kvBatchCompareAndSet, 'conditional', ({ kvs }: KvBatchCompareAndSetRequest) =>
      kvs.map(({ key }) => key),
    ),
    composable(methods.kvBatchDelete, 'write', ({ keys }: KvBatchDeleteRequest) => keys),
    composable(methods.kvDeleteRange, 'write', ({ range }: KvDeleteRangeRequest) => [range?.range?.startKey]),
  ].map((call) => [call.method.name, call]),
)

/** The calls that can be composed, by their names in the protocol. */
export const composableCalls: readonly string[] = [...calls.keys()]

/**
 * Reads a request that was written by hand.
 *
 * @param name of the method: `KvPut`
 * @param json the request as JSON of protobuf: bytes as base64, 64-bit numbers as text
 * @throws SandboxError INVALID_ARGUMENT for a method that is not composed, JSON that is not of its request, and no key
 */
export function parseComposedCall(name: string, json: string): ComposedCall {
  const call = calls.get(name)
  if (call === undefined) {
    const message = `${name} is no call that can be composed. There are: ${composableCalls.join(', ')}.`
    throw new SandboxError('INVALID_ARGUMENT', message, { details: { field: 'operation' } })
  }
  const request = parse(call.method.input, json)
  const keys = call.keysOf(request)
  if (keys.length === 0 || keys.some((key) => key === undefined || key.length === 0)) {
    const message = `A ${call.method.input.name} names at least one key, and none is empty: the region is found by it.`
    throw new SandboxError('INVALID_ARGUMENT', message, { details: { field: 'json' } })
  }
  const { method, effect } = call
  const bytes = toBinary(method.input, request)
  return { method, effect, request, keys: keys.filter((key) => key !== undefined), bytes }
}

function parse(schema: DescMessage, json: string): Message {
  try {
    return fromJsonString(schema, json)
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown)
    throw new SandboxError('INVALID_ARGUMENT', `This is no ${schema.name} in JSON: ${reason}`, {
      details: { field: 'json', reason },
      cause: thrown,
    })
  }
}
