import { describe, expect, it } from 'vitest'
import { SandboxError } from '../../../src-main/base/sandbox-error'
import { dingoError } from '../../../src-main/rpc/dingo-error'
import { Errno } from '../../../src-main/rpc/generated/dingodb/error_pb'
import { ClusterCatalogue } from '../../../src-main/client/views/cluster-catalogue'
import { ClusterMapsReader } from '../../../src-main/client/views/cluster-maps'
import { ClusterKeyspaceViews } from '../../../src-main/client/views/cluster-keyspace-views'
import { VALUE_PREVIEW_BYTES } from '../../../src-main/client/views/keyspace'
import { bytes, FakeCluster, text } from '../support/fake-cluster'

const NONE = new Uint8Array(0)
const OPEN = { from: NONE, rangeStart: NONE, rangeEnd: NONE }

function setUp() {
  const cluster = new FakeCluster()
  const client = cluster.client()
  const { clock } = cluster.network
  const catalogue = new ClusterCatalogue(() => client, clock)
  const maps = new ClusterMapsReader(() => client, catalogue, clock)
  return {
    cluster,
    client,
    catalogue,
    keyspace: new ClusterKeyspaceViews({ client: () => client, catalogue, maps, clock }),
  }
}

/** Two regions with a gap between them. */
function withRegions() {
  const world = setUp()
  world.cluster.regions.push(
    { id: 2, start: 'w-m', end: 'w-z', version: 1, leader: 1 },
    { id: 1, start: 'w-a', end: 'w-k', version: 1, leader: 0 },
  )
  return world
}

describe('the key line', () => {
  it('has the regions in the order of their keys, those of tables and others', async () => {
    const { client, keyspace } = withRegions()
    await client.tables.create({ name: 'people', partitions: 2 })
    const { segments } = await keyspace.line()
    expect(segments.map(({ regionId, tableName }) => [regionId, tableName])).toEqual([
      [80_003, 'people'],
      [80_004, 'people'],
      [1, undefined],
      [2, undefined],
    ])
    expect(segments[2]).toMatchObject({
      leaderStoreId: 20_001,
      storeIds: [20_001, 20_002, 20_003],
      sizeBytes: undefined,
    })
    expect(text(segments[2]?.startKey.bytes)).toBe('w-a')
  })

  it('of a cluster without regions is empty', async () => {
    expect((await setUp().keyspace.line()).segments).toEqual([])
  })

  it('is read once for who asks at about the same time, and anew when something was made here', async () => {
    const { cluster, client, catalogue, keyspace } = withRegions()
    await Promise.all([keyspace.line(), keyspace.line()])
    await keyspace.line()
    expect(cluster.wholeReads).toBe(1)
    await client.tables.create({ name: 'people' })
    catalogue.forget()
    expect((await keyspace.line()).segments.map(({ tableName }) => tableName)).toEqual(['people', undefined, undefined])
  })

  it('leaves out what was merged away', async () => {
    const { cluster, keyspace } = withRegions()
    cluster.regions.push({ id: 3, start: 'w-k', end: 'w-k', version: 2, leader: 0 })
    expect((await keyspace.line()).segments.map(({ regionId }) => regionId)).toEqual([1, 2])
  })

  it('tells sizes as the leaders measured them', async () => {
    const { cluster, keyspace } = withRegions()
    cluster.metrics.push({ id: 1n, rowCount: 7n, regionSize: 700n, lastUpdateMetricsTimestamp: 1n }, { id: 2n })
    const { segments } = await keyspace.line()
    expect(segments.map(({ keyCount, sizeBytes }) => [keyCount, sizeBytes])).toEqual([
      [7, 700],
      [undefined, undefined],
    ])
  })
})

