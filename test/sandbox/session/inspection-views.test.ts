import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { toHex } from '../../../src-main/client/key-bytes'
import { ClusterCatalogue } from '../../../src-main/client/views/cluster-catalogue'
import { ClusterMapsReader } from '../../../src-main/client/views/cluster-maps'
import { ClusterInspectionViews } from '../../../src-main/client/views/cluster-inspection-views'
import type { RegionRowsQuery } from '../../../src-main/client/views/region-rows'
import { requireCapabilityOfAll } from '../../support/capabilities'
import { RealCluster, keyOf, until } from '../cluster/real-cluster'

const cluster = new RealCluster({ mount: 'inline' })
const client = () => cluster.client
const clock = cluster.env.clock
const catalogue = new ClusterCatalogue(client, clock)
const maps = new ClusterMapsReader(client, catalogue, clock)
const views = new ClusterInspectionViews({ client, catalogue, maps, clock })
const everything: RegionRowsQuery = {
  text: '',
  concerns: [],
  tableId: undefined,
  storeId: undefined,
  sortBy: 'regionId',
  descending: false,
  groupBy: 'none',
  offset: 0,
  limit: 100,
}
let regionId = 0

describe('what the screens see of a real cluster', () => {
  requireCapabilityOfAll('rocksdb')

  beforeAll(async () => {
    await cluster.start()
    await cluster.client.tables.create({ name: 'users', partitions: 2 })
    regionId = await cluster.createRegion()
    await cluster.put('a', 'one')
    await until(async () => (await views.overview()).regionsWithLeader === 3)
    // Reported by heartbeats.
    await until(async () => (await views.overview()).tiles.every(({ term }) => (term ?? 0) > 0))
  })
  afterAll(() => cluster.remove())

  it('shows coordinators, stores and regions at a glance', async () => {
    const overview = await views.overview()
    expect(overview).toMatchObject({ regionCount: 3, tableCount: 1, error: undefined })
    expect(overview.coordinators.map(({ answers }) => answers)).toEqual([true, true, true])
    expect(overview.coordinators.filter(({ isLeader }) => isLeader)).toHaveLength(1)
    expect(overview.coordinators.every(({ term, raftAddress }) => (term ?? 0) > 0 && raftAddress !== '')).toBe(true)
    expect(overview.stores.map(({ ordinal, answers, state }) => [ordinal, answers, state])).toEqual(
      [1, 2, 3].map((ordinal) => [ordinal, true, 'STORE_NORMAL']),
    )
    expect(overview.tiles.map(({ tableName }) => tableName).sort()).toEqual(['users', 'users', undefined])
    expect(overview.concerns).toEqual({ 'no-leader': 0, degraded: 0, lagging: 0, 'epoch-differs': 0 })
  })

  it('lists regions, finds them by the name of their table and groups them', async () => {
    const page = await views.regionRows({ ...everything, text: 'USERS', groupBy: 'table' })
    expect(page).toMatchObject({ total: 2, all: 3, groups: [{ label: 'users', offset: 0, count: 2 }] })
    expect(page.rows[0]).toMatchObject({ tableName: 'users', state: 'REGION_NORMAL', raft: { state: 'STATE_LEADER' } })
    expect(page.stores.reduce((sum, { copies }) => sum + copies, 0)).toBe(6)
  })

  it('compares what the replicas of a region think', async () => {
    await until(async () => (await views.regionDetail(regionId)).differing.length === 0)
    const detail = await views.regionDetail(regionId)
    expect(detail.replicas.map(({ error, fields }) => [error, fields?.state])).toEqual([
      [undefined, 'NORMAL'],
      [undefined, 'NORMAL'],
      [undefined, 'NORMAL'],
    ])
    expect(detail.differing).toEqual([])
    const { startKey, endKey, row } = detail
    expect([startKey, endKey].map(({ text, bytes }) => ({ text, hex: toHex(bytes) }))).toEqual([
      row.startKey,
      row.endKey,
    ])
    expect(row.startKey.hex).toMatch(/^72/)
    const leaders = detail.replicas.filter(({ raft }) => raft?.state === 'STATE_LEADER')
    expect(leaders.map(({ raft }) => raft?.followers.length)).toEqual([2])
    // A follower may have learnt of the term without being asked for its vote.
    expect(leaders.map(({ raft }) => raft?.votedFor)).toEqual(leaders.map(({ storeId }) => storeId))
    for (const { record } of detail.replicas) {
      expect(record).toMatchObject({ key: `META_REGION_${String(regionId)}` })
      expect(JSON.parse(record?.json ?? '')).toMatchObject({ id: String(regionId), state: 'NORMAL' })
    }
    expect(detail.jobs[0]).toMatchObject({ isFinished: true })
    expect(detail.changes.length).toBeGreaterThan(0)
    expect(detail.changes.every(({ atMs }) => Math.abs((atMs ?? 0) - detail.takenAtMs) < 3_600_000)).toBe(true)
    expect(detail.peerStates.moves).toContainEqual({ from: 'NEW', to: 'NORMAL' })
  })

  it('shows a job with its tasks, and says of which there is none', async () => {
    const { jobs } = await views.regionDetail(regionId)
    const { jobId = 0, name } = jobs[0] ?? {}
    const job = await views.job(jobId)
    expect(job).toMatchObject({ jobId, name, isFinished: true, currentTask: undefined, regionIds: [regionId] })
    expect(job.createdAtMs).toBeLessThanOrEqual(job.finishedAtMs ?? 0)
    expect(job.tasks[0]?.commands.map(({ type, status, error }) => [type, status, error])).toEqual(
      [1, 2, 3].map(() => ['CMD_CREATE', 'STATUS_DONE', undefined]),
    )
    await expect(views.job(jobId + 1000)).rejects.toMatchObject({ code: 'CLIENT_NOT_FOUND' })
  })

  it('decodes the Raft log of a replica down to the bytes on disk', async () => {
    const storeId = await cluster.leaderOf(regionId)
    const log = await views.raftLog({ regionId, storeId, fromIndex: 0, limit: 500 })
    const put = log.entries.find(({ commands }) => commands.some(({ type }) => type === 'PUT'))
    expect(put).toMatchObject({ kind: 'normal', commands: [{ type: 'PUT' }] })
    expect(put?.commands[0]?.summary).toMatch(/^default: 0x722d746573742d2d61 @ \d+$|^default: r-test--a @ \d+$/)
    expect(log.entries.map(({ index }) => index)).toEqual(
      Array.from({ length: log.lastIndex - log.firstIndex + 1 }, (_, position) => log.firstIndex + position),
    )
    const { segment, offset = 0, recordBytes = 0 } = put ?? {}
    expect(log.segments.find(({ name }) => name === segment)?.bytes).toBeGreaterThanOrEqual(offset + recordBytes)

    const entry = await views.raftLogEntry({ regionId, storeId, index: put?.index ?? 0 })
    expect(entry.record?.length).toBe(recordBytes)
    expect(Buffer.from(entry.record ?? []).includes(Buffer.from(entry.data))).toBe(true)
    expect(JSON.parse(entry.json ?? '')).toMatchObject({ header: { regionId: String(regionId) } })
    const missing = views.raftLogEntry({ regionId, storeId, index: log.lastIndex + 1000 })
    await expect(missing).rejects.toMatchObject({ code: 'CLIENT_NOT_FOUND' })
  })

  it('follows a key through the engine: in the memtable, after a flush in a file', async () => {
    const storeId = await cluster.leaderOf(regionId)
    const key = { kind: 'raw', hex: Buffer.from(keyOf('a')).toString('hex') } as const
    const before = await views.locate(storeId, key)
    expect(before.places[0]).toMatchObject({ columnFamily: 'default', isDeletion: false, valueBytes: 3 })
    expect(before.places[0]?.storedKey.parts.at(-1)?.kind).toBe('timestamp')
    expect(before.places[0]?.path).toContainEqual({ place: 'memtable', level: undefined, file: undefined })
    await views.flush(storeId)
    const after = await views.locate(storeId, key)
    const steps = after.places[0]?.path ?? []
    expect(steps.some(({ place }) => place === 'file')).toBe(true)
    expect(steps.flatMap(({ file }) => file ?? [])).toEqual([expect.stringMatching(/^\d{6}\.sst$/)])
    const engine = await views.engine(storeId)
    expect(engine.columnFamilies.find(({ name }) => name === 'default')?.files).not.toEqual([])
    await views.compact(storeId, 'default')
  })

  it('shows what is left when a store and then all coordinators are gone', async () => {
    const [store] = (await views.overview()).stores
    const storeId = store?.storeId ?? 0
    await cluster.host.killNode(storeId)
    const overview = await views.overview()
    expect(overview.stores.map(({ answers }) => answers)).toEqual([false, true, true])
    const detail = await views.regionDetail(regionId)
    const lost = detail.replicas.find((replica) => replica.storeId === storeId)
    expect(lost).toMatchObject({ fields: undefined, raft: undefined, error: { code: 'RPC_UNAVAILABLE' } })
    expect(detail.replicas.filter(({ fields }) => fields !== undefined)).toHaveLength(2)

    const coordinators = cluster.host.nodes().filter(({ role }) => role === 'coordinator')
    await Promise.all(coordinators.map(({ nodeId }) => cluster.host.killNode(nodeId)))
    await until(async () => (await views.overview()).error !== undefined)
    const without = await views.overview()
    expect(without.coordinators.map(({ answers }) => answers)).toEqual([false, false, false])
    expect(without).toMatchObject({ regionCount: 3, tableCount: 1 })
  })
})
