import type { DoorOfPage } from './door-of-page'
import { until } from './until'

const column = (name: string, sqlType: string, isKey = false) => ({ name, sqlType, nullable: !isKey, isKey })

/** What a shop might keep: one table by range, one by hash. */
const drafts = [
  {
    name: 'users',
    columns: [column('id', 'VARCHAR', true), column('name', 'VARCHAR'), column('age', 'INTEGER')],
    partitioning: { kind: 'range' as const, boundaries: ['user-0100', 'user-0200'] },
    engine: 'raft' as const,
  },
  {
    name: 'orders',
    columns: [column('id', 'BIGINT', true), column('user', 'VARCHAR'), column('total', 'DOUBLE')],
    partitioning: { kind: 'hash' as const, count: 4 },
    engine: 'raft' as const,
  },
]

const numbered = (name: string, at: number) => `${name}-${String(at).padStart(4, '0')}`
const bytes = (text: string) => new TextEncoder().encode(text)

/** The ids of what {@link fillCluster} made. */
export interface DemoCluster {
  readonly tableIds: Readonly<Record<'users' | 'orders', number>>
  /** Of `users`, in key order. */
  readonly regionIds: readonly number[]
  /** A key of `users`, in hex. */
  readonly keyHex: string
}

/** Waits for the cluster, creates tables and writes pairs. @param pairs how many, in all tables together */
export async function fillCluster(door: DoorOfPage, pairs: number): Promise<DemoCluster> {
  await until('the cluster runs', async () => (await door.session.get.query()).phase === 'running')
  for (const draft of drafts) await door.tables.create.mutate({ ...draft, schema: 'DINGO' })
  await until('both tables are made', async () =>
    (await door.tables.jobs.query()).every(({ state }) => state === 'done'),
  )
  const known = await door.tables.jobs.query()
  const tableId = (name: string) => known.find(({ table }) => table === name)?.tableId ?? 0
  const tableIds = { users: tableId('users'), orders: tableId('orders') }
  const writes = Array.from({ length: pairs }, (_none, at) => {
    const isUser = at % 2 === 0
    const text = isUser ? numbered('user', at) : numbered('order', at)
    const value = isUser
      ? JSON.stringify({ name: `User ${String(at)}`, age: 20 + (at % 60) })
      : `total ${String(at)}.00`
    const key = { kind: 'table' as const, tableId: isUser ? tableIds.users : tableIds.orders, text }
    return () => door.keyspace.put.mutate({ key, value: bytes(value) })
  })
  // A few at a time, as a person's programs would.
  const BATCH = 16
  for (let at = 0; at < writes.length; at += BATCH) {
    await Promise.all(writes.slice(at, at + BATCH).map((write) => write()))
  }
  const detail = await door.tables.detail.query({ tableId: tableIds.users })
  const first = await door.keyspace.resolve.query({
    key: { kind: 'table', tableId: tableIds.users, text: numbered('user', 0) },
  })
  return {
    tableIds,
    regionIds: detail.partitions.flatMap(({ regionId }) => (regionId === undefined ? [] : [regionId])),
    keyHex: Buffer.from(first.bytes).toString('hex'),
  }
}

/** Waits for the cluster and makes a table of one region, which is all that one operation needs. */
export async function makeSmallTable(
  door: DoorOfPage,
): Promise<{ readonly tableId: number; readonly regionId: number }> {
  await until('the cluster runs', async () => (await door.session.get.query()).phase === 'running')
  const { jobId } = await door.tables.create.mutate({
    name: 'demo',
    schema: 'DINGO',
    columns: [column('id', 'VARCHAR', true), column('name', 'VARCHAR')],
    partitioning: { kind: 'range', boundaries: [] },
    engine: 'raft',
  })
  const job = async () => (await door.tables.jobs.query()).find((each) => each.jobId === jobId)
  await until('the table is made', async () => (await job())?.state === 'done')
  const tableId = (await job())?.tableId ?? 0
  const regionId = (await door.tables.detail.query({ tableId })).partitions[0]?.regionId ?? 0
  return { tableId, regionId }
}
