import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { summaryOf, TraceStore } from '../../src-main/flow/controller/trace-store'
import type { StageEvent } from '../../src-main/flow/stage-event'
import { stageEvent } from './stage-event'

const COORDINATOR = 22_001
const error = { code: 'DINGODB_ERROR', message: 'The name is taken.', details: {} } as const

function stateAfter(events: readonly StageEvent[]) {
  const store = new TraceStore()
  for (const event of events) store.add(event)
  const { state, durationMs, error: failure } = summaryOf(store.get('a1'), false)
  return { state, durationMs, error: failure }
}

let sequence = 0
/** A stage that ended so many ms after the first. */
const passed = (nodeId: number, stage: StageEvent['stage'], atMs: number, more: Partial<StageEvent> = {}) =>
  stageEvent({ sequence: ++sequence, nodeId, stage, startedAtMs: 0, endedAtMs: atMs, ...more })
const ofTable = { operation: 'DropTable', regionId: undefined } as const
const committed = passed(COORDINATOR, 'coordinator.commitMeta', 1, ofTable)
const pushed = (storeId: number, regionId: number) =>
  passed(COORDINATOR, 'coordinator.pushRegionCmd', 2, {
    ...ofTable,
    peerId: storeId,
    cause: { code: 'coordinator.push', parameters: { command: 'CMD_DELETE', regionId, storeId }, sentence: 'Pushed.' },
  })
const onStore = (storeId: number, regionId: number, atMs: number) => [
  passed(storeId, 'region.validateDestroy', atMs - 1, { operation: 'DropRegion', regionId }),
  passed(storeId, 'region.reportDeleted', atMs, { operation: 'DropRegion', regionId }),
]

describe('a trace that nobody composed here', () => {
  it('of a call ends when its answer has left', () => {
    expect(stateAfter([passed(1, 'service.validate', 1)]).state).toBe('running')
    expect(stateAfter([passed(1, 'service.validate', 1), passed(1, 'service.respond', 5)])).toMatchObject({
      state: 'done',
      durationMs: 5,
    })
  })

  it('of a call that was refused ends with why, unless it was asked again elsewhere since', () => {
    const refused = passed(1, 'service.respond', 5, { error })
    expect(stateAfter([refused])).toMatchObject({ state: 'failed', durationMs: 5, error })
    const answered = passed(2, 'service.respond', 9)
    const done = { state: 'done', durationMs: 9, error: undefined }
    expect(stateAfter([refused, answered])).toEqual(done)
    expect(stateAfter([answered, refused])).toEqual(done)
  })

  it('of a drop ends when every store has carried out what it was told for each region', () => {
    const [firstTold, secondTold] = [pushed(1, 80_001), pushed(2, 80_001)]
    const told = [committed, firstTold, secondTold]
    expect(stateAfter([committed]).state).toBe('running')
    expect(stateAfter(told).state).toBe('running')
    const first = onStore(1, 80_001, 10)
    const second = onStore(2, 80_001, 25)
    expect(stateAfter([...told, ...first]).state).toBe('running')
    const done = { state: 'done', durationMs: 25, error: undefined }
    expect(stateAfter([...told, ...first, ...second])).toEqual(done)
    // Reports of several nodes come in any order.
    fc.assert(
      fc.property(fc.shuffledSubarray([...told, ...first, ...second], { minLength: 7, maxLength: 7 }), (events) => {
        expect(stateAfter(events)).toEqual(done)
      }),
    )
    // What one store does for the one region is nothing of the other.
    expect(stateAfter([...told, pushed(1, 80_002), ...first, ...second]).state).toBe('running')
  })

  it('of a drop goes on while a store has failed to carry it out, until it has', () => {
    const [begun] = onStore(1, 80_001, 9)
    const failed = passed(1, 'region.reportDeleted', 9, { operation: 'DropRegion', regionId: 80_001, error })
    const told = [committed, pushed(1, 80_001), begun ?? committed, failed]
    expect(stateAfter(told).state).toBe('running')
    expect(stateAfter([...told, ...onStore(1, 80_001, 30)])).toMatchObject({ state: 'done', durationMs: 30 })
  })

  it.each<StageEvent['stage']>(['region.reportDeleted', 'region.reportLeader', 'service.respond'])(
    'does not end at %s while that is held',
    (stage) => {
      const store = new TraceStore()
      const last = passed(1, stage, 10, { operation: 'DropRegion', regionId: 80_001 })
      const held = store.add({ ...last, endedAtMs: 8 }, { isHeld: true })!
      expect(summaryOf(held, true)).toMatchObject({ state: 'held', durationMs: undefined })
      store.add(last)
      expect(summaryOf(held, false)).toMatchObject({ state: 'done', durationMs: 10 })
    },
  )

  it('of a drop waits for all commands that were committed with it, also for those that are not pushed yet', () => {
    const committedTwo = { ...committed, cause: { ...committed.cause, parameters: { commands: 2 } } }
    const pushedLate = { ...pushed(2, 80_001), endedAtMs: 40 }
    const first = [committedTwo, pushed(1, 80_001), ...onStore(1, 80_001, 10)]
    expect(stateAfter(first).state).toBe('running')
    const all = [...first, pushedLate, ...onStore(2, 80_001, 50)]
    expect(stateAfter(all)).toMatchObject({ state: 'done', durationMs: 50 })
    expect(stateAfter([...all].reverse())).toMatchObject({ state: 'done', durationMs: 50 })
  })

  it('of a drop that has nothing to tell any store ends when it is committed', () => {
    const committedAlone = { ...committed, cause: { ...committed.cause, parameters: { commands: 0 } } }
    expect(stateAfter([committedAlone])).toMatchObject({ state: 'done', durationMs: 1 })
  })

  it('of a drop is under way again once a store tells that it failed after all', () => {
    const failed = passed(1, 'region.reportDeleted', 12, { operation: 'DropRegion', regionId: 80_001, error })
    expect(stateAfter([committed, pushed(1, 80_001), ...onStore(1, 80_001, 10), failed]).state).toBe('running')
  })

  it('of a creation that the coordinators refuse ends with why', () => {
    const refused = passed(COORDINATOR, 'coordinator.commitMeta', 4, { operation: 'CreateTable', error })
    expect(stateAfter([refused])).toMatchObject({ state: 'failed', durationMs: 4, error })
  })

  it('ends also if it has more stages than are kept', () => {
    const store = new TraceStore({ stages: 2 })
    for (const event of [committed, pushed(1, 80_001), ...onStore(1, 80_001, 10)]) store.add(event)
    expect(summaryOf(store.get('a1'), false).state).toBe('done')
  })
})

describe('a trace that was composed here', () => {
  it('ends when its client says so', () => {
    const store = new TraceStore()
    const start = { operation: 'KvPut', regionId: undefined, key: '', startedAtMs: 0 } as const
    const trace = store.begin('a1', start, { isComposed: true })
    store.add(passed(1, 'service.respond', 5))
    expect(summaryOf(trace, false).state).toBe('running')
  })
})
