import { describe, expect, it } from 'vitest'
import { SandboxError } from '../../src-main/base/sandbox-error'
import { dingoError } from '../../src-main/rpc/dingo-error'
import { Errno } from '../../src-main/rpc/generated/dingodb/error_pb'
import { bytes, FakeCluster, STORES, text } from './support/fake-cluster'

/** Regions wa..wm on store 0 and wm..wz on store 1. */
function setUp() {
  const cluster = new FakeCluster()
  cluster.regions.push({ id: 1, start: 'wa', end: 'wm', version: 1, leader: 0 })
  cluster.regions.push({ id: 2, start: 'wm', end: 'wz', version: 1, leader: 1 })
  return { cluster, client: cluster.client() }
}

const fill = (cluster: FakeCluster, ...keys: string[]) => {
  for (const key of keys) cluster.pairs.set(key, bytes(`value of ${key}`))
}
const calls = (cluster: FakeCluster) => cluster.stores.map((store) => store.calls)
const codeOf = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work
    return 'no error'
  } catch (thrown) {
    return SandboxError.from(thrown).code
  }
}

describe('routing', () => {
  it('looks a region up once, by way of the leading coordinator, and then goes straight to its leader', async () => {
    const { cluster, client } = setUp()
    await client.kv.put(bytes('wb'), bytes('1'))
    await client.kv.put(bytes('wc'), bytes('2'))
    expect(text(await client.kv.get(bytes('wb')))).toBe('1')
    expect(cluster.lookUps).toBe(1)
    expect(calls(cluster)).toEqual([['kvPut', 'kvPut', 'kvGet'], [], []])
  })

  it('follows a redirect at once and remembers the leader', async () => {
    const { cluster, client } = setUp()
    await client.kv.put(bytes('wb'), bytes('1'))
    cluster.region(1).leader = 2
    await client.kv.put(bytes('wb'), bytes('2'))
    await client.kv.put(bytes('wb'), bytes('3'))
    expect(calls(cluster)).toEqual([['kvPut', 'kvPut'], [], ['kvPut', 'kvPut']])
    expect(cluster.lookUps).toBe(1)
  })

  it('asks any voter who leads when the coordinators do not know', async () => {
    const { cluster, client } = setUp()
    cluster.region(1).announced = { start: 'wa', end: 'wm', version: 1, leader: -1 }
    cluster.region(1).leader = 2
    await client.kv.put(bytes('wb'), bytes('1'))
    expect(cluster.stores[2]?.calls).toEqual(['kvPut'])
  })

  it('goes on to another voter when the leader is gone', async () => {
    const { cluster, client } = setUp()
    await client.kv.put(bytes('wb'), bytes('1'))
    cluster.stop(STORES[0] ?? '')
    cluster.region(1).leader = 1
    expect(text(await client.kv.get(bytes('wb')))).toBe('1')
  })

  it('takes the region from the answer to a stale epoch, without asking the coordinators', async () => {
    const { cluster, client } = setUp()
    await client.kv.put(bytes('wb'), bytes('1'))
    cluster.region(1).version = 2
    await client.kv.put(bytes('wb'), bytes('2'))
    expect(cluster.lookUps).toBe(1)
    expect(text(cluster.pairs.get('wb'))).toBe('2')
  })

  it('waits for the coordinators to learn of a split that took the key from a known region', async () => {
    const { cluster, client } = setUp()
    await client.kv.put(bytes('wb'), bytes('1'))
    // The child gets the left part, and the parent says only what is left of itself.
    Object.assign(cluster.region(1), { start: 'wg', version: 2 })
    cluster.regions.push({ id: 3, start: 'wa', end: 'wg', version: 2, leader: 2, announced: 'hidden' })
    const reading = client.kv.get(bytes('wb'))
    const seen = cluster.lookUps
    while (cluster.lookUps < seen + 3) await cluster.network.clock.sleep(1)
    delete cluster.region(3).announced
    expect(text(await reading)).toBe('1')
    expect(cluster.stores[2]?.calls).toEqual(['kvGet'])
  })

  it('does not let a coordinator that lags behind undo what a store said', async () => {
    const { cluster, client } = setUp()
    await client.kv.put(bytes('wk'), bytes('1'))
    Object.assign(cluster.region(1), { start: 'wg', version: 2, announced: { start: 'wa', end: 'wm', version: 1 } })
    await client.kv.put(bytes('wk'), bytes('2'))
    expect(await codeOf(client.kv.get(bytes('wb'), { timeoutMs: 50 }))).toBe('CLIENT_TIMED_OUT')
    await client.kv.put(bytes('wk'), bytes('3'))
    expect(cluster.stores[0]?.calls).toEqual(['kvPut', 'kvPut', 'kvPut', 'kvPut'])
  })

  it.each([Errno.EREGION_NOT_FOUND, Errno.EKEY_OUT_OF_RANGE])('looks up anew after the error %i', async (errno) => {
    const { cluster, client } = setUp()
    await client.kv.put(bytes('wb'), bytes('1'))
    cluster.stores[0]?.failures.push({ error: dingoError(errno, 'Gone.') })
    await client.kv.put(bytes('wb'), bytes('2'))
    expect(cluster.lookUps).toBe(2)
  })

  it('waits for coordinators that lag behind what one of them has said before', async () => {
    const { cluster, client } = setUp()
    // The first look-up tells of the split, the next ones are answered by a coordinator that has not heard of it.
    Object.assign(cluster.region(1), { start: 'wg', version: 2 })
    cluster.regions.push({ id: 3, start: 'wa', end: 'wg', version: 2, leader: 2, announced: 'hidden' })
    await client.kv.put(bytes('wh'), bytes('1'))
    cluster.region(1).announced = { start: 'wa', end: 'wm', version: 1 }
    const writing = client.kv.put(bytes('wb'), bytes('2'))
    const seen = cluster.lookUps
    while (cluster.lookUps < seen + 3) await cluster.network.clock.sleep(1)
    delete cluster.region(1).announced
    delete cluster.region(3).announced
    await writing
    expect(cluster.stores[2]?.calls).toEqual(['kvPut'])
  })

  it('says that no region holds a key, and what to do', async () => {
    const { client } = setUp()
    await expect(client.kv.get(bytes('x'))).rejects.toMatchObject({ code: 'CLIENT_NO_REGION' })
  })

  it('reaches nodes under the addresses of the map', async () => {
    const { cluster } = setUp()
    const client = cluster.client({ addressMap: new Map([['store-0:1', 'store-2:1']]) })
    cluster.region(1).leader = 2
    cluster.region(1).announced = { start: 'wa', end: 'wm', version: 1, leader: 0 }
    await client.kv.put(bytes('wb'), bytes('1'))
    expect(calls(cluster)).toEqual([[], [], ['kvPut']])
  })
})

