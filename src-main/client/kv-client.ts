import { SandboxError } from '../base/sandbox-error'
import { errnoOf } from '../rpc/dingo-error'
import { Errno } from '../rpc/generated/dingodb/error_pb'
import { StoreService } from '../rpc/generated/dingodb/store_pb'
import type { ClientCore } from './client-core'
import type { OperationOptions } from './deadline'
import { forEachRegion } from './key-groups'
import { smallerKey } from './key-bytes'
import type { KeyRange } from './key-range'
import { checkRange, holdsKey } from './key-range'
import type { ScanOptions } from './region-scan'
import { scanRegions } from './region-scan'

/** A key with its value. */
export interface KeyValue {
  readonly key: Uint8Array
  readonly value: Uint8Array
}

export interface ReadOptions extends OperationOptions {
  /** Reads the newest version that is not newer than this timestamp of the TSO. Default: the newest. */
  readonly timestamp?: bigint | undefined
}

export interface WriteOptions extends OperationOptions {
  /** Ms after which the value expires. Default: never. */
  readonly ttlMs?: number | undefined
}

/**
 * Raw key-value access, routed by key. Keys are whole, namespace byte included, and not empty. Reads and writes of several
 * keys are split over the regions that hold them and are atomic in each region only: after an error some regions may have
 * done their part.
 *
 * Every method throws SandboxError CLIENT_NO_REGION, CLIENT_TIMED_OUT, CLIENT_CLOSED, CANCELLED, DINGODB_ERROR, RPC_FAILED, and
 * RPC_UNAVAILABLE or RPC_DEADLINE_EXCEEDED when no coordinator answered; those that write also CLIENT_READ_ONLY and
 * CLIENT_OUTCOME_UNKNOWN.
 */
export class KvClient {
  readonly #core: ClientCore

  constructor(core: ClientCore) {
    this.#core = core
  }

  /** The value; undefined if the key has none. */
  async get(key: Uint8Array, options: ReadOptions = {}): Promise<Uint8Array | undefined> {
    const { caller } = this.#core
    const deadline = this.#core.deadline(options)
    const { response } = await caller.call(
      {
        method: StoreService.method.kvGet,
        key: checkKey(key),
        effect: 'read',
        request: (context) => ({ context, key, ts: options.timestamp ?? 0n }),
      },
      deadline,
    )
    if (response.value.length > 0) return response.value
    // KvGet does not tell an empty value from none; KvBatchGet does, because it returns only what it finds.
    const [found] = await this.batchGet([key], { ...options, timeoutMs: deadline.remainingMs })
    return found?.value
  }

