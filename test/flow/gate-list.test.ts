import { describe, expect, it } from 'vitest'
import { GateList } from '../../src-main/flow/controller/gate-list'
import type { OperationName, StageName } from '../../src-main/flow/stages'
import { gate } from './flow-harness'

const never: ReadonlyArray<readonly [OperationName, StageName, string]> = [
  ['CreateTable', 'region.saveMeta', 'stores take part in it as CreateRegion; choose that operation'],
  ['DropTable', 'region.updateMeta', 'stores take part in it as DropRegion; choose that operation'],
  ['DropTable', 'coordinator.planRegions', 'choose another stage'],
  ['KvGet', 'log.append', 'choose another stage'],
  ['KvPut', 'rawEngine.get', 'choose another stage'],
]

describe('a breakpoint at a stage that its operation never comes by', () => {
  it.each(never)('is refused, with what to do instead: %s at %s', (operation, stage, instead) => {
    const gates = new GateList()
    const refusal = { code: 'INVALID_ARGUMENT', message: expect.stringContaining(instead) as string }
    expect(() => gates.add(gate({ operation, stage }))).toThrow(expect.objectContaining(refusal) as Error)
    const { gateId } = gates.add(gate({ operation }))
    expect(() => gates.change({ ...gate({ operation, stage }), gateId })).toThrow(
      expect.objectContaining(refusal) as Error,
    )
    expect(gates.all).toMatchObject([{ gateId, stage: undefined }])
  })

  it('is set for any operation, and for one that comes by', () => {
    const gates = new GateList()
    for (const [operation, stage] of [
      [undefined, 'region.saveMeta'],
      ['CreateRegion', 'region.saveMeta'],
      ['CreateTable', 'coordinator.pushRegionCmd'],
      ['KvBatchDelete', 'log.record'],
    ] as const) {
      gates.add(gate({ operation, stage }))
    }
    expect(gates.all).toHaveLength(4)
  })
})

describe('a breakpoint that is changed', () => {
  const keys = (first: number) => ({ prefixes: [Uint8Array.of(first)], table: undefined })

  it('keeps its hits while it matches the same', () => {
    const gates = new GateList()
    const { gateId } = gates.add(gate({ keys: keys(1) }))
    gates.count([[gateId, 3]])
    expect(gates.change({ ...gate({ keys: keys(1), isEnabled: false, hitCount: 5 }), gateId }).hits).toBe(3)
    expect(gates.change({ ...gate({ keys: keys(2) }), gateId }).hits).toBe(0)
  })
})
