import { DebugService } from '../../../src-main/rpc/generated/dingodb/debug_pb'
import { Errno } from '../../../src-main/rpc/generated/dingodb/error_pb'
import { NodeService } from '../../../src-main/rpc/generated/dingodb/node_pb'
import type { Context } from '../../../src-main/rpc/generated/dingodb/store_pb'
import { StoreService } from '../../../src-main/rpc/generated/dingodb/store_pb'
import { dingoError } from '../../../src-main/rpc/dingo-error'
import type { ServiceRegistry } from '../../../src-main/rpc/service-registry'
import type { FakeCluster, FakeRegion } from './fake-cluster'
import { bytes, location, STORES } from './fake-cluster'

/** A store that answers as DingoDB's does: epoch first, then the key's range, then who leads. */
export class FakeStore {
  readonly index: number
  readonly #cluster: FakeCluster
  /** Methods that were called here, in order. */
  readonly calls: string[] = []
  /** Thrown in place of the next answers, after the work was done if `after` is set. */
  readonly failures: Array<{ readonly error: Error; readonly after?: boolean }> = []
  scanV2 = true
  /** Rows that a page brings at most. */
  pageSize = 1_000
  readonly #scans = new Map<string, string[]>()

  constructor(cluster: FakeCluster, index: number) {
    this.#cluster = cluster
    this.index = index
  }

