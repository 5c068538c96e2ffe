import { describe, expect, it } from 'vitest'
import type { EngineRegion } from '../../../src-main/engine/engine-region'
import { errnoOf } from '../../../src-main/rpc/dingo-error'
import { Errno } from '../../../src-main/rpc/generated/dingodb/error_pb'
import { replicatedFixture } from '../support/replicated-fixture'

const bytes = (content: string) => new TextEncoder().encode(content)
const region: EngineRegion = {
  id: 1,
  epoch: { confVersion: 1, version: 1 },
  range: { startKey: bytes('a'), endKey: bytes('z') },
  state: { name: 'NORMAL', mayApply: true },
}
const context = { regionId: 1, epoch: region.epoch }
const write = { datums: [{ kind: 'put' as const, entries: [{ key: bytes('b'), value: bytes('1') }] }] }
const errnoOfWork = (work: Promise<unknown>) =>
  work.then(
    () => Errno.OK,
    (error: unknown) => errnoOf(error),
  )

describe('RaftKvEngine', () => {
  it('has a leader of a new region without waiting for an election timeout, and tells of it once it takes writes', async () => {
    const events: string[] = []
    const fixture = await replicatedFixture({
      listener: (storeId) => ({
        leaderStarted: (regionId, term) =>
          events.push(`${String(storeId)} leads ${String(regionId)} in ${String(term)}`),
        leaderStopped: (regionId) => events.push(`${String(storeId)} led ${String(regionId)}`),
      }),
    })
    // The first one named is to lead, whatever its id.
    const storeIds = [20002, 20003, 20001]
    const peers = { voters: storeIds, learners: [] }
    const begun = fixture.nowMs()
    // The first voter is there before the others, and what it sends them first is lost.
    for (const storeId of storeIds) {
      await fixture.settle(fixture.engine(storeId).addRegion(region, peers))
      await fixture.advance(30)
    }
    await fixture.until(() => events.length > 0)
    expect(fixture.nowMs() - begun).toBeLessThan(500)
    expect(events).toEqual(['20002 leads 1 in 2'])
    await fixture.settle(fixture.engine(20002).write(context, write))
    fixture.cutOff(20002)
    await fixture.until(() => events.length > 2)
    expect(events).toContain('20002 led 1')
    expect(fixture.failures).toEqual([])
    await fixture.dispose()
  })

  it('lets a write wait for a leader to become ready, no longer than it says', async () => {
    const fixture = await replicatedFixture({ leaderWaitMs: 300 })
    const peers = { voters: fixture.storeIds, learners: [] }
    await fixture.settle(
      Promise.all(fixture.storeIds.map((storeId) => fixture.engine(storeId).addRegion(region, peers))),
    )
    await fixture.until(() => fixture.engine(20001).status(1)?.raftState === 'STATE_LEADER')
    fixture.cutOff(20001)
    const begun = fixture.nowMs()
    const waiting = [1, 2, 3].map(() => errnoOfWork(fixture.engine(20001).write(context, write)))
    const believed = fixture.engine(20001).newReader({ ...context, readMode: 'leader' })
    expect(await errnoOfWork(believed)).toBe(Errno.ERAFT_NOT_CONSISTENT_READ)
    expect(await fixture.settle(Promise.all(waiting))).toEqual(waiting.map(() => Errno.ERAFT_NOTLEADER))
    expect(fixture.nowMs() - begun).toBeLessThan(600)
    await fixture.dispose()
  })

  it('refuses to open what cannot be opened, and opens it when it can', async () => {
    const fixture = await replicatedFixture({ storeIds: [20001] })
    const peers = { voters: [20001], learners: [] }
    const { engine, manager } = fixture.store(20001)
    await fixture.settle(manager.close())
    expect(await errnoOfWork(fixture.settle(engine.addRegion(region, peers)))).toBe(Errno.ERAFT_INIT)
    await fixture.restart(20001, 'crash')
    await fixture.settle(fixture.engine(20001).addRegion(region, peers))
    await fixture.until(() => fixture.engine(20001).status(1)?.raftState === 'STATE_LEADER')
    const { entry } = await fixture.settle(fixture.engine(20001).write(context, write))
    expect(entry?.index).toBeGreaterThan(1)
    await fixture.dispose()
  })
})