describe('retries', () => {
  it('waits out what passes', async () => {
    const { cluster, client } = setUp()
    for (const errno of [Errno.EREQUEST_FULL, Errno.ERAFT_NOT_CONSISTENT_READ, Errno.EREGION_NEW]) {
      cluster.stores[0]?.failures.push({ error: dingoError(errno, 'Not now.') })
    }
    await client.kv.put(bytes('wb'), bytes('1'))
    expect(cluster.stores[0]?.calls).toHaveLength(4)
  })

  it('ends at the deadline with the last reason in its message', async () => {
    const { cluster, client } = setUp()
    for (let index = 0; index < 50; index++) {
      cluster.stores[0]?.failures.push({ error: dingoError(Errno.EREQUEST_FULL, 'The queue is full.') })
    }
    const put = client.kv.put(bytes('wb'), bytes('1'), { timeoutMs: 60 })
    await expect(put).rejects.toMatchObject({
      code: 'CLIENT_TIMED_OUT',
      message: expect.stringContaining('The queue is full.') as string,
    })
  })

  it('does not repeat what is refused for good', async () => {
    const { cluster, client } = setUp()
    cluster.stores[0]?.failures.push({ error: dingoError(Errno.ESYSTEM_CLUSTER_READ_ONLY, 'Read-only.') })
    await expect(client.kv.put(bytes('wb'), bytes('1'))).rejects.toMatchObject({
      code: 'DINGODB_ERROR',
      details: { errno: Errno.ESYSTEM_CLUSTER_READ_ONLY },
    })
    expect(cluster.stores[0]?.calls).toEqual(['kvPut'])
  })

  it('gives up when its caller does', async () => {
    const { cluster, client } = setUp()
    const controller = new AbortController()
    const cancelled = client.kv.get(bytes('wb'), { signal: controller.signal })
    controller.abort()
    expect(await codeOf(cancelled)).toBe('CANCELLED')
    expect(await codeOf(client.kv.put(bytes('wb'), bytes('1'), { signal: controller.signal }))).toBe('CANCELLED')
    expect(cluster.pairs.size).toBe(0)
  })

  it('ends what is under way when it is closed, at once', async () => {
    const { cluster, client } = setUp()
    await client.kv.put(bytes('wb'), bytes('1'))
    cluster.network.setLink('store-0:1', 'client', { isCut: true })
    const read = codeOf(client.kv.get(bytes('wb'), { timeoutMs: 600_000 }))
    const write = codeOf(client.kv.put(bytes('wb'), bytes('2'), { timeoutMs: 600_000 }))
    while (cluster.stores[0]?.calls.length !== 3) await cluster.network.clock.sleep(1)
    await client.close()
    expect([await read, await write]).toEqual(['CLIENT_CLOSED', 'CLIENT_OUTCOME_UNKNOWN'])
  })

  it('refuses to work after it was closed', async () => {
    const { client } = setUp()
    await client.close()
    await client.close()
    expect(await codeOf(client.kv.get(bytes('wb')))).toBe('CLIENT_CLOSED')
  })
})

