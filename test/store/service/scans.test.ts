import { beforeEach, describe, expect, it } from 'vitest'
import { StoreRegionState } from '../../../src-main/rpc/generated/dingodb/common_pb'
import type { StoreUnderTest } from './support/store-under-test'
import { StoreService } from '../../../src-main/rpc/generated/dingodb/store_pb'
import { errorName, storeUnderTest } from './support/store-under-test'
import { bytes } from './support/test-region'

const methods = StoreService.method

describe('the scans of StoreService', () => {
  let store: StoreUnderTest
  const text = (value: Uint8Array): string => new TextDecoder().decode(value)
  const keysOf = (answer: { kvs: ReadonlyArray<{ key: Uint8Array }> }) =>
    answer.kvs.map(({ key }) => text(key)).join(' ')
  const rangeOf = (startKey: string, endKey: string, withEnd = false) => ({
    range: { startKey: bytes(startKey), endKey: bytes(endKey) },
    withStart: true,
    withEnd,
  })
  const fill = async (keys: readonly string[]) => {
    const kvs = keys.map((key) => ({ key: bytes(key), value: bytes(`value of ${key}`) }))
    expect(errorName(await store.call(methods.kvBatchPut, { context: store.context(), kvs }))).toBe('OK')
  }
  const begin = (extra: Record<string, unknown> = {}) =>
    store.call(methods.kvScanBegin, { context: store.context(), range: rangeOf('wa', 'wz'), ...extra })
  const next = (scanId: Uint8Array, maxFetchCnt = 1000n) =>
    store.call(methods.kvScanContinue, { context: store.context(), scanId, maxFetchCnt })
  const release = (scanId: Uint8Array) => store.call(methods.kvScanRelease, { context: store.context(), scanId })
  beforeEach(async () => {
    store = await storeUnderTest({ limits: { maxRowsPerFetch: 3, maxSessions: 2 } })
    await fill(['wb', 'wc', 'wd', 'we', 'wf'])
  })

  it('walks as the C++ client does: begins without rows, goes on until there are none, releases', async () => {
    const { scanId, kvs } = await begin({ maxFetchCnt: 0n, disableCoprocessor: true, coprocessor: {} })
    expect(kvs).toHaveLength(0)
    const first = await next(scanId)
    expect(keysOf(first)).toBe('wb wc wd')
    expect(text(first.kvs[0]?.value ?? bytes(''))).toBe('value of wb')
    expect(keysOf(await next(scanId))).toBe('we wf')
    for (let i = 0; i < 2; i++) {
      const end = await next(scanId)
      expect([errorName(end), end.kvs.length]).toEqual(['OK', 0])
    }
    expect(errorName(await release(scanId))).toBe('OK')
    expect(errorName(await release(scanId))).toBe('ESCAN_NOTFOUND')
    expect(errorName(await next(scanId))).toBe('ESCAN_NOTFOUND')
    expect((await store.rawEngine.properties()).openIterators).toBe(0)
  })

  it('gives rows with the first answer when asked to, of the asked part only', async () => {
    const answer = await begin({ maxFetchCnt: 2n, range: rangeOf('wc', 'we', true) })
    expect(keysOf(answer)).toBe('wc wd')
    expect(keysOf(await next(answer.scanId, 1n))).toBe('we')
    expect(keysOf(await next(answer.scanId, 1n))).toBe('')
  })

  it('shows the region as it was when the scan began', async () => {
    const { scanId } = await begin()
    await fill(['waa', 'wcc', 'wg'])
    await store.call(methods.kvBatchDelete, { context: store.context(), keys: [bytes('wb')] })
    expect(keysOf(await next(scanId))).toBe('wb wc wd')
  })

  it('leaves values out when only keys are asked for', async () => {
    const { kvs } = await begin({ maxFetchCnt: 1n, keyOnly: true })
    expect(kvs.map(({ key, value }) => [text(key), value.length])).toEqual([['wb', 0]])
  })

  it('limits the bytes of a fetch', async () => {
    store = await storeUnderTest({ limits: { maxBytesPerFetch: 4096 } })
    const kvs = ['wb', 'wc', 'wd'].map((key) => ({ key: bytes(key), value: new Uint8Array(4096) }))
    await store.call(methods.kvBatchPut, { context: store.context(), kvs })
    const { scanId } = await begin()
    const counts = []
    for (;;) {
      const { kvs: rows } = await next(scanId)
      if (rows.length === 0) break
      counts.push(rows.length)
    }
    expect(counts.length).toBeGreaterThan(1)
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(3)
  })

  it('checks what it is asked, with DingoDB codes', async () => {
    const { scanId } = await begin()
    expect(errorName(await next(new Uint8Array(0)))).toBe('EILLEGAL_PARAMTETERS')
    expect(errorName(await next(scanId, 0n))).toBe('EKEY_EMPTY')
    expect(errorName(await next(scanId, -1n))).toBe('EILLEGAL_PARAMTETERS')
    expect(errorName(await next(bytes('made up')))).toBe('ESCAN_NOTFOUND')
    expect(errorName(await begin({ range: rangeOf('x', 'y') }))).toBe('EKEY_OUT_OF_RANGE')
    expect(errorName(await begin({ ts: -1n }))).toBe('EILLEGAL_PARAMTETERS')
    expect(errorName(await begin({ maxFetchCnt: -1n }))).toBe('EILLEGAL_PARAMTETERS')
    expect(errorName(await begin({ coprocessor: {} }))).toBe('ENOT_SUPPORT')
    const inverted = await begin({ range: rangeOf('wd', 'wb') })
    expect([errorName(inverted), inverted.scanId.length]).toEqual(['OK', 0])
    store.region.peerState = StoreRegionState.DELETING
    expect(errorName(await next(scanId))).toBe('EREGION_DELETING')
  })

  it('ends with the epoch that it began in', async () => {
    const { scanId } = await begin()
    const old = store.context()
    store.region.epoch = { confVersion: 1, version: 2 }
    expect(errorName(await store.call(methods.kvScanContinue, { context: old, scanId, maxFetchCnt: 1n }))).toBe(
      'EREGION_VERSION',
    )
    expect(errorName(await next(scanId))).toBe('ESCAN_NOTFOUND')
    expect(store.scans.count).toBe(0)
  })

  it('ends with its region', async () => {
    const { scanId } = await begin()
    store.scans.releaseRegion(store.region.id)
    expect(errorName(await next(scanId))).toBe('ESCAN_NOTFOUND')
  })

  it('refuses more scans than it may keep, and makes room by those that are at their end', async () => {
    const first = await begin()
    await begin()
    expect(errorName(await begin())).toBe('EREQUEST_FULL')
    while ((await next(first.scanId)).kvs.length > 0);
    expect(errorName(await begin())).toBe('OK')
    expect(errorName(await next(first.scanId))).toBe('ESCAN_NOTFOUND')
  })

  it('keeps a scan at its end when the client releases by itself', async () => {
    const { scanId } = await begin({ disableAutoRelease: true })
    while ((await next(scanId)).kvs.length > 0);
    await begin({ disableAutoRelease: true })
    expect(errorName(await begin())).toBe('EREQUEST_FULL')
    expect(errorName(await release(scanId))).toBe('OK')
  })

  it('lets go of a scan after five idle minutes, and of its timer with the last scan', async () => {
    const { scanId } = await begin()
    await store.clock.advance(200_000)
    expect(errorName(await next(scanId, 1n))).toBe('OK')
    await store.clock.advance(299_000)
    expect(store.scans.count).toBe(1)
    await store.clock.advance(31_000)
    expect(store.scans.count).toBe(0)
    expect(store.clock.pendingCount).toBe(0)
    expect(errorName(await next(scanId))).toBe('ESCAN_NOTFOUND')
    expect((await store.rawEngine.properties()).openIterators).toBe(0)
  })

  it('keeps nothing of a scan that could not begin', async () => {
    store.fault.newReader = new Error('no')
    expect(errorName(await begin())).toBe('EINTERNAL')
    expect([store.scans.count, store.clock.pendingCount]).toEqual([0, 0])
  })

  it('closes the engine scan when the region goes away while the scan begins', async () => {
    store.fault.beforeReader = () => {
      store.scans.releaseRegion(store.region.id)
    }
    expect(errorName(await begin({ maxFetchCnt: 1n }))).toBe('ESCAN_NOTFOUND')
    expect((await store.rawEngine.properties()).openIterators).toBe(0)
  })

  it('proves once, at the beginning', async () => {
    const { scanId } = await begin()
    await next(scanId)
    await release(scanId)
    expect(store.readContexts.map(({ readMode }) => readMode)).toEqual([undefined])
  })

  describe('version 2', () => {
    const beginV2 = (scanId: bigint, maxFetchCnt = 0n) =>
      store.call(methods.kvScanBeginV2, { context: store.context(), range: rangeOf('wa', 'wz'), scanId, maxFetchCnt })
    const nextV2 = (scanId: bigint, maxFetchCnt = 1000n) =>
      store.call(methods.kvScanContinueV2, { context: store.context(), scanId, maxFetchCnt })

    it('goes by the id of the client and says whether there is more', async () => {
      expect((await beginV2(5n)).scanId).toBe(5n)
      const first = await nextV2(5n)
      expect([keysOf(first), first.hasMore]).toEqual(['wb wc wd', true])
      const one = await nextV2(5n, 1n)
      expect([keysOf(one), one.hasMore]).toEqual(['we', true])
      const last = await nextV2(5n, 1n)
      expect([keysOf(last), last.hasMore]).toEqual(['wf', false])
      const end = await nextV2(5n)
      expect([errorName(end), keysOf(end), end.hasMore]).toEqual(['OK', '', false])
      const released = await store.call(methods.kvScanReleaseV2, { context: store.context(), scanId: 5n })
      expect(errorName(released)).toBe('OK')
      expect(errorName(await nextV2(5n))).toBe('ESCAN_NOTFOUND')
    })

    it('gives no row twice and none away whatever the sizes of the fetches', async () => {
      const all = Array.from({ length: 20 }, (_, i) => `wm${String(i).padStart(2, '0')}`)
      await fill(all)
      await beginV2(6n, 1n)
      const seen = []
      for (let size = 1n; ; size = (size % 3n) + 1n) {
        const page = await nextV2(6n, size)
        seen.push(...page.kvs.map(({ key }) => text(key)))
        if (!page.hasMore) break
      }
      expect(seen).toEqual(['wc', 'wd', 'we', 'wf', ...all])
    })

    it('refuses an id that is in use, and ids that are none', async () => {
      await beginV2(5n)
      expect(errorName(await beginV2(5n))).toBe('EILLEGAL_PARAMTETERS')
      expect(errorName(await beginV2(0n))).toBe('EILLEGAL_PARAMTETERS')
      expect(errorName(await nextV2(0n))).toBe('EILLEGAL_PARAMTETERS')
      expect(errorName(await nextV2(5n))).toBe('OK')
    })
  })
})
