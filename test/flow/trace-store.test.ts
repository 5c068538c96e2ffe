import { describe, expect, it } from 'vitest'
import { TraceStore } from '../../src-main/flow/controller/trace-store'
import { stageEvent } from './stage-event'

const ofRegion = stageEvent({ nodeId: 20_001, operation: 'DropRegion', stage: 'region.validateDestroy' })
const ofTable = stageEvent({
  nodeId: 22_001,
  operation: 'DropTable',
  regionId: undefined,
  stage: 'service.validate',
})

describe('a trace of a table that is dropped', () => {
  it.each([
    ['the coordinator', [ofTable, ofRegion]],
    ['a store', [ofRegion, ofTable, { ...ofRegion, sequence: 2 }]],
  ])('is that of the table, about no single region, also if %s is heard of first', (_first, events) => {
    const store = new TraceStore()
    for (const each of events) store.add(each)
    expect(store.get('a1')).toMatchObject({ operation: 'DropTable', regionId: undefined })
  })
})

describe('a trace that has given way to newer ones', () => {
  const answered = (traceId: string) => stageEvent({ traceId, stage: 'service.respond' })
  const late = (traceId: string) => stageEvent({ traceId, nodeId: 2, stage: 'rawEngine.write' })

  it('is not begun anew by what a follower does late', () => {
    const store = new TraceStore({ traces: 2 })
    for (const traceId of ['a1', 'a2', 'a3']) store.add(answered(traceId))
    expect(store.add(late('a1'))).toBeUndefined()
    expect(store.traces.map(({ traceId }) => traceId)).toEqual(['a3', 'a2'])
  })

  it('goes on if it had not ended', () => {
    const store = new TraceStore({ traces: 2 })
    store.add(stageEvent({ traceId: 'a1', stage: 'service.validate' }))
    for (const traceId of ['a2', 'a3']) store.add(answered(traceId))
    store.add(late('a1'))
    expect(store.traces.map(({ traceId }) => traceId)).toEqual(['a1', 'a3'])
  })
})