describe('a write whose answer was lost', () => {
  const lost = () => ({ error: dingoError(Errno.ERAFT_COMMITLOG, 'Leadership changed.'), after: true })

  it.each([
    ['put', (kv: ReturnType<typeof setUp>['client']['kv']) => kv.put(bytes('wb'), bytes('1'))],
    ['delete', (kv: ReturnType<typeof setUp>['client']['kv']) => kv.delete(bytes('wb'))],
    ['put-if-absent', (kv: ReturnType<typeof setUp>['client']['kv']) => kv.putIfAbsent(bytes('wb'), bytes('1'))],
    [
      'compare-and-set',
      (kv: ReturnType<typeof setUp>['client']['kv']) => kv.compareAndSet(bytes('wb'), undefined, bytes('1')),
    ],
  ])('%s is reported and not repeated', async (_name, write) => {
    const { cluster, client } = setUp()
    cluster.stores[0]?.failures.push(lost())
    await expect(write(client.kv)).rejects.toMatchObject({ code: 'CLIENT_OUTCOME_UNKNOWN' })
    expect(cluster.stores[0]?.calls).toHaveLength(1)
  })

  it('is repeated on request, but a conditional write never', async () => {
    const { cluster } = setUp()
    const client = cluster.client({ retryUnknown: true })
    cluster.stores[0]?.failures.push(lost())
    await client.kv.put(bytes('wb'), bytes('1'))
    expect(cluster.stores[0]?.calls).toHaveLength(2)
    cluster.stores[0]?.failures.push(lost())
    expect(await codeOf(client.kv.compareAndSet(bytes('wb'), bytes('1'), bytes('2')))).toBe('CLIENT_OUTCOME_UNKNOWN')
    expect(text(cluster.pairs.get('wb'))).toBe('2')
  })

  it('stays unknown when the repetition fails for good', async () => {
    const { cluster } = setUp()
    const client = cluster.client({ retryUnknown: true })
    cluster.stores[0]?.failures.push(lost(), { error: dingoError(Errno.EINTERNAL, 'Broken.') })
    expect(await codeOf(client.kv.put(bytes('wb'), bytes('1')))).toBe('CLIENT_OUTCOME_UNKNOWN')
  })

  it('is unknown too when the node went away after it was sent, and known when it never was sent', async () => {
    const { cluster, client } = setUp()
    await client.kv.put(bytes('wb'), bytes('1'))
    cluster.network.setLink('store-0:1', 'client', { isCut: true })
    expect(await codeOf(client.kv.put(bytes('wb'), bytes('2'), { timeoutMs: 100 }))).toBe('CLIENT_OUTCOME_UNKNOWN')
    cluster.network.healAll()
    cluster.stop(STORES[0] ?? '')
    cluster.region(1).leader = 2
    await client.kv.put(bytes('wb'), bytes('3'))
    expect(text(cluster.pairs.get('wb'))).toBe('3')
  })
})

