import { beforeEach, describe, expect, it } from 'vitest'
import { StoreService } from '../../../src-main/rpc/generated/dingodb/store_pb'
import type { StoreUnderTest } from './support/store-under-test'
import { errorName, storeUnderTest } from './support/store-under-test'
import { bytes, TestRegion } from './support/test-region'

const methods = StoreService.method

describe('the key-value calls of StoreService', () => {
  let store: StoreUnderTest
  beforeEach(async () => {
    store = await storeUnderTest()
  })
  const text = (value: Uint8Array): string => new TextDecoder().decode(value)
  const pair = (key: string, value: string) => ({ key: bytes(key), value: bytes(value) })
  const put = (key: string, value: string, ttl = 0n) =>
    store.call(methods.kvPut, { context: store.context(), kv: pair(key, value), ttl })
  const get = async (key: string, ts = 0n): Promise<string> => {
    const answer = await store.call(methods.kvGet, { context: store.context(), key: bytes(key), ts })
    expect(errorName(answer)).toBe('OK')
    return text(answer.value)
  }

  it('gives back what was put, and success with an empty value for what was not', async () => {
    const { ts } = await put('wb', 'one')
    expect(ts).toBeGreaterThan(0n)
    expect(await get('wb')).toBe('one')
    expect(await get('wc')).toBe('')
    await put('wb', 'two')
    expect(await get('wb')).toBe('two')
    expect(await get('wb', ts)).toBe('one')
  })

  it('answers only what it finds to a batch get', async () => {
    await store.call(methods.kvBatchPut, { context: store.context(), kvs: [pair('wb', '1'), pair('wd', '')] })
    const keys = ['wd', 'wc', 'wb'].map(bytes)
    const { kvs } = await store.call(methods.kvBatchGet, { context: store.context(), keys })
    expect(kvs.map(({ key, value }) => [text(key), text(value)])).toEqual([
      ['wd', ''],
      ['wb', '1'],
    ])
  })

  it('lets entries expire after their ttl, counted from now', async () => {
    await put('wb', 'short', 1_000n)
    await store.call(methods.kvBatchPutIfAbsent, { context: store.context(), kvs: [pair('wc', 'long')], ttl: 5_000n })
    await store.clock.advance(999)
    expect(await get('wb')).toBe('short')
    await store.clock.advance(2)
    expect(await get('wb')).toBe('')
    expect(await get('wc')).toBe('long')
    await store.clock.advance(4_000)
    expect(await get('wc')).toBe('')
  })

  it('puts only what is not there', async () => {
    await put('wb', 'old')
    const context = store.context()
    const one = await store.call(methods.kvPutIfAbsent, { context, kv: pair('wb', 'new') })
    expect([errorName(one), one.keyState]).toEqual(['OK', false])
    const other = await store.call(methods.kvPutIfAbsent, { context, kv: pair('wc', 'new') })
    expect(other.keyState).toBe(true)
    const kvs = [pair('wc', '2'), pair('wd', '2')]
    const atomic = await store.call(methods.kvBatchPutIfAbsent, { context, kvs, isAtomic: true })
    expect(atomic.keyStates).toEqual([false, false])
    expect(await get('wd')).toBe('')
    const each = await store.call(methods.kvBatchPutIfAbsent, { context, kvs })
    expect(each.keyStates).toEqual([false, true])
    expect(await get('wc')).toBe('new')
  })

  it('compares and sets', async () => {
    await put('wb', 'old')
    const context = store.context()
    const compare = (key: string, expected: string, value: string) =>
      store.call(methods.kvCompareAndSet, { context, kv: pair(key, value), expectValue: bytes(expected) })
    expect((await compare('wb', 'other', 'new')).keyState).toBe(false)
    expect((await compare('wb', 'old', 'new')).keyState).toBe(true)
    expect(await get('wb')).toBe('new')
    expect(errorName(await compare('wc', 'something', 'new'))).toBe('EKEY_NOT_FOUND')
    expect((await compare('wc', '', 'made')).keyState).toBe(true)
    expect((await compare('wc', 'made', '')).keyState).toBe(true)
    expect(await get('wc')).toBe('')
    const kvs = [pair('wb', 'newer'), pair('wd', 'x')]
    const batch = await store.call(methods.kvBatchCompareAndSet, {
      context,
      kvs,
      expectValues: [bytes('new'), bytes('missing')],
    })
    expect(batch.keyStates).toEqual([true, false])
  })

  it('deletes keys and says which were there', async () => {
    await put('wb', '1')
    const keys = [bytes('wb'), bytes('wc')]
    const { keyStates } = await store.call(methods.kvBatchDelete, { context: store.context(), keys })
    expect(keyStates).toEqual([true, false])
    expect(await get('wb')).toBe('')
  })

  describe('ranges', () => {
    const deleteRange = (startKey: string, endKey: string, withStart = true, withEnd = false) =>
      store.call(methods.kvDeleteRange, {
        context: store.context(),
        range: { range: { startKey: bytes(startKey), endKey: bytes(endKey) }, withStart, withEnd },
      })
    const left = async (): Promise<string> => {
      const keys = ['wb', 'wba', 'wc', 'wd', 'wda'].map(bytes)
      const { kvs } = await store.call(methods.kvBatchGet, { context: store.context(), keys })
      return kvs.map(({ key }) => text(key)).join(' ')
    }
    beforeEach(async () => {
      const kvs = ['wb', 'wba', 'wc', 'wd', 'wda'].map((key) => pair(key, 'v'))
      await store.call(methods.kvBatchPut, { context: store.context(), kvs })
    })

    it('deletes from the start up to the end', async () => {
      const answer = await deleteRange('wb', 'wd')
      expect([errorName(answer), answer.deleteCount]).toEqual(['OK', 0n])
      expect(await left()).toBe('wd wda')
    })

    it('leaves out all that begins with the start, and takes all that begins with the end, when told so', async () => {
      await deleteRange('wb', 'wd', false, true)
      expect(await left()).toBe('wb wba')
    })

    it('answers success to an inverted range, and does nothing', async () => {
      expect(errorName(await deleteRange('wd', 'wb'))).toBe('OK')
      expect(errorName(await deleteRange('wb', 'wb'))).toBe('OK')
      expect(await left()).toBe('wb wba wc wd wda')
    })

    it('deletes only what is in the region where the range is wider by a prefix', async () => {
      expect(errorName(await deleteRange('w', 'w', true, true))).toBe('EKEY_OUT_OF_RANGE')
      const other = store.regions.add(new TestRegion(1002, 'wc', 'wd'))
      await store.engine.addRegion(other, { voters: [20_001], learners: [] })
      const range = { range: { startKey: bytes('w'), endKey: bytes('w') }, withStart: true, withEnd: true }
      const context = { ...store.context(), regionId: 1002n }
      expect(errorName(await store.call(methods.kvDeleteRange, { context, range }))).toBe('EKEY_OUT_OF_RANGE')
      const narrower = { range: { startKey: bytes('w'), endKey: bytes('wd') }, withStart: true }
      expect(errorName(await store.call(methods.kvDeleteRange, { context, range: narrower }))).toBe('OK')
      expect(await left()).toBe('wb wba wd wda')
    })

    it('refuses ranges without ends as illegal, and ranges beside the region as out of range', async () => {
      expect(errorName(await deleteRange('', 'wd'))).toBe('EILLEGAL_PARAMTETERS')
      expect(errorName(await deleteRange('wb', ''))).toBe('EILLEGAL_PARAMTETERS')
      expect(errorName(await store.call(methods.kvDeleteRange, { context: store.context() }))).toBe(
        'EILLEGAL_PARAMTETERS',
      )
      expect(errorName(await deleteRange('va', 'wd'))).toBe('EKEY_OUT_OF_RANGE')
      expect(errorName(await deleteRange('wb', 'xa'))).toBe('EKEY_OUT_OF_RANGE')
      expect(await left()).toBe('wb wba wc wd wda')
    })
  })

  it('reads in the mode that is set, and takes another from ControlConfig', async () => {
    await get('wb')
    const controlConfigVariable = [
      { name: 'read_mode', value: 'leader' },
      { name: 'read_mode', value: 'whatever' },
      { name: 'toString', value: '' },
    ]
    const answer = await store.call(methods.controlConfig, { controlConfigVariable })
    expect(answer.controlConfigVariable.map((one) => [one.isAlreadySet, one.isErrorOccurred])).toEqual([
      [true, false],
      [false, true],
      [false, true],
    ])
    await get('wb')
    expect(store.readContexts.map(({ readMode }) => readMode)).toEqual([undefined, 'leader'])
  })

  it('fills in how long a write took to be proposed, committed and applied', async () => {
    const atMs = store.clock.monotonicMs()
    store.fault.moments = {
      proposedMs: atMs + 1,
      applyBeganMs: atMs + 5,
      storeWriteMs: atMs + 5.5,
      appliedMs: atMs + 7.5,
    }
    store.fault.beforeWrite = () => store.clock.sleep(8)
    const answering = put('wb', 'v')
    await store.clock.advance(8)
    expect((await answering).responseInfo?.timeInfo).toMatchObject({
      totalRpcTimeNs: 8_000_000n,
      prepairCommitTimeNs: 1_000_000n,
      raftCommitTimeNs: 4_000_000n,
      raftQueueWaitTimeNs: 0n,
      raftApplyTimeNs: 2_500_000n,
      storeWriteTimeNs: 2_000_000n,
    })
  })

  it('fills in the times of a request, and counts it', async () => {
    store.fault.beforeWrite = () => store.clock.sleep(3)
    const answering = put('wb', 'v')
    await store.clock.advance(3)
    const { responseInfo } = await answering
    expect(responseInfo?.timeInfo?.totalRpcTimeNs).toBe(3_000_000n)
    expect(responseInfo?.timeInfo?.storeWriteTimeNs).toBe(3_000_000n)
    await get('wb')
    await store.call(methods.kvGet, { context: { regionId: 9n }, key: bytes('wb') })
    const figures = store.metrics.figures().map(({ method, calls, errors }) => [method, calls, errors])
    expect(figures).toEqual([
      ['kvGet', 2, 1],
      ['kvPut', 1, 0],
    ])
  })

  it('says what the store is', async () => {
    store.regions.add(new TestRegion(1002, 'x', 'y')).leaderStoreId = 20_002
    const hello = await store.call(methods.hello, {})
    expect([hello.regionCount, hello.regionLeaderCount, hello.versionInfo?.majorVersion]).toEqual([2n, 1n, '1'])
    const version = await store.call(methods.hello, { isJustVersionInfo: true })
    expect(version.regionCount).toBe(0n)
    const memory = await store.call(methods.getMemoryInfo, {})
    expect(memory.storeOwnMetrics?.id).toBe(20_001n)
  })

  it('answers ENOT_SUPPORT to what it does not serve', async () => {
    expect(errorName(await store.call(methods.txnGet, {}))).toBe('ENOT_SUPPORT')
  })
})
