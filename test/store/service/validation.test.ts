import { beforeEach, describe, expect, it } from 'vitest'
import { SandboxError } from '../../../src-main/base/sandbox-error'
import { dingoError } from '../../../src-main/rpc/dingo-error'
import { StorageEngine, StoreRegionState } from '../../../src-main/rpc/generated/dingodb/common_pb'
import { Errno } from '../../../src-main/rpc/generated/dingodb/error_pb'
import { StoreService } from '../../../src-main/rpc/generated/dingodb/store_pb'
import { MAX_KEY_BYTES } from '../../../src-main/store/service/service-settings'
import type { StoreUnderTest } from './support/store-under-test'
import { errorName, storeUnderTest } from './support/store-under-test'
import { bytes } from './support/test-region'

const { kvPut, kvGet, kvBatchPut, kvBatchGet, kvBatchDelete, kvDeleteRange, kvPutIfAbsent } = StoreService.method
const { kvBatchPutIfAbsent, kvCompareAndSet, kvBatchCompareAndSet, kvScanBegin } = StoreService.method

describe('the checks of StoreService', () => {
  let store: StoreUnderTest
  beforeEach(async () => {
    store = await storeUnderTest()
  })
  const put = (
    key: string | Uint8Array,
    extra: { ttl?: bigint; epoch?: { confVersion: number; version: number } } = {},
  ) =>
    store.call(kvPut, {
      context: store.context(extra.epoch),
      kv: { key: typeof key === 'string' ? bytes(key) : key, value: bytes('v') },
      ttl: extra.ttl ?? 0n,
    })
  const get = (key: string | Uint8Array, ts = 0n) =>
    store.call(kvGet, { context: store.context(), key: typeof key === 'string' ? bytes(key) : key, ts })

  it('row 0: refuses a region that is not here, without hints', async () => {
    for (const context of [undefined, { regionId: 9n }, { regionId: 2n ** 63n - 1n }]) {
      const { error } = await store.call(kvPut, { ...(context && { context }), kv: { key: bytes('wb') } })
      expect(error?.errcode).toBe(Errno.EREGION_NOT_FOUND)
      expect(error?.storeRegionInfo).toBeUndefined()
    }
  })

  it('row 1: answers empty lists with success before anything else is looked at', async () => {
    store.settings.maxPendingRequests = 0
    store.region.peerState = StoreRegionState.DELETING
    const context = store.context({ confVersion: 9, version: 9 })
    for (const method of [kvBatchPut, kvBatchPutIfAbsent, kvBatchCompareAndSet, kvBatchDelete, kvBatchGet]) {
      expect(errorName(await store.call(method, { context })), method.name).toBe('OK')
    }
    expect(errorName(await store.call(kvBatchPut, { context: { regionId: 9n } }))).toBe('EREGION_NOT_FOUND')
  })

  it('row 2: refuses more requests of a kind than may be under way, before the epoch', async () => {
    store.settings.maxPendingRequests = 2
    let letThrough = (): void => undefined
    const gate = new Promise<void>((resolve) => (letThrough = resolve))
    store.fault.beforeWrite = () => gate
    const waiting = [put('wb'), put('wc')]
    await Promise.resolve()
    expect(store.requests.count(store.region.id)).toBe(2)
    expect(errorName(await put('wd', { epoch: { confVersion: 9, version: 9 } }))).toBe('EREQUEST_FULL')
    expect(errorName(await get('wb'))).toBe('OK')
    let isIdle = false
    const idle = store.requests.whenIdle(store.region.id).then(() => (isIdle = true))
    await Promise.resolve()
    expect(isIdle).toBe(false)
    letThrough()
    expect((await Promise.all(waiting)).map(errorName)).toEqual(['OK', 'OK'])
    await idle
    expect(store.requests.count(store.region.id)).toBe(0)
    expect(errorName(await put('wd'))).toBe('OK')
  })

  it('row 3: refuses any other epoch, before the key, with the region complete', async () => {
    store.region.epoch = { confVersion: 2, version: 5 }
    for (const epoch of [
      { confVersion: 2, version: 4 },
      { confVersion: 2, version: 6 },
      { confVersion: 3, version: 5 },
    ]) {
      const { error } = await put('', { epoch })
      expect(error?.errcode).toBe(Errno.EREGION_VERSION)
      const info = error?.storeRegionInfo
      expect(info?.regionId).toBe(1001n)
      expect(info?.currentRegionEpoch).toMatchObject({ confVersion: 2n, version: 5n })
      expect(info?.currentRange?.startKey).toEqual(bytes('wa'))
      expect(info?.currentRange?.endKey).toEqual(bytes('wz'))
      expect(info?.peers.map(({ serverLocation }) => [serverLocation?.host, serverLocation?.port])).toEqual([
        ['10.0.0.1', 20_001],
        ['10.0.0.1', 20_002],
        ['10.0.0.1', 20_003],
      ])
    }
    const { error } = await store.call(kvGet, { context: { regionId: 1001n }, key: bytes('wb') })
    expect(error?.errcode).toBe(Errno.EREGION_VERSION)
  })

  it('row 4: refuses an empty and a huge key, before the ttl', async () => {
    expect(errorName(await put('', { ttl: -1n }))).toBe('EKEY_EMPTY')
    expect(errorName(await get('', -1n))).toBe('EKEY_EMPTY')
    expect(errorName(await store.call(kvPut, { context: store.context() }))).toBe('EKEY_EMPTY')
    const longest = new Uint8Array(MAX_KEY_BYTES).fill('w'.charCodeAt(0))
    expect(errorName(await put(longest))).toBe('OK')
    expect((await get(longest)).value).toEqual(bytes('v'))
    expect(errorName(await put(new Uint8Array(MAX_KEY_BYTES + 1)))).toBe('EKEY_INVALID')
    expect(errorName(await get(new Uint8Array(MAX_KEY_BYTES + 1)))).toBe('EKEY_INVALID')
  })

  it('row 5: refuses a negative ts and ttl, before the state', async () => {
    store.region.peerState = StoreRegionState.DELETED
    expect(errorName(await get('wb', -1n))).toBe('EILLEGAL_PARAMTETERS')
    expect(errorName(await put('wb', { ttl: -1n }))).toBe('EILLEGAL_PARAMTETERS')
    expect(errorName(await put('wb', { ttl: 2n ** 62n }))).toBe('EILLEGAL_PARAMTETERS')
  })

  it.each([
    ['NEW', 'EREGION_NEW'],
    ['STANDBY', 'EREGION_STANDBY'],
    ['DELETING', 'EREGION_DELETING'],
    ['DELETED', 'EREGION_DELETED'],
    ['MERGING', 'EREGION_MERGEING'],
    ['ORPHAN', 'EREGION_ORPHAN'],
    ['TOMBSTONE', 'EREGION_TOMBSTONE'],
    ['NORMAL', 'EKEY_OUT_OF_RANGE'],
    ['SPLITTING', 'EKEY_OUT_OF_RANGE'],
  ] as const)('row 6: a region that is %s answers %s, before the range', async (state, code) => {
    store.region.peerState = StoreRegionState[state]
    expect(errorName(await put('x'))).toBe(code)
    expect(errorName(await get('x'))).toBe(code)
    const range = { range: { startKey: bytes('wb'), endKey: bytes('wc') }, withStart: true }
    const inRange = code === 'EKEY_OUT_OF_RANGE' ? 'OK' : code
    expect(errorName(await store.call(kvDeleteRange, { context: store.context(), range }))).toBe(inRange)
    expect(errorName(await store.call(kvScanBegin, { context: store.context(), range }))).toBe(inRange)
  })

  it('row 7: refuses a key outside of the range, before the read-only cluster; one of a batch refuses all', async () => {
    store.state.isReadOnly = true
    for (const key of ['w', 'v', 'wz', 'wzz', 'x']) expect(errorName(await put(key)), key).toBe('EKEY_OUT_OF_RANGE')
    store.state.isReadOnly = false
    for (const key of ['wa', 'waa', 'wy', 'wyzz']) expect(errorName(await put(key)), key).toBe('OK')
    const context = store.context()
    const kvs = [
      { key: bytes('wb'), value: bytes('1') },
      { key: bytes('x'), value: bytes('2') },
    ]
    expect(errorName(await store.call(kvBatchPut, { context, kvs }))).toBe('EKEY_OUT_OF_RANGE')
    expect((await get('wb')).value).toEqual(bytes(''))
  })

  it('row 8: a read-only cluster takes no new data, but deletes and compares', async () => {
    store.state.isReadOnly = true
    const context = store.context()
    const kv = { key: bytes('wb'), value: bytes('1') }
    const refused = [
      await store.call(kvPut, { context, kv }),
      await store.call(kvBatchPut, { context, kvs: [kv] }),
      await store.call(kvPutIfAbsent, { context, kv }),
      await store.call(kvBatchPutIfAbsent, { context, kvs: [kv] }),
    ]
    expect(refused.map(errorName)).toEqual(Array(4).fill('ESYSTEM_CLUSTER_READ_ONLY'))
    const range = { range: { startKey: bytes('wb'), endKey: bytes('wc') }, withStart: true }
    const taken = [
      await store.call(kvBatchDelete, { context, keys: [kv.key] }),
      await store.call(kvDeleteRange, { context, range }),
      await store.call(kvCompareAndSet, { context, kv }),
      await store.call(kvBatchCompareAndSet, { context, kvs: [kv], expectValues: [bytes('1')] }),
      await get('wb'),
    ]
    expect(taken.map(errorName)).toEqual(Array(5).fill('OK'))
  })

  it('refuses values that are too large, and too much in total, as illegal', async () => {
    store.settings.maxWriteBytes = 10
    const context = store.context()
    const kvs = [
      { key: bytes('wb'), value: bytes('123') },
      { key: bytes('wc'), value: bytes('1234') },
    ]
    expect(errorName(await store.call(kvBatchPut, { context, kvs }))).toBe('EILLEGAL_PARAMTETERS')
    expect(errorName(await store.call(kvBatchPut, { context, kvs: kvs.slice(1) }))).toBe('OK')
    const expectValues = [bytes('12345')]
    const compared = await store.call(kvBatchCompareAndSet, { context, kvs: kvs.slice(1), expectValues })
    expect(errorName(compared)).toBe('EILLEGAL_PARAMTETERS')
    const keys = [bytes('wb0000'), bytes('wc0000')]
    expect(errorName(await store.call(kvBatchDelete, { context, keys }))).toBe('EILLEGAL_PARAMTETERS')
  })

  it('refuses a comparison whose expected values are not one a key', async () => {
    const kvs = [{ key: bytes('wb'), value: bytes('1') }]
    const answer = await store.call(kvBatchCompareAndSet, { context: store.context(), kvs, expectValues: [] })
    expect(errorName(answer)).toBe('EILLEGAL_PARAMTETERS')
  })

  it('refuses a region whose engine the store does not have', async () => {
    store.region.storeEngine = StorageEngine.STORE_ENG_MONO_STORE
    expect(errorName(await put('wb'))).toBe('EENGINE_NOT_FOUND')
    expect(errorName(await get('wb'))).toBe('EENGINE_NOT_FOUND')
  })

  describe('what comes from below', () => {
    it('row 11: tells where the leader is', async () => {
      store.fault.write = dingoError(Errno.ERAFT_NOTLEADER, 'no', { storeId: 20_003 })
      const { error } = await put('wb')
      expect(error?.errcode).toBe(Errno.ERAFT_NOTLEADER)
      expect(error?.leaderLocation).toMatchObject({ host: '10.0.0.1', port: 20_003 })
      expect(error?.storeId).toBe(20_003n)
      expect(error?.errmsg).toContain('region 1001')
      expect(error?.errmsg).toContain('10.0.0.1:20003')
    })

    it('row 11: takes the leader on record when the engine names none', async () => {
      store.region.leaderStoreId = 20_002
      store.fault.newReader = dingoError(Errno.ERAFT_NOTLEADER, 'no')
      const { error } = await get('wb')
      expect(error?.leaderLocation).toMatchObject({ host: '10.0.0.1', port: 20_002 })
      expect(error?.storeId).toBe(20_002n)
    })

    it('row 11: names itself and no place when the leader is not known, or would be itself', async () => {
      for (const leader of [0, 20_001, 30_000]) {
        store.region.leaderStoreId = leader
        store.fault.write = dingoError(Errno.ERAFT_NOTLEADER, 'no')
        const { error } = await put('wb')
        expect(error?.errcode).toBe(Errno.ERAFT_NOTLEADER)
        expect(error?.leaderLocation).toBeUndefined()
        expect(error?.storeId).toBe(20_001n)
      }
    })

    it('row 13: completes an epoch that was found to be old when the write was applied', async () => {
      store.fault.write = dingoError(Errno.EREGION_VERSION, 'split meanwhile')
      const { error } = await put('wb')
      expect(error?.errcode).toBe(Errno.EREGION_VERSION)
      expect(error?.storeRegionInfo?.peers).toHaveLength(3)
      expect(error?.errmsg).toBe('split meanwhile')
    })

    it('passes every other error on as it is, and what is no error of the protocol as EINTERNAL', async () => {
      for (const errno of [Errno.ERAFT_COMMITLOG, Errno.ETSO_NOT_AVAILABLE, Errno.EREGION_UNAVAILABLE]) {
        store.fault.write = dingoError(errno, 'so it is')
        expect(errorName(await put('wb'))).toBe(Errno[errno])
      }
      store.fault.write = new SandboxError('ENGINE_IO', 'the disk is gone')
      expect(errorName(await put('wb'))).toBe('EINTERNAL')
      expect(store.requests.count(store.region.id)).toBe(0)
    })

    it('refuses a read whose region was split while it proved that it may answer', async () => {
      expect(errorName(await put('wb'))).toBe('OK')
      store.fault.beforeReader = () => {
        store.region.epoch = { confVersion: 1, version: 2 }
      }
      const { error } = await get('wb')
      expect(error?.errcode).toBe(Errno.EREGION_VERSION)
      expect(error?.storeRegionInfo?.currentRegionEpoch).toMatchObject({ confVersion: 1n, version: 2n })
    })
  })
})
