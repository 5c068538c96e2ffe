import { describe, expect, it } from 'vitest'
import type { ClusterClient } from '../../../src-main/client/cluster-client'
import { ClusterCatalogue } from '../../../src-main/client/views/cluster-catalogue'
import { ClusterInspectionViews } from '../../../src-main/client/views/cluster-inspection-views'
import { ClusterMapsReader } from '../../../src-main/client/views/cluster-maps'
import { TableJobs } from '../../../src-main/client/views/table-jobs'
import { SimulatedClock } from '../../../src-main/env/simulated'

/** Coordinators that answer until they are told not to. */
function someCluster() {
  const world = { answers: true, looks: 0 }
  const answer = (value: unknown) => () => {
    if (!world.answers) return Promise.reject(new Error('nobody answers'))
    world.looks += 1
    return Promise.resolve(value)
  }
  const client = {
    inspection: {
      coordinatorMap: answer({}),
      storeMap: answer({ stores: [] }),
      regionMap: answer({ regions: [{ id: 80_001n, leaderStoreId: 0n }] }),
      storeMetrics: answer([]),
    },
    tables: { schemas: answer([]), list: answer([]) },
  } as unknown as ClusterClient
  return { world, client }
}

describe('what is known of a cluster', () => {
  it('is shown while nobody answers, and not kept when the cluster is closed', async () => {
    const clock = new SimulatedClock()
    const { world, client } = someCluster()
    const catalogue = new ClusterCatalogue(() => client, clock)
    const maps = new ClusterMapsReader(() => client, catalogue, clock)
    const views = new ClusterInspectionViews({ client: () => client, catalogue, maps, clock })
    expect((await views.overview()).regionCount).toBe(1)
    world.answers = false
    await clock.advance(10_000)
    expect(await views.overview()).toMatchObject({ regionCount: 1, error: { code: 'INTERNAL' } })
    for (const each of [catalogue, maps, views]) each.forget()
    await expect(views.overview()).rejects.toThrow('nobody answers')
  })

  it('keeps no jobs of it that have ended, and with them not the client', async () => {
    const clock = new SimulatedClock()
    const { client } = someCluster()
    const jobs = new TableJobs(clock)
    const job = { client, kind: 'create', schema: 'DINGO', tableId: undefined, total: 1 } as const
    jobs.begin({ ...job, table: 'ended' }, () => Promise.resolve())
    jobs.begin({ ...job, table: 'running' }, () => new Promise(() => undefined))
    await clock.settle()
    jobs.forgetEnded()
    expect(jobs.of(client).map(({ table }) => table)).toEqual(['running'])
  })
})
