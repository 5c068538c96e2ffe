import { describe, expect } from 'vitest'
import { Errno } from '../../rpc/generated/dingodb/error_pb'
import type { ConformanceTest } from './conformance-context'
import { DELETING, deleteKeys, expectErrno, NORMAL, put } from './conformance-context'

/** Regions come, go, change and stay apart. */
export function describeRegions(test: ConformanceTest): void {
  describe('regions', () => {
    test('of one store do not touch each other', async (context) => {
      const left = await context.addRegion(1, 'a', 'm')
      const right = await context.addRegion(2, 'm', 'z')
      await Promise.all([context.write(left, put({ b: 'left' })), context.write(right, put({ n: 'right' }))])
      expect(await context.pairs(left)).toEqual(['b=left'])
      expect(await context.pairs(right)).toEqual(['n=right'])
      const stores = context.fixture.storeIds
      await context.fixture.settle(Promise.all(stores.map((storeId) => context.engine(storeId).removeRegion(1))))
      await context.fixture.settle(Promise.all(stores.map((storeId) => context.engine(storeId).deleteData(left))))
      expect(await context.pairs(right)).toEqual(['n=right'])
      await context.write(right, put({ o: 'on' }))
      const reader = await context.reader(right)
      expect(await reader.versions(left.range)).toEqual([])
      expect(await reader.versions(right.range)).toHaveLength(2)
    })

    test('that are removed answer no more, and begin empty when they are founded again', async (context) => {
      const region = await context.addRegion()
      await context.write(region, put({ b: '1' }))
      const { storeIds } = context.fixture
      await expectErrno(context.engine(storeIds[0] as number).addRegion(region, region.peers), Errno.EREGION_EXIST)
      await expectErrno(context.engine(storeIds[0] as number).deleteData(region), Errno.EREGION_EXIST)
      for (const storeId of storeIds) await context.fixture.settle(context.engine(storeId).removeRegion(1))
      for (const storeId of storeIds) {
        const engine = context.engine(storeId)
        await expectErrno(engine.write(context.contextOf(region), { datums: [put({ b: '2' })] }), Errno.ERAFT_NOT_FOUND)
        await expectErrno(engine.newReader(context.contextOf(region)), Errno.ERAFT_NOT_FOUND)
        // What an earlier removal left is removed, and mostly that is nothing.
        await context.fixture.settle(engine.removeRegion(1))
        expect(engine.status(1)).toBeUndefined()
        await context.fixture.settle(engine.deleteData(region))
      }
      const again = await context.addRegion()
      expect(await context.pairs(again)).toEqual([])
      await context.write(again, put({ c: '1' }))
      expect(await context.pairs(again)).toEqual(['c=1'])
    })

    test('answer what is under way when they are removed', async (context) => {
      const region = await context.addRegion()
      const leader = context.engine(context.leader(region))
      const writes = Array.from({ length: 20 }, () =>
        leader.write(context.contextOf(region), { datums: [put({ b: '1' })] }),
      )
      const outcomes = Promise.allSettled(writes)
      await context.fixture.settle(leader.removeRegion(1))
      expect(await context.fixture.settle(outcomes)).toHaveLength(20)
    })

    test('that changed while a write was under way refuse it when its turn comes', async (context) => {
      const region = await context.addRegion()
      const late = context.write(region, put({ b: 'late' }))
      region.epoch = { confVersion: 1, version: 2 }
      await expectErrno(late, Errno.EREGION_VERSION)
      const last = context.write(region, put({ b: 'last' }))
      region.state = DELETING
      await expectErrno(last, Errno.EREGION_UNAVAILABLE)
      region.state = NORMAL
      expect(await context.pairs(region)).toEqual([])
      await context.write(region, put({ b: 'on' }))
      expect(await context.pairs(region)).toEqual(['b=on'])
    })

    test('keep what was acknowledged over an orderly restart', async (context) => {
      const region = await context.addRegion()
      await context.write(region, put({ b: '1', c: '1' }))
      const { ts } = await context.write(region, deleteKeys('c'))
      for (const storeId of context.fixture.storeIds) await context.restart(storeId, 'close')
      await context.fixture.until(() => context.leaderOf(region) !== undefined)
      expect(await context.pairs(region)).toEqual(['b=1'])
      for (const storeId of context.fixture.storeIds) context.fixture.skewTimestamps(storeId, -3_600_000)
      const after = await context.write(region, put({ b: '2' }))
      expect(after.ts).toBeGreaterThan(ts)
      expect(await context.pairs(region)).toEqual(['b=2'])
    })

    test('that nobody waits for any more are not written to', async (context) => {
      const region = await context.addRegion()
      const signal = AbortSignal.abort()
      const engine = context.engine(context.leader(region))
      const given = engine.write(context.contextOf(region, { signal }), { datums: [put({ b: '1' })] })
      await expect(given).rejects.toMatchObject({ code: 'CANCELLED' })
      expect(await context.pairs(region)).toEqual([])
    })
  })
}
