import { describe, expect, it } from 'vitest'
import type { RegionProgress } from '../../src-main/client/cluster-client'
import { bytes, FakeCluster, refusedCreations, text } from './support/fake-cluster'

function setUp() {
  const cluster = new FakeCluster()
  return { cluster, client: cluster.client() }
}

describe('a table', () => {
  it('is created with one region a partition, keyed by namespace byte and partition id', async () => {
    const { cluster, client } = setUp()
    cluster.meta.looksWithoutLeader = 2
    const progress: RegionProgress[] = []
    const table = await client.tables.create(
      { name: 'people', partitions: 2, replicas: 1, columns: [{ name: 'id', sqlType: 'BIGINT' }] },
      { onProgress: (each) => progress.push(each) },
    )
    expect(progress).toEqual([
      { ready: 0, total: 2 },
      { ready: 2, total: 2 },
    ])
    expect(cluster.regions.map(({ start, end }) => [start, end])).toEqual([
      ['r\0\0\0\0\0\0\u0003\u00ea', 'r\0\0\0\0\0\0\u0003\u00eb'],
      ['r\0\0\0\0\0\0\u0003\u00eb', 'r\0\0\0\0\0\0\u0003\u00ec'],
    ])
    expect(table).toMatchObject({ name: 'people', schema: 'DINGO', tableId: 1_001 })
    expect(table.definition).toMatchObject({ replica: 1, columns: [{ name: 'id', nullable: false, indexOfKey: 0 }] })
    expect(await client.tables.list()).toMatchObject([{ name: 'people' }])
  })

  it('has three copies, or as many as there are stores, unless it is said', async () => {
    const { cluster, client } = setUp()
    expect((await client.tables.create({ name: 'many' })).definition.replica).toBe(3)
    cluster.storeCount = 2
    expect((await client.tables.create({ name: 'few' })).definition.replica).toBe(2)
    expect((await client.tables.create({ name: 'asked', replicas: 3 })).definition.replica).toBe(3)
    expect((await client.tables.create({ name: 'alone', engine: 'mono' })).definition.replica).toBe(1)
    expect(await client.regions.defaultReplicas()).toBe(2)
  })

  it('stays when the wait for its regions is given up', async () => {
    const { cluster, client } = setUp()
    cluster.meta.looksWithoutLeader = Infinity
    const controller = new AbortController()
    const creating = client.tables.create(
      { name: 'slow' },
      { signal: controller.signal, onProgress: () => controller.abort() },
    )
    await expect(creating).rejects.toMatchObject({ code: 'CANCELLED' })
    expect(await client.tables.get('slow')).toMatchObject({ name: 'slow' })
  })

  it('that stores refuse is given up with what they said', async () => {
    const { cluster, client } = setUp()
    cluster.meta.looksWithoutLeader = Infinity
    cluster.jobs.push(...refusedCreations(80_001, { finishTime: 'now' }))
    await expect(client.tables.create({ name: 'refused' })).rejects.toMatchObject({
      code: 'DINGODB_ERROR',
      details: { name: 'EENGINE_NOT_FOUND', regionId: 80_001, tries: 5 },
      message: expect.stringContaining('no such engine'),
    })
  })

  it('whose wait was in vain tells what held its regions up', async () => {
    const { cluster, client } = setUp()
    cluster.meta.looksWithoutLeader = Infinity
    cluster.jobs.push(...refusedCreations(80_001, { finishTime: '' }))
    await expect(client.tables.create({ name: 'slow' }, { timeoutMs: 1_500 })).rejects.toMatchObject({
      code: 'CLIENT_TIMED_OUT',
      message: expect.stringContaining('no such engine'),
    })
  })

  it('is not taken for somebody else’s when only the answer was lost', async () => {
    const { cluster, client } = setUp()
    cluster.meta.loseAnswer = () => {
      cluster.meta.loseAnswer = undefined
      cluster.stop('coordinator:2')
      cluster.serveCoordinator(1)
    }
    expect(await client.tables.create({ name: 'people' })).toMatchObject({ name: 'people' })
    await expect(client.tables.create({ name: 'people' })).rejects.toMatchObject({
      code: 'DINGODB_ERROR',
      details: { name: 'ETABLE_EXISTS' },
    })
  })

  it('and its schema are missed by name', async () => {
    const { client } = setUp()
    await expect(client.tables.get('nobody')).rejects.toMatchObject({ code: 'CLIENT_NOT_FOUND' })
    await expect(client.tables.get('x', { schema: 'NONE' })).rejects.toMatchObject({ code: 'CLIENT_NOT_FOUND' })
    await expect(client.tables.drop('nobody')).rejects.toMatchObject({ code: 'CLIENT_NOT_FOUND' })
  })

  it.each([
    [{ name: 't', partitions: 0 }],
    [{ name: 't', partitions: 1_025 }],
    [{ name: 't', partitions: { boundaries: [bytes('b'), bytes('a')] } }],
    [{ name: 't', keyColumns: ['nothing'] }],
  ])('that makes no sense is refused: %o', async (description) => {
    const { client } = setUp()
    await expect(client.tables.create(description)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
  })

  it('can be dropped', async () => {
    const { client } = setUp()
    await client.tables.create({ name: 'people' })
    await client.tables.drop('people')
    expect(await client.tables.list()).toEqual([])
  })
})

describe('the keys of a table', () => {
  it('are spread by boundaries, which another client finds in the definition', async () => {
    const { cluster, client } = setUp()
    await client.tables.create({ name: 't', partitions: { boundaries: [bytes('g'), bytes('p')] }, namespace: 'w' })
    const other = cluster.client()
    const keys = other.tables.keys(await other.tables.get('t'))
    expect(['a', 'g', 'o', 'p'].map((key) => keys.partitionOf(bytes(key)))).toEqual([0, 1, 1, 2])
    expect(text(keys.encode(bytes('p')))).toBe('w\0\0\0\0\0\0\u0003\u00ecp')
    expect(text(keys.decode(keys.encode(bytes('hello'))))).toBe('hello')
    expect(keys.decode(bytes('wother'))).toBeUndefined()
  })

  it('are spread by their hash otherwise, and reading finds what was written', async () => {
    const { client } = setUp()
    const keys = client.tables.keys(await client.tables.create({ name: 't', partitions: 4 }))
    const names = Array.from({ length: 40 }, (_, index) => `key ${String(index)}`)
    for (const name of names) await client.kv.put(keys.encode(bytes(name)), bytes(name))
    expect(new Set(names.map((name) => keys.partitionOf(bytes(name)))).size).toBe(4)
    const found: Array<string | undefined> = []
    for (const range of keys.ranges(bytes(''), undefined)) {
      for await (const { key } of client.kv.scan(range)) found.push(text(keys.decode(key) ?? bytes('')))
    }
    expect(found.sort()).toEqual(names.sort())
  })

  it('of a table by other programs are not guessed', async () => {
    const { cluster, client } = setUp()
    await client.tables.create({ name: 't', partitions: { boundaries: [bytes('g')] } })
    const definition = cluster.meta.tables[0]?.tableDefinition
    if (definition !== undefined) definition.properties = {}
    const keys = client.tables.keys(await client.tables.get('t'))
    expect(() => keys.encode(bytes('a'))).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }))
  })
})

describe('regions outside of tables', () => {
  it('are created, shown and dropped', async () => {
    const { cluster, client } = setUp()
    const range = { startKey: bytes('w0000000'), endKey: bytes('w9999999') }
    const regionId = await client.regions.create({ name: 'mine', range })
    expect(await client.regions.get(regionId)).toMatchObject({ id: BigInt(regionId), definition: { range } })
    expect(await client.regions.list()).toHaveLength(1)
    expect(await client.regions.scan({ startKey: bytes('w'), endKey: bytes('x') })).toHaveLength(1)
    await client.regions.drop(regionId)
    expect(cluster.droppedRegions).toEqual([regionId])
    await expect(client.regions.drop(99)).rejects.toMatchObject({ code: 'CLIENT_NOT_FOUND' })
  })
})