  addTo(registry: ServiceRegistry): void {
    const { pairs } = this.#cluster
    registry.add(NodeService, { getNodeInfo: () => ({ nodeInfo: { id: BigInt(20_001 + this.index) } }) })
    registry.add(DebugService, {})
    registry.add(StoreService, {
      kvGet: ({ context, key }) =>
        this.#answer('kvGet', context, [key], () => {
          const value = pairs.get(keyOf(key))
          return value === undefined ? {} : { value }
        }),
      kvBatchGet: ({ context, keys }) =>
        this.#answer('kvBatchGet', context, keys, () => ({
          kvs: keys.flatMap((key) => {
            const value = pairs.get(keyOf(key))
            return value === undefined ? [] : [{ key, value }]
          }),
        })),
      kvPut: ({ context, kv }) =>
        this.#answer('kvPut', context, [kv?.key ?? bytes('')], () => {
          pairs.set(keyOf(kv?.key ?? bytes('')), kv?.value ?? bytes(''))
          return {}
        }),
      kvBatchPut: ({ context, kvs }) =>
        this.#answer(
          'kvBatchPut',
          context,
          kvs.map(({ key }) => key),
          () => {
            for (const { key, value } of kvs) pairs.set(keyOf(key), value)
            return {}
          },
        ),
      kvPutIfAbsent: ({ context, kv }) =>
        this.#answer('kvPutIfAbsent', context, [kv?.key ?? bytes('')], () => {
          const key = keyOf(kv?.key ?? bytes(''))
          if (pairs.has(key)) return { keyState: false }
          pairs.set(key, kv?.value ?? bytes(''))
          return { keyState: true }
        }),
      kvCompareAndSet: ({ context, kv, expectValue }) =>
        this.#answer('kvCompareAndSet', context, [kv?.key ?? bytes('')], () => {
          const key = keyOf(kv?.key ?? bytes(''))
          const current = pairs.get(key)
          if (current === undefined && expectValue.length > 0) throw dingoError(Errno.EKEY_NOT_FOUND, 'No such key.')
          if (keyOf(current ?? bytes('')) !== keyOf(expectValue)) return { keyState: false }
          if (kv?.value.length === 0) pairs.delete(key)
          else pairs.set(key, kv?.value ?? bytes(''))
          return { keyState: true }
        }),
      kvBatchDelete: ({ context, keys }) =>
        this.#answer('kvBatchDelete', context, keys, () => ({
          keyStates: keys.map((key) => pairs.delete(keyOf(key))),
        })),
      kvDeleteRange: ({ context, range }) =>
        this.#answer('kvDeleteRange', context, [range?.range?.startKey ?? bytes('')], (region) => {
          for (const key of this.#keysIn(range?.range, region)) pairs.delete(key)
          return {}
        }),
      kvScanBeginV2: ({ context, range, scanId, maxFetchCnt }) =>
        this.#answer('kvScanBeginV2', context, [range?.range?.startKey ?? bytes('')], (region) => {
          if (!this.scanV2) throw dingoError(Errno.ENOT_SUPPORT, 'Not served.')
          this.#scans.set(String(scanId), this.#keysIn(range?.range, region))
          return { scanId, kvs: this.#page(String(scanId), Number(maxFetchCnt)) }
        }),
      kvScanContinueV2: ({ context, scanId, maxFetchCnt }) =>
        this.#answer('kvScanContinueV2', context, [], () => {
          const kvs = this.#page(String(scanId), Number(maxFetchCnt))
          const hasMore = (this.#scans.get(String(scanId))?.length ?? 0) > 0
          if (!hasMore) this.#scans.delete(String(scanId))
          return { kvs, hasMore }
        }),
      kvScanReleaseV2: ({ context, scanId }) =>
        this.#answer('kvScanReleaseV2', context, [], () => {
          this.#scans.delete(String(scanId))
          return {}
        }),
      kvScanBegin: ({ context, range }) =>
        this.#answer('kvScanBegin', context, [range?.range?.startKey ?? bytes('')], (region) => {
          this.#scans.set('v1', this.#keysIn(range?.range, region))
          return { scanId: bytes('v1') }
        }),
      kvScanContinue: ({ context, maxFetchCnt }) =>
        this.#answer('kvScanContinue', context, [], () => ({ kvs: this.#page('v1', Number(maxFetchCnt)) })),
      kvScanRelease: ({ context }) =>
        this.#answer('kvScanRelease', context, [], () => {
          this.#scans.delete('v1')
          return {}
        }),
    })
  }

  /** Cursors that nobody released. */
  get openScans(): number {
    return this.#scans.size
  }

  forgetScans(): void {
    this.#scans.clear()
  }

  #keysIn(range: { startKey: Uint8Array; endKey: Uint8Array } | undefined, region: FakeRegion): string[] {
    const start = keyOf(range?.startKey ?? bytes(''))
    const end = keyOf(range?.endKey ?? bytes(''))
    return [...this.#cluster.pairs.keys()]
      .filter((key) => key >= start && key < end && key >= region.start && key < region.end)
      .sort()
  }

  #page(scanId: string, max: number) {
    const keys = this.#scans.get(scanId)
    if (keys === undefined) throw dingoError(Errno.ESCAN_NOTFOUND, 'No such scan.')
    const page = keys.splice(0, Math.min(max, this.pageSize))
    return page.map((key) => ({
      key: Uint8Array.from(key, (c) => c.charCodeAt(0)),
      value: this.#cluster.pairs.get(key) ?? bytes(''),
    }))
  }

  #answer<Response>(
    method: string,
    context: Context | undefined,
    keys: readonly Uint8Array[],
    work: (region: FakeRegion) => Response,
  ): Response {
    this.calls.push(method)
    const failure = this.failures.shift()
    if (failure !== undefined && failure.after !== true) throw failure.error
    const region = this.#cluster.region(Number(context?.regionId ?? 0n))
    if (Number(context?.regionEpoch?.version ?? 0n) !== region.version) {
      throw dingoError(Errno.EREGION_VERSION, 'Another epoch.', {
        storeRegionInfo: {
          regionId: BigInt(region.id),
          currentRegionEpoch: { confVersion: 1n, version: BigInt(region.version) },
          currentRange: { startKey: bytes(region.start), endKey: bytes(region.end) },
          peers: STORES.map((_, index) => ({ serverLocation: location(index) })),
        },
      })
    }
    if (keys.some((key) => keyOf(key) < region.start || keyOf(key) >= region.end)) {
      throw dingoError(Errno.EKEY_OUT_OF_RANGE, 'Not my key.')
    }
    if (region.leader !== this.index) {
      throw dingoError(Errno.ERAFT_NOTLEADER, 'I follow.', { leaderLocation: location(region.leader) })
    }
    const response = work(region)
    if (failure?.after === true) throw failure.error
    return response
  }
}

/** A key as a map's key: one character a byte. */
export const keyOf = (key: Uint8Array): string => String.fromCharCode(...key)
