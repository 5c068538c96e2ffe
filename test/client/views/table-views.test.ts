import { describe, expect, it } from 'vitest'
import { SandboxError } from '../../../src-main/base/sandbox-error'
import { RegionState } from '../../../src-main/rpc/generated/dingodb/common_pb'
import { ClusterCatalogue } from '../../../src-main/client/views/cluster-catalogue'
import { ClusterTableViews } from '../../../src-main/client/views/cluster-table-views'
import type { TableDraft, TableJob } from '../../../src-main/client/views/tables'
import { bytes, FakeCluster, refusedCreations, text } from '../support/fake-cluster'

function setUp() {
  const cluster = new FakeCluster()
  const client = cluster.client()
  const { clock } = cluster.network
  const tables = new ClusterTableViews({
    client: () => client,
    catalogue: new ClusterCatalogue(() => client, clock),
    clock,
  })
  const told: TableJob[] = []
  tables.onJob((job) => told.push(job))
  /** Resolves with the job as it was told when it first was so. */
  const heard = (isSo: (job: TableJob) => boolean) =>
    new Promise<TableJob>((resolve) => {
      const stop = tables.onJob((job) => {
        if (!isSo(job)) return
        stop()
        resolve(job)
      })
    })
  const ended = () => heard(({ state }) => state !== 'running')
  return { cluster, client, tables, told, heard, ended }
}

const DRAFT: TableDraft = {
  name: 'people',
  schema: 'DINGO',
  columns: [
    { name: 'id', sqlType: 'BIGINT', nullable: false, isKey: true },
    { name: 'name', sqlType: 'VARCHAR', nullable: true, isKey: false },
  ],
  partitioning: { kind: 'hash', count: 2 },
  replicas: undefined,
  engine: 'raft',
}

describe('tables', () => {
  it('stand in the tree of their schemas', async () => {
    const { client, tables } = setUp()
    await client.tables.create({ name: 'b', partitions: 2 })
    await client.tables.create({ name: 'a' })
    expect(await tables.tree()).toMatchObject([
      { name: 'DINGO', tables: [{ name: 'a' }, { name: 'b', partitions: 2, replicas: 3, engine: 'raft', columns: 2 }] },
    ])
  })

  it('show their columns, partitions with regions, sizes, a key worked through and their definition', async () => {
    const { client, cluster, tables } = setUp()
    const { tableId } = await client.tables.create({ name: 'people', partitions: { boundaries: [bytes('m')] } })
    cluster.metrics.push({ id: 80_001n, rowCount: 3n, regionSize: 90n, lastUpdateMetricsTimestamp: 1n })
    const detail = await tables.detail(tableId)
    expect(detail).toMatchObject({ strategy: 'range', sizeBytes: 90, keyCount: 3, schemaId: 2 })
    expect(detail.columns).toEqual([
      { name: 'key', sqlType: 'VARCHAR', nullable: false, keyPosition: 0 },
      { name: 'value', sqlType: 'VARCHAR', nullable: true, keyPosition: undefined },
    ])
    // Its regions begin at the partition's id; what a person gave as the border is told beside it.
    expect(detail.partitions.map(({ userRange }) => userRange)).toEqual([
      { from: '', to: 'm' },
      { from: 'm', to: '' },
    ])
    expect(detail.partitions).toMatchObject([
      { partitionId: 1_002, regionId: 80_001, leaderStoreId: 20_001, state: 'REGION_NORMAL', keyCount: 3 },
      { partitionId: 1_003, regionId: 80_002, storeIds: [20_001, 20_002, 20_003], keyCount: undefined },
    ])
    expect(detail.example).toMatchObject({ text: 'people/user-42', tableId })
    expect(text(detail.example.bytes)).toBe('r\0\0\0\0\0\0\u0003\u00ebuser-42')
    expect(JSON.parse(detail.json)).toMatchObject({
      name: 'people',
      replica: 3,
      columns: [{ sql_type: 'VARCHAR' }, {}],
    })
  })

  it('that are not there are missed', async () => {
    const { tables } = setUp()
    const missed = { code: 'CLIENT_NOT_FOUND' }
    await expect(tables.detail(9)).rejects.toMatchObject(missed)
    await expect(tables.dropPreview(9)).rejects.toMatchObject(missed)
    await expect(tables.drop(9)).rejects.toMatchObject(missed)
    expect(() => {
      tables.giveUp('none')
    }).toThrow(expect.objectContaining(missed))
  })
})

