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
  it('leads soon after it was told to campaign, and tells of it once it takes writes', async () => {
    const events: string[] = []
    const fixture = await replicatedFixture({
      listener: (storeId) => ({
        leaderStarted: (regionId, term) =>
          events.push(`${String(storeId)} leads ${String(regionId)} in ${String(term)}`),
        leaderStopped: (regionId) => events.push(`${String(storeId)} led ${String(regionId)}`),
      }),
    })
    const peers = { voters: fixture.storeIds, learners: [] }
    for (const storeId of fixture.storeIds) await fixture.settle(fixture.engine(storeId).addRegion(region, peers))
    // When to ask is the store's affair: no replica does so by itself before its election timeout.
    await fixture.advance(900)
    expect(events).toEqual([])
    const begun = fixture.nowMs()
    fixture.engine(20002).campaign(1)
    await fixture.until(() => events.length > 0)
    expect(fixture.nowMs() - begun).toBeLessThan(100)
    expect(events).toEqual(['20002 leads 1 in 2'])
    const { moments } = await fixture.settle(fixture.engine(20002).write(context, write))
    const { proposedMs = 0, applyBeganMs = 0, storeWriteMs = 0, appliedMs = 0 } = moments ?? {}
    // The log was written and a follower answered between the two.
    expect(applyBeganMs).toBeGreaterThan(proposedMs)
    expect([applyBeganMs, storeWriteMs, appliedMs]).toEqual(
      [applyBeganMs, storeWriteMs, appliedMs].sort((a, b) => a - b),
    )
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
    fixture.engine(20001).campaign(1)
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

  it('refuses writes that wait with a replica that is taken down, not with a leader to look for', async () => {
    const fixture = await replicatedFixture()
    const peers = { voters: fixture.storeIds, learners: [] }
    for (const storeId of fixture.storeIds) await fixture.settle(fixture.engine(storeId).addRegion(region, peers))
    const engine = fixture.engine(20001)
    engine.campaign(1)
    await fixture.until(() => engine.status(1)?.raftState === 'STATE_LEADER')
    fixture.cutOff(20001)
    // Nothing of its term is applied, so they wait for that.
    const waiting = [1, 2, 3].map(() => errnoOfWork(engine.write(context, write)))
    await fixture.settle(engine.removeRegion(1))
    expect(await fixture.settle(Promise.all(waiting))).toEqual(waiting.map(() => Errno.ERAFT_NOT_FOUND))
    await fixture.dispose()
  })

  it('refuses what is too much at a time as such', async () => {
    const fixture = await replicatedFixture({ storeIds: [20001], settings: { maxWaitingBytes: 100 } })
    const engine = fixture.engine(20001)
    await fixture.settle(engine.addRegion(region, { voters: [20001], learners: [] }))
    await fixture.until(() => engine.status(1)?.raftState === 'STATE_LEADER')
    await fixture.settle(engine.write(context, write))
    const outcomes = [1, 2, 3].map(() => errnoOfWork(engine.write(context, write)))
    expect(await fixture.settle(Promise.all(outcomes))).toEqual([Errno.OK, Errno.EREQUEST_FULL, Errno.EREQUEST_FULL])
    await fixture.dispose()
  })

  it('says that the disk is full, loses nothing by it, and goes on when the region is added anew', async () => {
    const fixture = await replicatedFixture({ storeIds: [20001] })
    const engine = fixture.engine(20001)
    const peers = { voters: [20001], learners: [] }
    await fixture.settle(engine.addRegion(region, peers))
    await fixture.until(() => engine.status(1)?.raftState === 'STATE_LEADER')
    await fixture.settle(engine.write(context, write))
    const full = fixture.disk(20001).faults.add({ fault: { kind: 'fail', code: 'DISK_FULL' }, operations: ['write'] })
    // It is in the log as far as anybody knows.
    expect(await fixture.settle(errnoOfWork(engine.write(context, write)))).toBe(Errno.ERAFT_COMMITLOG)
    expect(await errnoOfWork(engine.write(context, write))).toBe(Errno.ESYSTEM_DISK_CAPACITY_FULL)
    expect(await errnoOfWork(engine.newReader(context))).toBe(Errno.ERAFT_NOTLEADER)
    expect(await fixture.settle(errnoOfWork(engine.addRegion(region, peers)))).toBe(Errno.ERAFT_INIT)
    expect(await errnoOfWork(engine.write(context, write))).toBe(Errno.ESYSTEM_DISK_CAPACITY_FULL)
    full.remove()
    await fixture.settle(engine.addRegion(region, peers))
    expect(await errnoOfWork(engine.addRegion(region, peers))).toBe(Errno.EREGION_EXIST)
    await fixture.until(() => engine.status(1)?.raftState === 'STATE_LEADER')
    const reader = await fixture.settle(engine.newReader(context))
    expect(await reader.kvGet(bytes('b'))).toEqual(bytes('1'))
    await fixture.settle(engine.write(context, write))
    await fixture.dispose()
  })

  it('removes what a removal left that did not come to its end', async () => {
    const fixture = await replicatedFixture({ storeIds: [20001] })
    await fixture.settle(fixture.engine(20001).addRegion(region, { voters: [20001], learners: [] }))
    await fixture.until(() => fixture.engine(20001).status(1)?.raftState === 'STATE_LEADER')
    fixture.disk(20001).faults.add({ fault: { kind: 'fail' }, operations: ['remove'], count: 1 })
    await expect(fixture.settle(fixture.engine(20001).removeRegion(1))).rejects.toMatchObject({ code: 'DISK_IO' })
    const files = () => [...fixture.disk(20001).visibleFiles().keys()].filter((path) => path.startsWith('/store/raft'))
    expect(files()).not.toEqual([])
    await fixture.restart(20001, 'crash')
    await fixture.settle(fixture.engine(20001).removeRegion(1))
    expect(files()).toEqual([])
    // And nothing comes back with a loss of power.
    await fixture.restart(20001, 'crash')
    expect(files()).toEqual([])
    await fixture.dispose()
  })
})