describe('values', () => {
  it('tells an empty value from none', async () => {
    const { client } = setUp()
    await client.kv.put(bytes('wb'), bytes(''))
    expect(await client.kv.get(bytes('wb'))).toEqual(bytes(''))
    expect(await client.kv.get(bytes('wc'))).toBeUndefined()
  })

  it('writes if absent, and compares and sets', async () => {
    const { client } = setUp()
    expect(await client.kv.putIfAbsent(bytes('wb'), bytes('1'))).toBe(true)
    expect(await client.kv.putIfAbsent(bytes('wb'), bytes('2'))).toBe(false)
    expect(await client.kv.compareAndSet(bytes('wb'), bytes('2'), bytes('3'))).toBe(false)
    expect(await client.kv.compareAndSet(bytes('wb'), bytes('1'), bytes('3'))).toBe(true)
    expect(await client.kv.compareAndSet(bytes('wc'), bytes('1'), bytes('3'))).toBe(false)
    expect(await client.kv.compareAndSet(bytes('wb'), bytes('3'), undefined)).toBe(true)
    expect(await client.kv.get(bytes('wb'))).toBeUndefined()
    expect(await codeOf(client.kv.compareAndSet(bytes('wb'), bytes(''), bytes('1')))).toBe('INVALID_ARGUMENT')
  })

  it('deletes and says whether there was something', async () => {
    const { cluster, client } = setUp()
    fill(cluster, 'wb')
    expect(await client.kv.delete(bytes('wb'))).toBe(true)
    expect(await client.kv.delete(bytes('wb'))).toBe(false)
  })

  it('refuses an empty key', async () => {
    const { client } = setUp()
    expect(await codeOf(client.kv.get(bytes('')))).toBe('INVALID_ARGUMENT')
  })
})

describe('several keys', () => {
  it('go to their regions side by side', async () => {
    const { cluster, client } = setUp()
    const pairs = ['wb', 'wn', 'wc', 'wo'].map((key) => ({ key: bytes(key), value: bytes(key) }))
    await client.kv.batchPut(pairs)
    const found = await client.kv.batchGet(['wo', 'wb', 'wx'].map(bytes))
    expect(found.map(({ value }) => text(value)).sort()).toEqual(['wb', 'wo'])
    expect(calls(cluster)).toEqual([['kvBatchPut', 'kvBatchGet'], ['kvBatchPut', 'kvBatchGet'], []])
  })

  it('are split again where a region was split meanwhile', async () => {
    const { cluster, client } = setUp()
    await client.kv.put(bytes('wb'), bytes('0'))
    Object.assign(cluster.region(1), { start: 'wg', version: 2 })
    cluster.regions.push({ id: 3, start: 'wa', end: 'wg', version: 2, leader: 2 })
    await client.kv.batchPut(['wh', 'wb', 'wi'].map((key) => ({ key: bytes(key), value: bytes(key) })))
    expect([...cluster.pairs.keys()].sort()).toEqual(['wb', 'wh', 'wi'])
  })

  it('of a range are deleted region by region, holes left out', async () => {
    const { cluster, client } = setUp()
    Object.assign(cluster.region(2), { start: 'wp' })
    fill(cluster, 'wb', 'wk', 'wq', 'wy')
    await client.kv.deleteRange({ startKey: bytes('wc'), endKey: bytes('wx') })
    expect([...cluster.pairs.keys()]).toEqual(['wb', 'wy'])
  })
})