describe('a typed key', () => {
  it('of a table becomes the key of the store', async () => {
    const { client, keyspace } = setUp()
    const { tableId } = await client.tables.create({ name: 'people' })
    const view = await keyspace.resolve({ kind: 'table', tableId, text: 'ann' })
    expect(view).toMatchObject({ text: 'people/ann', tableName: 'people' })
    expect(text(view.bytes)).toBe('r\0\0\0\0\0\0\u0003\u00eaann')
    const inHex = await keyspace.resolve({ kind: 'table', tableId, text: '0x616e6E' })
    expect(inHex.bytes).toEqual(view.bytes)
  })

  it('of a table that was made a moment ago is known', async () => {
    const { client, keyspace } = setUp()
    await keyspace.resolve({ kind: 'raw', hex: '72' })
    const { tableId } = await client.tables.create({ name: 'new' })
    expect(await keyspace.resolve({ kind: 'table', tableId, text: 'a' })).toMatchObject({
      bytes: expect.any(Uint8Array),
    })
  })

  it('in hex is the key itself', async () => {
    const { keyspace } = setUp()
    expect((await keyspace.resolve({ kind: 'raw', hex: '0x77 2d 6D' })).bytes).toEqual(bytes('w-m'))
  })

  it.each([
    [{ kind: 'raw', hex: '0x7' }, 'hex'],
    [{ kind: 'raw', hex: 'key' }, 'hex'],
    [{ kind: 'raw', hex: '0x' }, 'hex'],
    [{ kind: 'table', tableId: 1, text: '0xzz' }, 'text'],
  ] as const)('that cannot be read is refused at its field: %o', async (input, field) => {
    await expect(setUp().keyspace.resolve(input)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      details: { field },
    })
  })

  it('may be what keys of a table begin with: a prefix for each partition', async () => {
    const { client, keyspace } = setUp()
    const { tableId } = await client.tables.create({ name: 'people', partitions: 3 })
    const { tableName, prefixes } = await keyspace.prefixes(tableId, 'k1')
    expect(tableName).toBe('people')
    expect(prefixes).toHaveLength(3)
    expect(new Set(prefixes.map((prefix) => text(prefix.subarray(9))))).toEqual(new Set(['k1']))
    const whole = await keyspace.resolve({ kind: 'table', tableId, text: 'k1-and-more' })
    expect(prefixes.filter((prefix) => Buffer.from(whole.bytes).indexOf(prefix) === 0)).toHaveLength(1)
    expect((await keyspace.prefixes(tableId, '')).prefixes.map(({ length }) => length)).toEqual([9, 9, 9])
    expect((await keyspace.prefixes(tableId, '0x6b31')).prefixes).toEqual(prefixes)
    await expect(keyspace.prefixes(tableId, '0x6')).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
    await expect(keyspace.prefixes(9, 'a')).rejects.toMatchObject({ code: 'CLIENT_NOT_FOUND' })
  })

  it('of no table is missed', async () => {
    const key = { kind: 'table', tableId: 9, text: 'a' } as const
    await expect(setUp().keyspace.resolve(key)).rejects.toMatchObject({ code: 'CLIENT_NOT_FOUND' })
  })
})

