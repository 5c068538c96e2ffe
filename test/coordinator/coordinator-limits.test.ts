import { afterEach, describe, expect, it } from 'vitest'
import { CoordinatorService } from '../../src-main/rpc/generated/dingodb/coordinator_pb'
import { Errno } from '../../src-main/rpc/generated/dingodb/error_pb'
import { MetaService } from '../../src-main/rpc/generated/dingodb/meta_pb'
import { errorOf, SimulatedCoordinators } from './support/simulated-cluster'

const coordinator = CoordinatorService.method
const meta = MetaService.method

let cluster: SimulatedCoordinators

afterEach(async () => {
  await cluster.settled(cluster.stopAll())
})

describe('a change of the metadata that no log entry takes', () => {
  it('is refused in words, and those that came with it are carried out', async () => {
    cluster = new SimulatedCoordinators(1)
    await cluster.startAll()
    cluster.raft.maxCommandBytes = 10_000
    const leader = await cluster.leader()
    const answers = await cluster.settled(
      Promise.all([
        cluster.raw(leader, coordinator.createRegionId, { count: 2 }),
        cluster.raw(leader, meta.createSchema, { schemaName: 'x'.repeat(20_000) }),
        cluster.raw(leader, coordinator.createRegionId, { count: 2 }),
        cluster.raw(leader, meta.createSchema, { schemaName: 'small' }),
      ]),
    )
    const errnos = answers.map((answer) => Errno[errorOf(answer)?.errcode ?? Errno.OK])
    expect(errnos).toEqual(['OK', 'EILLEGAL_PARAMTETERS', 'OK', 'OK'])
    const { schemas } = await cluster.call(meta.getSchemas, {})
    expect(schemas.map(({ name }) => name).filter((name) => name.length > 100 || name === 'small')).toEqual(['small'])
    const { regionIds } = await cluster.call(coordinator.createRegionId, { count: 1 })
    expect(regionIds).toEqual([1005n])
  })
})