  /** The values of those keys that have one, in no particular order. */
  async batchGet(keys: readonly Uint8Array[], options: ReadOptions = {}): Promise<KeyValue[]> {
    const found: KeyValue[] = []
    await forEachRegion(
      this.#core,
      keys.map(checkKey),
      (key) => key,
      options,
      async (take, key, deadline) => {
        const { response } = await this.#core.caller.call(
          {
            method: StoreService.method.kvBatchGet,
            key,
            effect: 'read',
            request: (context, route) => ({ context, keys: take(route), ts: options.timestamp ?? 0n }),
          },
          deadline,
        )
        for (const { key: foundKey, value } of response.kvs) found.push({ key: foundKey, value })
      },
    )
    return found
  }

  async put(key: Uint8Array, value: Uint8Array, options: WriteOptions = {}): Promise<void> {
    const kv = { key: checkKey(key), value }
    await this.#core.caller.call(
      {
        method: StoreService.method.kvPut,
        key,
        effect: 'write',
        request: (context) => ({ context, kv, ttl: ttlOf(options) }),
      },
      this.#core.deadline(options),
    )
  }

  async batchPut(pairs: readonly KeyValue[], options: WriteOptions = {}): Promise<void> {
    for (const { key } of pairs) checkKey(key)
    await forEachRegion(
      this.#core,
      pairs,
      ({ key }) => key,
      options,
      async (take, key, deadline) => {
        await this.#core.caller.call(
          {
            method: StoreService.method.kvBatchPut,
            key,
            effect: 'write',
            request: (context, route) => ({
              context,
              kvs: take(route).map((pair) => ({ key: pair.key, value: pair.value })),
              ttl: ttlOf(options),
            }),
          },
          deadline,
        )
      },
    )
  }

  /** Writes unless the key has a value. @returns whether it wrote */
  async putIfAbsent(key: Uint8Array, value: Uint8Array, options: WriteOptions = {}): Promise<boolean> {
    const kv = { key: checkKey(key), value }
    const { response } = await this.#core.caller.call(
      {
        method: StoreService.method.kvPutIfAbsent,
        key,
        effect: 'conditional',
        request: (context) => ({ context, kv, ttl: ttlOf(options) }),
      },
      this.#core.deadline(options),
    )
    return response.keyState
  }

  /**
   * Writes if the key has the expected value.
   *
   * @param expected undefined: the key must have no value. The protocol has no way to expect an empty one: INVALID_ARGUMENT, its `field` in the details
   * @param value undefined: deletes. The protocol has no way to write an empty one here: INVALID_ARGUMENT
   * @returns whether it wrote
   */
  async compareAndSet(
    key: Uint8Array,
    expected: Uint8Array | undefined,
    value: Uint8Array | undefined,
    options: WriteOptions = {},
  ): Promise<boolean> {
    if (expected?.length === 0 || value?.length === 0) {
      const what = expected?.length === 0 ? 'expect' : 'set'
      throw new SandboxError(
        'INVALID_ARGUMENT',
        `Compare-and-set cannot ${what} an empty value: in DingoDB's protocol an empty one stands for none.`,
        { details: { field: expected?.length === 0 ? 'expected' : 'value' } },
      )
    }
    const kv = { key: checkKey(key), value: value ?? NOTHING }
    try {
      const { response } = await this.#core.caller.call(
        {
          method: StoreService.method.kvCompareAndSet,
          key,
          effect: 'conditional',
          request: (context) => ({ context, kv, expectValue: expected ?? NOTHING, ttl: ttlOf(options) }),
        },
        this.#core.deadline(options),
      )
      return response.keyState
    } catch (thrown) {
      // How DingoDB says that the key has no value at all, while another value than the expected one is no error.
      if (errnoOf(thrown) === Errno.EKEY_NOT_FOUND) return false
      throw thrown
    }
  }

  /** @returns whether the key had a value */
  async delete(key: Uint8Array, options: OperationOptions = {}): Promise<boolean> {
    const { response } = await this.#core.caller.call(
      {
        method: StoreService.method.kvBatchDelete,
        key: checkKey(key),
        effect: 'write',
        request: (context) => ({ context, keys: [key] }),
      },
      this.#core.deadline(options),
    )
    return response.keyStates[0] ?? false
  }

  /** Deletes all keys of the range, region after region. */
  async deleteRange(range: KeyRange, options: OperationOptions = {}): Promise<void> {
    checkRange(range)
    const deadline = this.#core.deadline(options)
    for (let startKey = range.startKey; ;) {
      const key = await this.#core.firstHeldKey({ startKey, endKey: range.endKey }, deadline)
      if (key === undefined) return
      let endKey = range.endKey
      await this.#core.caller.call(
        {
          method: StoreService.method.kvDeleteRange,
          key,
          effect: 'write',
          request: (context, route) => {
            endKey = smallerKey(range.endKey, route.endKey)
            return { context, range: { range: { startKey: key, endKey }, withStart: true, withEnd: false } }
          },
        },
        deadline,
      )
      if (!holdsKey({ startKey, endKey: range.endKey }, endKey)) return
      startKey = endKey
    }
  }

  /** The pairs of the range in order of their keys. A region that moves or splits on the way interrupts nothing. */
  scan(range: KeyRange, options: ScanOptions = {}): AsyncGenerator<KeyValue, void, undefined> {
    checkRange(range)
    return scanRegions(this.#core, range, options)
  }

  /** How many keys of the range have a value: reads all keys, so that it takes its time. */
  async count(range: KeyRange, options: ReadOptions = {}): Promise<number> {
    let count = 0
    const pairs = this.scan(range, { ...options, keysOnly: true })
    while ((await pairs.next()).done !== true) count++
    return count
  }
}

const NOTHING = new Uint8Array(0)

const ttlOf = ({ ttlMs }: WriteOptions): bigint => BigInt(Math.round(ttlMs ?? 0))

function checkKey(key: Uint8Array): Uint8Array {
  if (key.length > 0) return key
  throw new SandboxError('INVALID_ARGUMENT', 'A key is at least one byte long, but this one is empty.')
}
