import { describe, expect, it } from 'vitest'
import type { ClusterClient } from '../../../src-main/client/cluster-client'
import { TableJobs } from '../../../src-main/client/views/table-jobs'
import { SimulatedClock } from '../../../src-main/env/simulated'
import { FakeCluster } from '../support/fake-cluster'

const job = (client: ClusterClient, table: string) =>
  ({ client, kind: 'create', schema: 'DINGO', table, tableId: undefined, total: 1 }) as const

function setUp() {
  const clock = new SimulatedClock()
  return { clock, client: new FakeCluster().client(), jobs: new TableJobs(clock) }
}

describe('the jobs of tables', () => {
  it('are known for ten minutes after their end, the newest first', async () => {
    const { clock, client, jobs } = setUp()
    jobs.begin(job(client, 'a'), () => Promise.resolve())
    jobs.begin(job(client, 'b'), () => new Promise(() => undefined))
    await clock.advance(599_000)
    expect(jobs.of(client)).toMatchObject([
      { table: 'b', state: 'running', elapsedMs: 599_000 },
      { table: 'a', state: 'done', elapsedMs: 0 },
    ])
    await clock.advance(2_000)
    expect(jobs.of(client)).toMatchObject([{ table: 'b', state: 'running' }])
  })

  it('are fifty at most: those that ended go first', () => {
    const { client, jobs } = setUp()
    const waits = () => new Promise<void>(() => undefined)
    const { jobId } = jobs.begin(job(client, 'ended'), waits)
    jobs.begin(job(client, 'running'), waits)
    jobs.giveUp(jobId)
    for (let index = 0; index < 49; index++) jobs.begin(job(client, `later ${String(index)}`), waits)
    const known = jobs.of(client)
    expect(known).toHaveLength(50)
    expect(known.at(-1)).toMatchObject({ table: 'running', state: 'running' })
  })
})
