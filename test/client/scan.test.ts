import { describe, expect, it } from 'vitest'
import type { ClusterClient, ScanOptions } from '../../src-main/client/cluster-client'
import { dingoError } from '../../src-main/rpc/dingo-error'
import { Errno } from '../../src-main/rpc/generated/dingodb/error_pb'
import { bytes, FakeCluster, text } from './support/fake-cluster'

const KEYS = ['wb', 'wc', 'wd', 'wn', 'wo', 'wp']

/** Regions wa..wm on store 0 and wm..wz on store 1, three pairs in each. */
function setUp() {
  const cluster = new FakeCluster()
  cluster.regions.push({ id: 1, start: 'wa', end: 'wm', version: 1, leader: 0 })
  cluster.regions.push({ id: 2, start: 'wm', end: 'wz', version: 1, leader: 1 })
  for (const key of KEYS) cluster.pairs.set(key, bytes(key))
  return { cluster, client: cluster.client() }
}

const scan = (client: ClusterClient, options: ScanOptions = {}, start = 'wa', end = 'wz') =>
  client.kv.scan({ startKey: bytes(start), endKey: bytes(end) }, options)

async function keysOf(client: ClusterClient, options: ScanOptions = {}, start = 'wa', end = 'wz'): Promise<string[]> {
  const keys: string[] = []
  for await (const { key } of scan(client, options, start, end)) keys.push(text(key) ?? '')
  return keys
}

describe('a scan', () => {
  it('brings all pairs of a range in order, over regions and pages', async () => {
    const { cluster, client } = setUp()
    expect(await keysOf(client, { pageSize: 2 })).toEqual(KEYS)
    expect(await keysOf(client, {}, 'wc', 'wo')).toEqual(['wc', 'wd', 'wn'])
    expect(cluster.stores.map((store) => store.openScans)).toEqual([0, 0, 0])
  })

  it('passes over ranges that no region holds', async () => {
    const { cluster, client } = setUp()
    Object.assign(cluster.region(2), { start: 'wo' })
    expect(await keysOf(client, {}, 'w', 'x')).toEqual(['wb', 'wc', 'wd', 'wo', 'wp'])
    expect(await keysOf(client, {}, 'x', 'y')).toEqual([])
  })

  it('ends at its limit and lets go of what the store keeps for it', async () => {
    const { cluster, client } = setUp()
    const pairs = scan(client, { pageSize: 1 })
    await pairs.next()
    await pairs.return()
    expect(cluster.stores[0]?.calls.at(-1)).toBe('kvScanReleaseV2')
    expect(await keysOf(client, { limit: 4 })).toHaveLength(4)
    expect(await client.kv.count({ startKey: bytes('wa'), endKey: bytes('wz') })).toBe(6)
  })

  it('uses the older protocol with stores that have no other', async () => {
    const { cluster, client } = setUp()
    for (const store of cluster.stores) store.scanV2 = false
    expect(await keysOf(client, { pageSize: 2 })).toEqual(KEYS)
    expect(cluster.stores[1]?.calls).not.toContain('kvScanBeginV2')
    expect(cluster.stores.map((store) => store.openScans)).toEqual([0, 0, 0])
  })

  it('goes on behind the last pair when the leader changes', async () => {
    const { cluster, client } = setUp()
    const pairs = scan(client, { pageSize: 1 })
    const keys = [text((await pairs.next()).value?.key)]
    cluster.region(1).leader = 2
    for await (const { key } of pairs) keys.push(text(key))
    expect(keys).toEqual(KEYS)
  })

  it('goes on behind the last pair when the store forgot it', async () => {
    const { cluster, client } = setUp()
    const pairs = scan(client, { pageSize: 1 })
    const keys = [text((await pairs.next()).value?.key)]
    cluster.stores[0]?.forgetScans()
    for await (const { key } of pairs) keys.push(text(key))
    expect(keys).toEqual(KEYS)
  })

  it('loses nothing to a split that the coordinators learn of late', async () => {
    const { cluster, client } = setUp()
    const pairs = scan(client, { pageSize: 1 })
    const keys = [text((await pairs.next()).value?.key)]
    Object.assign(cluster.region(1), { start: 'wd', version: 2 })
    cluster.regions.push({ id: 3, start: 'wa', end: 'wd', version: 2, leader: 2, announced: 'hidden' })
    const rest = (async () => {
      for await (const { key } of pairs) keys.push(text(key))
    })()
    const seen = cluster.lookUps
    while (cluster.lookUps < seen + 3) await cluster.network.clock.sleep(1)
    delete cluster.region(3).announced
    await rest
    expect(keys).toEqual(KEYS)
  })

  it('passes over a region that was dropped after it was known', async () => {
    const { cluster, client } = setUp()
    expect(await keysOf(client)).toEqual(KEYS)
    cluster.regions.shift()
    expect(await keysOf(client)).toEqual(['wn', 'wo', 'wp'])
  })

  it('does not go on for ever in vain', async () => {
    const { cluster, client } = setUp()
    const store = cluster.stores[0]
    const pairs = scan(client, { pageSize: 1 })
    await pairs.next()
    if (store !== undefined) store.failures.push({ error: dingoError(Errno.EINTERNAL, 'Broken.') })
    await expect(pairs.next()).rejects.toMatchObject({ code: 'DINGODB_ERROR' })
  })

  it('refuses a range that ends before it starts', () => {
    const { client } = setUp()
    expect(() => scan(client, {}, 'wz', 'wa')).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }))
  })
})
