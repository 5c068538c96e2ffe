import type { KeyValue, WriteResult } from '../../engine/write-data'
import { dingoError } from '../../rpc/dingo-error'
import { Errno } from '../../rpc/generated/dingodb/error_pb'
import type { Context } from '../../rpc/generated/dingodb/store_pb'
import type { StorageContext } from '../storage/storage'
import { storageContext } from '../storage/storage'
import { checkRange, checkRangeInRegion, intersection, plainRangeOf } from './range-checks'
import type { KeyHandlerContext } from './read-handlers'
import type { RegionCall } from './region-handler'
import { regionHandler } from './region-handler'
import {
  checkEpoch,
  checkKey,
  checkKeyInRange,
  checkNotNegative,
  checkState,
  checkValue,
  checkWritable,
  checkWriteBytes,
} from './request-checks'
import { expiresAtMs } from './time-to-live'

/** What is checked of a write that sets keys. */
interface SetRequest {
  readonly context?: Context | undefined
  readonly ttl: bigint
}

/** The handlers that change keys, and ranges of them. */
export function writeHandlers(context: KeyHandlerContext) {
  const { storage, locations, settings, clock, isReadOnly } = context

  /** The context of a write that is handed to the storage now. */
  function beginWrite(call: RegionCall): StorageContext {
    call.writeStartedMs = clock.monotonicMs()
    call.followed?.validated(call.region)
    return storageContext(call.region, undefined, call.signal, call.followed?.trace)
  }

  /** The checks of a write that sets keys, in DingoDB's order up to the range. @returns when the entries expire */
  function checkSet(
    { region }: RegionCall,
    request: SetRequest,
    entries: readonly KeyValue[],
    expected?: readonly Uint8Array[],
  ): number | undefined {
    checkEpoch(region, request.context?.regionEpoch, locations)
    let bytes = 0
    for (const { key, value } of entries) {
      checkKey(key)
      checkValue(value)
      bytes += key.length + value.length
    }
    if (expected !== undefined) for (const value of expected) bytes += value.length
    checkWriteBytes(bytes, settings.maxWriteBytes)
    checkNotNegative(request.ttl, 'ttl')
    const expiry = expiresAtMs(clock, request.ttl)
    checkState(region)
    const { range } = region
    for (const { key } of entries) checkKeyInRange(region, range, key)
    return expiry
  }

  return {
    kvPut: regionHandler('kvPut', context, {
      kind: 'write',
      async answer(request, call) {
        const entries = [request.kv ?? absentKeyValue]
        const expiry = checkSet(call, request, entries)
        checkWritable(isReadOnly())
        const { ts } = await written(call, storage.kvPut(beginWrite(call), entries, expiry))
        return { ts }
      },
    }),

    kvBatchPut: regionHandler('kvBatchPut', context, {
      kind: 'write',
      isEmpty: (request) => request.kvs.length === 0,
      async answer(request, call) {
        const expiry = checkSet(call, request, request.kvs)
        checkWritable(isReadOnly())
        const { ts } = await written(call, storage.kvPut(beginWrite(call), request.kvs, expiry))
        return { ts }
      },
    }),

    kvPutIfAbsent: regionHandler('kvPutIfAbsent', context, {
      kind: 'write',
      async answer(request, call) {
        const entries = [request.kv ?? absentKeyValue]
        const expiry = checkSet(call, request, entries)
        checkWritable(isReadOnly())
        const { ts, keyStates } = await written(call, storage.kvPutIfAbsent(beginWrite(call), entries, true, expiry))
        return { ts, keyState: keyStates[0] ?? false }
      },
    }),

    kvBatchPutIfAbsent: regionHandler('kvBatchPutIfAbsent', context, {
      kind: 'write',
      isEmpty: (request) => request.kvs.length === 0,
      async answer(request, call) {
        const { kvs, isAtomic } = request
        const expiry = checkSet(call, request, kvs)
        checkWritable(isReadOnly())
        const { ts, keyStates } = await written(call, storage.kvPutIfAbsent(beginWrite(call), kvs, isAtomic, expiry))
        return { ts, keyStates: [...keyStates] }
      },
    }),

    kvCompareAndSet: regionHandler('kvCompareAndSet', context, {
      kind: 'write',
      async answer(request, call) {
        const entries = [request.kv ?? absentKeyValue]
        const expected = [request.expectValue]
        const expiry = checkSet(call, request, entries, expected)
        // As in DingoDB a single one is atomic: it fails with EKEY_NOT_FOUND where a value is expected and no key is there.
        const { ts, keyStates } = await written(
          call,
          storage.kvCompareAndSet(beginWrite(call), entries, expected, true, expiry),
        )
        return { ts, keyState: keyStates[0] ?? false }
      },
    }),

    kvBatchCompareAndSet: regionHandler('kvBatchCompareAndSet', context, {
      kind: 'write',
      isEmpty: (request) => request.kvs.length === 0,
      async answer(request, call) {
        const { kvs, expectValues, isAtomic } = request
        const expiry = checkSet(call, request, kvs, expectValues)
        checkPairs(kvs.length, expectValues.length)
        const { ts, keyStates } = await written(
          call,
          storage.kvCompareAndSet(beginWrite(call), kvs, expectValues, isAtomic, expiry),
        )
        return { ts, keyStates: [...keyStates] }
      },
    }),

    kvBatchDelete: regionHandler('kvBatchDelete', context, {
      kind: 'write',
      isEmpty: (request) => request.keys.length === 0,
      async answer(request, call) {
        const { region } = call
        const { keys } = request
        checkEpoch(region, request.context?.regionEpoch, locations)
        let bytes = 0
        for (const key of keys) {
          checkKey(key)
          bytes += key.length
        }
        checkWriteBytes(bytes, settings.maxWriteBytes)
        checkState(region)
        const { range } = region
        for (const key of keys) checkKeyInRange(region, range, key)
        const { ts, keyStates } = await written(call, storage.kvDelete(beginWrite(call), keys))
        return { ts, keyStates: [...keyStates] }
      },
    }),

    kvDeleteRange: regionHandler('kvDeleteRange', context, {
      kind: 'write',
      async answer(request, call) {
        const { region } = call
        const asked = plainRangeOf(request.range)
        checkEpoch(region, request.context?.regionEpoch, locations)
        if (!checkRange(asked)) return {}
        checkRangeInRegion(region, region.range, asked)
        checkState(region)
        const range = intersection(asked, region.range)
        if (range === undefined) return {}
        await written(call, storage.kvDeleteRange(beginWrite(call), range))
        // How many keys there were is never told, as in DingoDB: ranges are removed without being read.
        return {}
      },
    }),
  }
}

/** Notes when the write went through its log. */
async function written(call: RegionCall, writing: Promise<WriteResult>): Promise<WriteResult> {
  const result = await writing
  call.writeMoments = result.moments
  return result
}

const noBytes = new Uint8Array(0)
/** What proto3 makes of a pair that is not there; its key is refused in its turn, after the epoch. */
const absentKeyValue: KeyValue = { key: noBytes, value: noBytes }

/** @throws SandboxError DINGODB_ERROR EILLEGAL_PARAMTETERS */
function checkPairs(entries: number, expectedValues: number): void {
  if (entries === expectedValues) return
  const message = `The request has ${String(entries)} keys and ${String(expectedValues)} expected values: give one for each key, an empty one for a key that must not be there.`
  throw dingoError(Errno.EILLEGAL_PARAMTETERS, message, { details: { entries, expectedValues } })
}
