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
