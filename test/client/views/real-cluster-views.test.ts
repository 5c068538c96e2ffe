import { afterEach, describe, expect, it } from 'vitest'
import { ClusterCatalogue } from '../../../src-main/client/views/cluster-catalogue'
import { ClusterMapsReader } from '../../../src-main/client/views/cluster-maps'
import { ClusterKeyspaceViews } from '../../../src-main/client/views/cluster-keyspace-views'
import { ClusterTableViews } from '../../../src-main/client/views/cluster-table-views'
import type { TableDraft, TableJob } from '../../../src-main/client/views/tables'
import { RealCluster } from '../../sandbox/cluster/real-cluster'
import { requireCapabilityOfAll } from '../../support/capabilities'

const NONE = new Uint8Array(0)
const bytes = (text: string) => new TextEncoder().encode(text)

let cluster: RealCluster
afterEach(() => cluster.remove())

function viewsOf({ client, env: { clock } }: RealCluster) {
  const catalogue = new ClusterCatalogue(() => client, clock)
  const parts = { client: () => client, catalogue, maps: new ClusterMapsReader(() => client, catalogue, clock), clock }
  return { tables: new ClusterTableViews(parts), keyspace: new ClusterKeyspaceViews(parts) }
}

/** Begins a job and follows it to its end. */
async function follow(tables: ClusterTableViews, begin: () => Promise<TableJob>): Promise<TableJob[]> {
  const told: TableJob[] = []
  const ended = new Promise<void>((resolve) => {
    tables.onJob((job) => {
      told.push(job)
      if (job.state !== 'running') resolve()
    })
  })
  await begin()
  await ended
  return told
}

const DRAFT: TableDraft = {
  name: 'people',
  schema: 'DINGO',
  columns: [{ name: 'id', sqlType: 'VARCHAR', nullable: false, isKey: true }],
  partitioning: { kind: 'range', boundaries: ['h', 'p'] },
  replicas: undefined,
  engine: 'raft',
}

describe('the views of a cluster over gRPC, RocksDB and files', () => {
  requireCapabilityOfAll('rocksdb')

  it('make a table, write and read its pairs, and drop it', async () => {
    cluster = new RealCluster({ mount: 'inline' })
    await cluster.start()
    const { tables, keyspace } = viewsOf(cluster)
    const made = (await follow(tables, () => tables.create(DRAFT))).at(-1)
    expect(made).toMatchObject({ state: 'done', ready: 3, total: 3, error: undefined })
    expect((await tables.preview(DRAFT)).problems).toMatchObject([{ code: 'name-taken' }])
    const tableId = made?.tableId ?? 0
    const { segments } = await keyspace.line()
    expect(segments.map(({ tableName, storeIds }) => [tableName, storeIds.length])).toEqual([
      ['people', 3],
      ['people', 3],
      ['people', 3],
    ])

    const key = (text: string) => ({ kind: 'table', tableId, text }) as const
    const names = ['ann', 'henry', 'zoe']
    for (const name of names) await keyspace.put(key(name), bytes(`value of ${name}`), undefined)
    const page = await keyspace.page({ from: NONE, rangeStart: NONE, rangeEnd: NONE, limit: 2 })
    expect(page.pairs.map((pair) => pair.key.text)).toEqual(['people/ann', 'people/henry'])
    const rest = await keyspace.page({ from: page.nextKey ?? NONE, rangeStart: NONE, rangeEnd: NONE, limit: 2 })
    expect(rest).toMatchObject({ pairs: [{ key: { text: 'people/zoe' } }], nextKey: undefined })
    expect(await keyspace.compareAndSet(key('ann'), bytes('other'), bytes('x'))).toMatchObject({ isSet: false })
    expect(await keyspace.compareAndSet(key('ann'), bytes('value of ann'), bytes('new'))).toMatchObject({ isSet: true })
    expect(await keyspace.value(key('ann'))).toMatchObject({ value: bytes('new'), regionId: segments[0]?.regionId })
    await keyspace.delete(key('zoe'))
    expect(await keyspace.value(key('zoe'))).toMatchObject({ value: undefined })

    expect(await tables.detail(tableId)).toMatchObject({ strategy: 'range', partitions: [{}, {}, {}] })
    expect(await tables.dropPreview(tableId)).toMatchObject({ regionIds: segments.map(({ regionId }) => regionId) })
    const dropped = (await follow(tables, () => tables.drop(tableId))).at(-1)
    expect(dropped).toMatchObject({ state: 'done', ready: 3, regions: [] })
    expect((await keyspace.line()).segments).toEqual([])
    await expect(tables.detail(tableId)).rejects.toMatchObject({ code: 'CLIENT_NOT_FOUND' })
  })

  it('make a table without replication, write and read its pairs, and drop it', async () => {
    cluster = new RealCluster({ mount: 'inline', topology: { coordinators: 1, stores: 2 } })
    await cluster.start()
    const { tables, keyspace } = viewsOf(cluster)
    const draft: TableDraft = { ...DRAFT, name: 'alone', engine: 'mono' }
    const made = (await follow(tables, () => tables.create(draft))).at(-1)
    expect(made).toMatchObject({ state: 'done', ready: 3, total: 3, error: undefined })
    const tableId = made?.tableId ?? 0
    const { segments } = await keyspace.line()
    expect(segments.map(({ tableName, storeIds }) => [tableName, storeIds.length])).toEqual([
      ['alone', 1],
      ['alone', 1],
      ['alone', 1],
    ])
    const key = (text: string) => ({ kind: 'table', tableId, text }) as const
    for (const name of ['ann', 'henry', 'zoe']) await keyspace.put(key(name), bytes(`value of ${name}`), undefined)
    expect(await keyspace.value(key('henry'))).toMatchObject({ value: bytes('value of henry') })
    expect(await keyspace.compareAndSet(key('ann'), bytes('other'), bytes('x'))).toMatchObject({ isSet: false })
    await keyspace.delete(key('zoe'))
    const page = await keyspace.page({ from: NONE, rangeStart: NONE, rangeEnd: NONE, limit: 10 })
    expect(page.pairs.map((pair) => pair.key.text)).toEqual(['alone/ann', 'alone/henry'])
    expect(await tables.detail(tableId)).toMatchObject({ table: { engine: 'mono', replicas: 1 } })
    const dropped = (await follow(tables, () => tables.drop(tableId))).at(-1)
    expect(dropped).toMatchObject({ state: 'done', ready: 3, regions: [] })
    expect((await keyspace.line()).segments).toEqual([])
  })

  it('say at once why the stores would refuse a table', async () => {
    cluster = new RealCluster({ mount: 'inline', topology: { coordinators: 1, stores: 1 } })
    await cluster.start()
    const { tables } = viewsOf(cluster)
    const draft: TableDraft = { ...DRAFT, engine: 'memory' }
    expect((await tables.preview(draft)).problems).toMatchObject([{ path: 'engine', code: 'engine-refused' }])
    await expect(cluster.client.tables.create({ name: 'refused', engine: 'memory' })).rejects.toMatchObject({
      code: 'DINGODB_ERROR',
      details: { name: 'EILLEGAL_PARAMTETERS' },
      message: expect.stringMatching(/Stores refuse regions of the storage engine STORE_ENG_MEMORY/),
    })
    await expect(cluster.client.tables.create({ name: 'refused', engine: 'mono', replicas: 2 })).rejects.toMatchObject({
      message: expect.stringMatching(/has one replica, not 2/),
    })
    expect(await cluster.client.tables.list()).toEqual([])
    expect(await cluster.client.regions.list()).toEqual([])
  })
})
