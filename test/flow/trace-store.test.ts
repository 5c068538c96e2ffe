import { describe, expect, it } from 'vitest'
import { TraceStore } from '../../src-main/flow/controller/trace-store'
import type { StageEvent } from '../../src-main/flow/stage-event'

const event = (fields: Partial<StageEvent>): StageEvent => ({
  sequence: 1,
  nodeId: 20_001,
  stage: 'region.validateDestroy',
  traceId: 'a1',
  operation: 'DropRegion',
  regionId: 80_001,
  entry: undefined,
  peerId: undefined,
  messageId: undefined,
  startedAtMs: 1,
  endedAtMs: 2,
  heldMs: 0,
  fate: undefined,
  before: [],
  after: [],
  cause: { code: 'x', parameters: {}, sentence: 'Why.' },
  error: undefined,
  ...fields,
})
const ofTable = event({ nodeId: 22_001, operation: 'DropTable', regionId: undefined, stage: 'service.validate' })

describe('a trace of a table that is dropped', () => {
  it.each([
    ['the coordinator', [ofTable, event({})]],
    ['a store', [event({}), ofTable, event({ sequence: 2 })]],
  ])('is that of the table, about no single region, also if %s is heard of first', (_first, events) => {
    const store = new TraceStore()
    for (const each of events) store.add(each)
    expect(store.get('a1')).toMatchObject({ operation: 'DropTable', regionId: undefined })
  })
})
