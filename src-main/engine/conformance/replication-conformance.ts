import { describe, expect } from 'vitest'
import { dingoErrorHints } from '../../rpc/dingo-error'
import { Errno } from '../../rpc/generated/dingodb/error_pb'
import type { ConformanceContext, ConformanceTest, TestRegion } from './conformance-context'
import { bytes, compareAndSet, expectErrno, put, text } from './conformance-context'

/** What more than one replica is for. Engines with one have nothing to keep here. */
export function describeReplication(test: ConformanceTest): void {
  const replicatedTest: ConformanceTest = (title, body) => {
    test(title, async (context) => {
      if (context.isReplicated) await body(context)
    })
  }

  describe('replication', () => {
    replicatedTest('brings every write to every store', async (context) => {
      const region = await context.addRegion()
      await context.write(region, put({ b: '1' }), compareAndSet({ b: ['1', '2'] }, true))
      await sameEverywhere(context, region)
      for (const storeId of context.fixture.storeIds) expect(await context.getLocal(storeId, region, 'b')).toBe('2')
    })

    replicatedTest('names the leader to who asks another store', async (context) => {
      const region = await context.addRegion()
      const leader = context.leader(region)
      const follower = otherStores(context, leader)[0] as number
      const write = context.writeOn(follower, region, put({ b: '1' }))
      await expectErrno(write, Errno.ERAFT_NOTLEADER)
      expect(await write.catch((error: unknown) => dingoErrorHints(error).storeId)).toBe(leader)
      for (const mode of ['read-index', 'lease', 'leader'] as const) {
        await expectErrno(context.readerOn(follower, region, mode), Errno.ERAFT_NOTLEADER)
      }
    })

    replicatedTest('hands leadership over', async (context) => {
      const region = await context.addRegion()
      await context.write(region, put({ b: '1' }))
      const leader = context.leader(region)
      const target = otherStores(context, leader)[0] as number
      await context.fixture.settle(context.engine(leader).transferLeader(region.id, target))
      await context.fixture.until(() => context.leaderOf(region) === target)
      await context.write(region, put({ c: '1' }))
      expect(await context.pairs(region)).toEqual(['b=1', 'c=1'])
      const toNobody = context.engine(target).transferLeader(region.id, 999)
      await expectErrno(context.fixture.settle(toNobody), Errno.ERAFT_TRANSFER_LEADER)
    })

    replicatedTest('does not know what becomes of a write whose leader is cut off', async (context) => {
      const region = await context.addRegion()
      await context.write(region, put({ a: 'first' }))
      const old = context.leader(region)
      const lost = context.engine(old).write(context.contextOf(region), { datums: [put({ b: 'lost' })] })
      context.fixture.cutOff(old)
      await expectErrno(context.fixture.settle(lost), Errno.ERAFT_COMMITLOG)
      await context.fixture.until(() => (context.leaderOf(region) ?? old) !== old)
      await context.write(region, put({ c: 'kept' }))
      context.fixture.heal()
      await sameEverywhere(context, region)
      expect(await context.getLocal(old, region, 'c')).toBe('kept')
      expect(await context.getLocal(old, region, 'b')).toBe(await context.get(region, 'b'))
    })

    replicatedTest(
      'reads stale data from a leader that is believed, not from one that proves itself',
      async (context) => {
        const region = await context.addRegion()
        await context.write(region, put({ b: 'old' }))
        const old = context.leader(region)
        context.fixture.cutOff(old)
        const believed = await context.engine(old).newReader(context.contextOf(region, { readMode: 'leader' }))
        const proving = context.engine(old).newReader(context.contextOf(region, { readMode: 'read-index' }))
        const refused = expectErrno(context.fixture.settle(proving), Errno.ERAFT_NOTLEADER)
        await context.fixture.until(() => (context.leaderOf(region) ?? old) !== old)
        await context.write(region, put({ b: 'new' }))
        expect(text(await believed.kvGet(bytes('b')))).toBe('old')
        await refused
        const local = await context.readerOn(old, region, 'local')
        expect(text(await local.kvGet(bytes('b')))).toBe('old')
      },
    )

    replicatedTest('lets a new leader write above all that its predecessors wrote', async (context) => {
      const region = await context.addRegion()
      const old = context.leader(region)
      // The old leader's clock runs an hour ahead; nothing but what it wrote tells the next one.
      context.fixture.skewTimestamps(old, 3_600_000)
      const first = await context.write(region, put({ b: 'old' }))
      // The others hold the entry and have not been told yet that it is committed.
      context.fixture.cutOff(old)
      await context.fixture.until(() => (context.leaderOf(region) ?? old) !== old)
      const second = await context.write(region, put({ b: 'new' }))
      expect(second.ts).toBeGreaterThan(first.ts)
      expect(await context.get(region, 'b')).toBe('new')
    })

    replicatedTest('keeps what was acknowledged when every store crashes', async (context) => {
      const region = await context.addRegion()
      await Promise.all(['b', 'c', 'd'].map((key) => context.write(region, put({ [key]: '1' }))))
      for (const storeId of context.fixture.storeIds) await context.restart(storeId, 'crash')
      await context.fixture.until(() => context.leaderOf(region) !== undefined)
      expect(await context.pairs(region)).toEqual(['b=1', 'c=1', 'd=1'])
      await sameEverywhere(context, region)
    })

    replicatedTest('brings a store that was away up by a snapshot', async (context) => {
      const region = await context.addRegion()
      const leader = context.leader(region)
      const away = otherStores(context, leader)[0] as number
      await context.write(region, put({ b: 'before' }))
      await sameEverywhere(context, region)
      context.fixture.cutOff(away)
      // More entries than a log keeps behind a snapshot.
      for (let round = 0; round < 30; round += 1) {
        await Promise.all(
          Array.from({ length: 40 }, (_, number) =>
            context.writeOn(leader, region, put({ [`k${String(number)}`]: String(round) })),
          ),
        )
      }
      await context.writeOn(leader, region, {
        kind: 'delete-range',
        ranges: [{ startKey: bytes('b'), endKey: bytes('c') }],
      })
      const saved = await context.fixture.settle(context.engine(leader).saveSnapshot(region.id))
      expect(saved).toBeGreaterThan(1000)
      expect(context.engine(leader).status(region.id)?.firstIndex).toBeGreaterThan(
        context.engine(away).status(region.id)?.lastIndex ?? 0,
      )
      context.fixture.heal()
      await sameEverywhere(context, region)
      expect(await context.getLocal(away, region, 'k7')).toBe('29')
      expect(await context.getLocal(away, region, 'b')).toBeUndefined()
      await context.restart(away, 'crash')
      await sameEverywhere(context, region)
      expect(await context.getLocal(away, region, 'k7')).toBe('29')
    })

    replicatedTest('answers writes without a quorum as unknown, and reads not at all', async (context) => {
      const region = await context.addRegion()
      await context.write(region, put({ b: '0' }))
      const leader = context.leader(region)
      context.fixture.cutOff(leader)
      await expectErrno(context.writeOn(leader, region, put({ b: '1' })), Errno.ERAFT_COMMITLOG)
      await expectErrno(context.writeOn(leader, region, put({ b: '2' })), Errno.ERAFT_NOTLEADER)
    })
  })
}

function otherStores(context: ConformanceContext, storeId: number): readonly number[] {
  return context.fixture.storeIds.filter((other) => other !== storeId)
}

/** Waits until every store has applied as much as the leader. */
async function sameEverywhere(context: ConformanceContext, region: TestRegion): Promise<void> {
  await context.fixture.until(() => {
    const leader = context.leaderOf(region)
    if (leader === undefined) return false
    const goal = context.engine(leader).status(region.id)?.lastIndex ?? Infinity
    return context.fixture.storeIds.every(
      (storeId) => (context.engine(storeId).status(region.id)?.knownAppliedIndex ?? 0) >= goal,
    )
  })
}