describe('what concerns one table', () => {
  it('is read without the map of all regions', async () => {
    const { client, cluster, tables, ended } = setUp()
    const { tableId } = await client.tables.create({ name: 'people', partitions: 40 })
    expect((await tables.detail(tableId)).partitions).toHaveLength(40)
    expect((await tables.dropPreview(tableId)).regionIds).toHaveLength(40)
    cluster.meta.newRegion = { leader: 0 }
    const made = ended()
    await tables.create({ ...DRAFT, name: 'others' })
    await made
    const dropped = ended()
    await tables.drop(tableId)
    cluster.regions.length = 0
    await dropped
    expect(cluster.wholeReads).toBe(0)
  })
})

describe('a draft', () => {
  it('is told with the request and the regions that it will become', async () => {
    const { tables } = setUp()
    const { problems, requestJson, replicas, regions } = await tables.preview(DRAFT)
    expect({ problems, replicas }).toEqual({ problems: [], replicas: 3 })
    expect(JSON.parse(requestJson ?? '')).toMatchObject({
      schema_id: { entity_id: '2' },
      table_id: { parent_entity_id: '2', entity_id: '0' },
      table_definition: {
        name: 'people',
        table_partition: { columns: ['id'], partitions: [{ id: { entity_id: '0', parent_entity_id: '0' } }, {}] },
      },
    })
    expect(regions).toMatchObject([
      { name: 'T_DINGO_people_part_1', hashOf: { remainder: 0, count: 2 }, startKey: { text: 'r/1' } },
      { name: 'T_DINGO_people_part_2', hashOf: { remainder: 1, count: 2 }, endKey: { text: 'r/3' } },
    ])
  })

  it('with boundaries tells which user keys go where', async () => {
    const { tables } = setUp()
    const draft = { ...DRAFT, partitioning: { kind: 'range', boundaries: ['g', '0x70ff'] } } as const
    const { regions } = await tables.preview(draft)
    expect(regions.map(({ from, to }) => [from, to])).toEqual([
      ['', 'g'],
      ['g', '0x70ff'],
      ['0x70ff', ''],
    ])
  })

  it('is judged whole, field by field', async () => {
    const { client, cluster, tables } = setUp()
    await client.tables.create({ name: 'people' })
    cluster.storeCount = 2
    const column = { name: '', sqlType: ' ', nullable: true, isKey: false }
    const draft: TableDraft = {
      name: 'people',
      schema: 'DINGO',
      columns: [column, { ...column, name: 'a', sqlType: 'INT' }, { ...column, name: 'a', sqlType: 'INT' }],
      partitioning: { kind: 'range', boundaries: ['m', 'g', '', '0x0', 'p'] },
      replicas: 3,
      engine: 'raft',
    }
    const { problems, requestJson, regions } = await tables.preview(draft)
    expect(problems.map(({ path, code }) => [path, code])).toEqual([
      ['name', 'name-taken'],
      ['columns.0.name', 'column-name-empty'],
      ['columns.0.sqlType', 'column-type-empty'],
      ['columns.2.name', 'column-name-twice'],
      ['columns', 'no-key-column'],
      ['partitioning.boundaries.1', 'boundary-not-ascending'],
      ['partitioning.boundaries.2', 'boundary-empty'],
      ['partitioning.boundaries.3', 'boundary-not-hex'],
      ['replicas', 'replicas-above-stores'],
    ])
    expect(problems.at(-1)?.parameters).toEqual({ stores: 2 })
    expect({ requestJson, regions }).toEqual({ requestJson: undefined, regions: [] })
    await expect(tables.create(draft)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', details: { problems } })
  })

  it.each<[Partial<TableDraft>, string, string]>([
    [{ name: '' }, 'name', 'name-empty'],
    [{ name: 'a b' }, 'name', 'name-invalid'],
    [{ name: 'a/b' }, 'name', 'name-invalid'],
    [{ name: 'x'.repeat(129) }, 'name', 'name-invalid'],
    [{ schema: 'NONE' }, 'schema', 'schema-unknown'],
    [{ columns: [] }, 'columns', 'no-columns'],
    [{ partitioning: { kind: 'hash', count: 0 } }, 'partitioning.count', 'partitions-range'],
    [{ partitioning: { kind: 'hash', count: 1.5 } }, 'partitioning.count', 'partitions-range'],
    [{ partitioning: { kind: 'hash', count: 1_025 } }, 'partitioning.count', 'partitions-range'],
    [{ replicas: 0 }, 'replicas', 'replicas-range'],
    [{ engine: 'memory' }, 'engine', 'engine-refused'],
    [{ engine: 'mono', replicas: 2 }, 'replicas', 'replicas-of-mono'],
  ])('with %o has the problem at %s: %s', async (change, path, code) => {
    expect((await setUp().tables.preview({ ...DRAFT, ...change })).problems).toMatchObject([{ path, code }])
  })
})

describe('a draft with the engine that does not replicate', () => {
  it.each([undefined, 1])(
    'has nothing wrong with %s replicas, and becomes one copy of each region',
    async (replicas) => {
      const { tables } = setUp()
      const { problems, replicas: planned, requestJson } = await tables.preview({ ...DRAFT, engine: 'mono', replicas })
      expect({ problems, planned }).toEqual({ problems: [], planned: 1 })
      expect(JSON.parse(requestJson ?? '')).toMatchObject({
        table_definition: { replica: 1, store_engine: 'STORE_ENG_MONO_STORE' },
      })
    },
  )
})

describe('the creation of a table', () => {
  it('goes on by itself, region by region, and is told', async () => {
    const { cluster, tables, told, heard, ended } = setUp()
    cluster.meta.newRegion = { leader: -1, state: RegionState.REGION_NEW }
    const seen = heard(({ regions }) => regions.length === 2)
    const begun = await tables.create(DRAFT)
    expect(begun).toMatchObject({ kind: 'create', state: 'running', table: 'people', ready: 0, total: 2 })
    expect((await seen).regions[0]).toMatchObject({ regionId: 80_001, state: 'REGION_NEW', leaderStoreId: undefined })
    for (const [index, region] of cluster.regions.entries()) {
      const next = heard(({ ready }) => ready === index + 1)
      Object.assign(region, { leader: index, state: RegionState.REGION_NORMAL })
      expect((await next).regions[index]).toMatchObject({ leaderStoreId: 20_001 + index })
    }
    const last = told.at(-1)?.state === 'done' ? told.at(-1) : await ended()
    expect(last).toMatchObject({ jobId: begun.jobId, state: 'done', ready: 2, tableId: 1_001, error: undefined })
    expect(tables.jobs()).toEqual([last])
  })

  it('that stores refuse fails with what they said', async () => {
    const { cluster, tables, ended } = setUp()
    cluster.meta.newRegion = { leader: -1, state: RegionState.REGION_NEW }
    cluster.jobs.push(...refusedCreations(80_002, { finishTime: 'now' }))
    const end = ended()
    await tables.create(DRAFT)
    expect(await end).toMatchObject({
      state: 'failed',
      regions: [{ regionId: 80_001 }, { regionId: 80_002 }],
      error: { code: 'DINGODB_ERROR', message: expect.stringContaining('There is no such engine.') },
    })
  })

  it('tells what holds it up while it waits', async () => {
    const { cluster, tables, heard } = setUp()
    cluster.meta.newRegion = { leader: -1, state: RegionState.REGION_NEW }
    cluster.jobs.push(...refusedCreations(80_001, { finishTime: '' }))
    const held = heard(({ error }) => error !== undefined)
    await tables.create(DRAFT)
    expect(await held).toMatchObject({ state: 'running', error: { message: expect.stringContaining('not up yet') } })
  })

  it('can be given up: the table stays', async () => {
    const { client, cluster, tables, ended, heard } = setUp()
    cluster.meta.newRegion = { leader: -1 }
    const seen = heard(({ regions }) => regions.length > 0)
    const { jobId } = await tables.create(DRAFT)
    await seen
    const end = ended()
    tables.giveUp(jobId)
    tables.giveUp(jobId)
    expect(await end).toMatchObject({ state: 'given-up', error: undefined })
    expect(await client.tables.get('people')).toMatchObject({ name: 'people' })
  })

  it('ends when the table is dropped meanwhile', async () => {
    const { client, cluster, tables, ended, heard } = setUp()
    cluster.meta.newRegion = { leader: -1 }
    const seen = heard(({ regions }) => regions.length > 0)
    await tables.create(DRAFT)
    await seen
    const end = ended()
    await client.tables.drop('people')
    expect(await end).toMatchObject({ state: 'failed', error: { code: 'CLIENT_NOT_FOUND' } })
  })

  it('is waited for no longer when the cluster is closed', async () => {
    const { client, cluster, tables, ended, heard } = setUp()
    cluster.meta.newRegion = { leader: -1 }
    const seen = heard(({ regions }) => regions.length > 0)
    await tables.create(DRAFT)
    await seen
    const end = ended()
    await client.close()
    expect(await end).toMatchObject({ state: 'given-up', error: { code: 'CLIENT_CLOSED' } })
  })
})

describe('the drop of a table', () => {
  it('is told beforehand with what it deletes', async () => {
    const { client, cluster, tables } = setUp()
    const { tableId } = await client.tables.create({ name: 'people', partitions: 2 })
    cluster.metrics.push({ id: 80_001n, rowCount: 3n, regionSize: 90n, lastUpdateMetricsTimestamp: 1n })
    expect(await tables.dropPreview(tableId)).toMatchObject({
      table: { name: 'people' },
      regionIds: [80_001, 80_002],
      keyCount: 3,
    })
  })

  it('goes on until the regions are gone, and tells what is left', async () => {
    const { client, cluster, tables, heard, ended } = setUp()
    const { tableId } = await client.tables.create({ name: 'people', partitions: 2 })
    const deleting = heard(({ regions }) => regions.length === 2)
    expect(await tables.drop(tableId)).toMatchObject({ kind: 'drop', tableId, total: 2, ready: 0 })
    expect((await deleting).regions[0]).toMatchObject({ regionId: 80_001, state: 'REGION_DELETING' })
    const oneLeft = heard(({ ready }) => ready === 1)
    cluster.regions.shift()
    expect((await oneLeft).regions).toMatchObject([{ regionId: 80_002 }])
    const end = ended()
    cluster.regions.shift()
    expect(await end).toMatchObject({ state: 'done', regions: [], ready: 2 })
    expect(await tables.tree()).toMatchObject([{ tables: [] }])
  })
})

describe('jobs', () => {
  it('of another cluster than the one that is open are not shown', async () => {
    const first = new FakeCluster()
    const clients = [first.client(), new FakeCluster().client()]
    const { clock } = first.network
    let open: number | undefined = 0
    const client = () => {
      const current = open === undefined ? undefined : clients[open]
      if (current === undefined) throw new SandboxError('SESSION_NOT_RUNNING', 'No cluster is open.')
      return current
    }
    const tables = new ClusterTableViews({ client, catalogue: new ClusterCatalogue(client, clock), clock })
    const { jobId } = await tables.create(DRAFT)
    expect(tables.jobs()).toMatchObject([{ jobId }])
    open = 1
    expect(tables.jobs()).toEqual([])
    open = undefined
    expect(tables.jobs()).toEqual([])
    tables.giveUp(jobId)
  })
})
