import type { EngineReader } from '../../engine/engine-reader'
import type { KeyValue } from '../../engine/write-data'
import type { Context } from '../../rpc/generated/dingodb/store_pb'
import type { Storage } from '../storage/storage'
import { storageContext } from '../storage/storage'
import type { RegionCall, RegionHandlerContext } from './region-handler'
import { regionHandler } from './region-handler'
import { checkEpoch, checkKey, checkKeyInRange, checkNotNegative, checkState } from './request-checks'

/** What the handlers of keys need. */
export interface KeyHandlerContext extends RegionHandlerContext {
  readonly storage: Storage
  /** Whether the coordinators let nobody write. */
  readonly isReadOnly: () => boolean
}

/** The handlers that read keys. A key that is not there and one with an empty value look the same to clients, as in DingoDB. */
export function readHandlers(context: KeyHandlerContext) {
  const { storage, locations, settings } = context

  function newReader({ region, signal, followed }: RegionCall): Promise<EngineReader> {
    followed?.validated(region)
    return storage.newReader(storageContext(region, settings.readMode, signal, followed?.trace))
  }

  function checkReadOfKeys(
    { region }: RegionCall,
    asked: Context | undefined,
    keys: readonly Uint8Array[],
    ts: bigint,
  ): void {
    checkEpoch(region, asked?.regionEpoch, locations)
    for (const key of keys) checkKey(key)
    checkNotNegative(ts, 'ts')
    checkState(region)
    const { range } = region
    for (const key of keys) checkKeyInRange(region, range, key)
  }

  return {
    kvGet: regionHandler('kvGet', context, {
      kind: 'read',
      async answer(request, call) {
        const { region } = call
        checkEpoch(region, request.context?.regionEpoch, locations)
        checkKey(request.key)
        checkNotNegative(request.ts, 'ts')
        checkState(region)
        checkKeyInRange(region, region.range, request.key)
        const reader = await newReader(call)
        const value = await reader.kvGet(request.key, versionOf(request.ts))
        return value === undefined ? {} : { value }
      },
    }),

    kvBatchGet: regionHandler('kvBatchGet', context, {
      kind: 'read',
      isEmpty: (request) => request.keys.length === 0,
      async answer(request, call) {
        const { keys, ts } = request
        checkReadOfKeys(call, request.context, keys, ts)
        const reader = await newReader(call)
        const values = await reader.kvBatchGet(keys, versionOf(ts))
        const kvs: KeyValue[] = []
        for (let i = 0; i < keys.length; i++) {
          const key = keys[i]
          const value = values[i]
          if (key !== undefined && value !== undefined) kvs.push({ key, value })
        }
        return { kvs }
      },
    }),
  }
}

/** The timestamp to read at: 0 on the wire means the newest version. */
export function versionOf(ts: bigint): bigint | undefined {
  return ts === 0n ? undefined : ts
}