describe('a page of pairs', () => {
  const raw = (key: string) => ({ kind: 'raw', hex: Buffer.from(key, 'latin1').toString('hex') }) as const

  it('goes over regions and the gaps between them', async () => {
    const { cluster, keyspace } = withRegions()
    for (const key of ['w-b', 'w-c', 'w-n', 'w-o']) cluster.pairs.set(key, bytes(`value of ${key}`))
    const first = await keyspace.page({ ...OPEN, limit: 3 })
    expect(first.pairs.map(({ key }) => text(key.bytes))).toEqual(['w-b', 'w-c', 'w-n'])
    expect(text(first.nextKey)).toBe('w-o')
    const second = await keyspace.page({ ...OPEN, from: first.nextKey ?? NONE, limit: 3 })
    expect(second.pairs.map(({ value }) => text(value))).toEqual(['value of w-o'])
    expect(second.nextKey).toBeUndefined()
  })

  it('that is full says whether anything comes behind it', async () => {
    const { cluster, keyspace } = withRegions()
    for (const key of ['w-b', 'w-c']) cluster.pairs.set(key, bytes('x'))
    expect((await keyspace.page({ ...OPEN, limit: 2 })).nextKey).toBeUndefined()
    expect(text((await keyspace.page({ ...OPEN, limit: 1 })).nextKey)).toBe('w-c')
  })

  it('keeps to its range', async () => {
    const { cluster, keyspace } = withRegions()
    for (const key of ['w-b', 'w-c', 'w-d', 'w-n']) cluster.pairs.set(key, bytes('x'))
    const range = { rangeStart: bytes('w-c'), rangeEnd: bytes('w-n') }
    const page = await keyspace.page({ from: bytes('w'), ...range, limit: 10 })
    expect(page.pairs.map(({ key }) => text(key.bytes))).toEqual(['w-c', 'w-d'])
    expect((await keyspace.page({ from: bytes('w-x'), ...range, limit: 10 })).pairs).toEqual([])
  })

  it('of a cluster without regions is empty', async () => {
    expect(await setUp().keyspace.page({ ...OPEN, limit: 10 })).toMatchObject({ pairs: [], nextKey: undefined })
  })

  it('shortens long values, and ends where it would get too large', async () => {
    const { cluster, keyspace } = withRegions()
    const long = new Uint8Array(VALUE_PREVIEW_BYTES + 1).fill(7)
    const keys = Array.from({ length: 400 }, (_, index) => `w-b${String(index).padStart(4, '0')}`)
    for (const key of keys) cluster.pairs.set(key, long)
    const { pairs, nextKey } = await keyspace.page({ ...OPEN, limit: 1_000 })
    expect(pairs[0]).toMatchObject({ value: long.subarray(1), valueBytes: VALUE_PREVIEW_BYTES + 1 })
    expect(pairs.length).toBeLessThanOrEqual(256)
    expect(pairs.length).toBeGreaterThan(200)
    expect(text(nextKey)).toBe(keys[pairs.length])
  })

  it('is shown as far as it can be read, and the next one says why it cannot be read on', async () => {
    const { cluster, keyspace } = withRegions()
    for (const key of ['w-b', 'w-n']) cluster.pairs.set(key, bytes('x'))
    const refuse = () => cluster.stores[1]?.failures.push({ error: dingoError(Errno.EINTERNAL, 'The disk is broken.') })
    refuse()
    const page = await keyspace.page({ ...OPEN, limit: 10 })
    expect(page.pairs.map(({ key }) => text(key.bytes))).toEqual(['w-b'])
    refuse()
    const next = keyspace.page({ ...OPEN, from: page.nextKey ?? NONE, limit: 10 })
    await expect(next).rejects.toMatchObject({ code: 'DINGODB_ERROR', message: expect.stringContaining('disk') })
  })

  it('reads what was written, and compares and sets', async () => {
    const { keyspace } = withRegions()
    const key = raw('w-b')
    expect((await keyspace.put(key, bytes('one'), undefined)).tookMs).toBeGreaterThanOrEqual(0)
    expect(await keyspace.value(key)).toMatchObject({ value: bytes('one'), regionId: 1 })
    expect(await keyspace.compareAndSet(key, bytes('other'), bytes('two'))).toMatchObject({ isSet: false })
    expect(await keyspace.compareAndSet(key, bytes('one'), bytes('two'))).toMatchObject({ isSet: true })
    expect(await keyspace.compareAndSet(raw('w-c'), undefined, bytes('new'))).toMatchObject({ isSet: true })
    await keyspace.delete(key)
    expect(await keyspace.value(key)).toMatchObject({ value: undefined, regionId: 1 })
  })

  it('refuses to expect an empty value, at its field', async () => {
    const setting = withRegions().keyspace.compareAndSet(raw('w-b'), NONE, bytes('a'))
    await expect(setting).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', details: { field: 'expected' } })
  })

  it('says that a value is too large to be shown', async () => {
    const { cluster, keyspace } = withRegions()
    cluster.pairs.set('w-b', new Uint8Array(8 * 1024 * 1024 + 1))
    await expect(keyspace.value(raw('w-b'))).rejects.toMatchObject({ code: 'VALUE_TOO_LARGE' })
  })
})

describe('without a cluster', () => {
  it('everything is refused', async () => {
    const { clock } = new FakeCluster().network
    const client = (): never => {
      throw new SandboxError('SESSION_NOT_RUNNING', 'No cluster is open.')
    }
    const catalogue = new ClusterCatalogue(client, clock)
    const maps = new ClusterMapsReader(client, catalogue, clock)
    const keyspace = new ClusterKeyspaceViews({ client, catalogue, maps, clock })
    await expect(keyspace.line()).rejects.toMatchObject({ code: 'SESSION_NOT_RUNNING' })
    await expect(keyspace.page({ ...OPEN, limit: 1 })).rejects.toMatchObject({ code: 'SESSION_NOT_RUNNING' })
  })
})
