import { create } from '@bufbuild/protobuf'
import { describe, expect, it } from 'vitest'
import { MetaDraft } from '../../src-main/coordinator/meta/meta-draft'
import { MetaStateMachine } from '../../src-main/coordinator/meta/meta-state-machine'
import { idEpochs, metaKey, parseMetaKey, regions, schemas } from '../../src-main/coordinator/meta/meta-table'
import { RawMemEngine } from '../../src-main/engine/raw/memory/raw-mem-engine'
import { SchemaInternalSchema } from '../../src-main/rpc/generated/dingodb/coordinator_internal_pb'
import { IdEpochType } from '../../src-main/rpc/generated/dingodb/coordinator_pb'

const confState = { voters: [1, 2, 3], votersOutgoing: [], learners: [4], learnersNext: [], autoLeave: false }
const entry = (index: number, data: Uint8Array, term = 1) => ({ index, term, type: 'EntryNormal', data }) as const

function openEngine(): Promise<RawMemEngine> {
  return RawMemEngine.open({ columnFamilies: ['meta'] })
}

/** An increment that adds a schema. */
function addSchema(
  machine: MetaStateMachine,
  id: number,
  baseIndex = machine.lastIncrementIndex,
  term = 1,
): Uint8Array {
  const draft = new MetaDraft(machine.state)
  draft.put(schemas, id, create(SchemaInternalSchema, { id: BigInt(id), name: `schema ${String(id)}` }))
  draft.countEpochs()
  return draft.toIncrement(term, baseIndex)
}

describe('the metadata state machine', () => {
  it('keeps rows and applied index together in the raw engine', async () => {
    const engine = await openEngine()
    const machine = await MetaStateMachine.open(engine)
    await machine.apply({ entries: [entry(2, addSchema(machine, 1_001))], confState })
    await machine.apply({ entries: [entry(3, new Uint8Array(0))], confState })
    const reopened = await MetaStateMachine.open(engine)
    expect(reopened.applied).toEqual({ last: { index: 3, term: 1 }, confState })
    expect(reopened.lastIncrementIndex).toBe(2)
    expect(reopened.state.get(schemas, 1_001)?.name).toBe('schema 1001')
    expect(reopened.state.get(idEpochs, IdEpochType.EPOCH_SCHEMA)?.value).toBe(1n)
    expect(await engine.get(new TextEncoder().encode('SCHEMA__1001'), { columnFamily: 'meta' })).toBeDefined()
  })

  it('refuses an increment that was computed on something else, and nothing of it takes effect', async () => {
    const machine = await MetaStateMachine.open(await openEngine())
    const first = addSchema(machine, 1_001)
    const second = addSchema(machine, 1_002)
    const results = await machine.apply({ entries: [entry(2, first), entry(3, second)], confState })
    expect(results).toEqual(['applied', 'stale'])
    expect(machine.state.list(schemas).map(({ id }) => id)).toEqual([1_001n])
    const ofOldTerm = addSchema(machine, 1_003, machine.lastIncrementIndex, 1)
    expect(await machine.apply({ entries: [entry(4, ofOldTerm, 2)], confState })).toEqual(['stale'])
    expect(machine.applied.last).toEqual({ index: 4, term: 2 })
  })

  it('is the same on another coordinator after a snapshot, and goes on from there', async () => {
    const source = await MetaStateMachine.open(await openEngine())
    for (let index = 2; index < 50; index += 1) {
      await source.apply({ entries: [entry(index, addSchema(source, 1_000 + index))], confState })
    }
    const snapshot = await source.createSnapshot()
    const next = addSchema(source, 2_000)
    await source.apply({ entries: [entry(50, next)], confState })

    const engine = await openEngine()
    const copy = await MetaStateMachine.open(engine)
    await copy.apply({ entries: [entry(2, addSchema(copy, 999))], confState })
    await copy.restoreSnapshot(snapshot.applied, snapshot.read())
    await snapshot.close()
    expect(copy.applied.last.index).toBe(49)
    expect(copy.state.get(schemas, 999)).toBeUndefined()
    expect(await copy.apply({ entries: [entry(50, next)], confState })).toEqual(['applied'])
    expect(copy.state.list(schemas)).toEqual(source.state.list(schemas))
    const reopened = await MetaStateMachine.open(engine)
    expect(reopened.state.list(schemas)).toEqual(source.state.list(schemas))
  })

  it('stops at a table that it does not know', async () => {
    const machine = await MetaStateMachine.open(await openEngine())
    const increment = addSchema(machine, 1_001)
    const text = Buffer.from(increment).toString('latin1').replace('SCHEMA_', 'UNKNOWN')
    await expect(machine.apply({ entries: [entry(2, Buffer.from(text, 'latin1'))], confState })).rejects.toMatchObject({
      code: 'INTERNAL',
    })
  })

  it('names keys as DingoDB does', () => {
    expect(new TextDecoder().decode(metaKey(regions.prefix, 1_001))).toBe('REGION__1001')
    expect(parseMetaKey(metaKey(regions.prefix, 1_001))).toEqual({ table: regions, key: 1_001 })
    expect(parseMetaKey(new TextEncoder().encode('APPLIED'))).toBeUndefined()
  })
})

describe('a draft', () => {
  it('shows what is planned on top of what is applied, and takes nothing over that failed', async () => {
    const machine = await MetaStateMachine.open(await openEngine())
    await machine.apply({ entries: [entry(2, addSchema(machine, 1_001))], confState })
    const outer = new MetaDraft(machine.state)
    const inner = new MetaDraft(outer)
    inner.delete(schemas, 1_001)
    inner.put(schemas, 1_000, create(SchemaInternalSchema, { id: 1_000n }))
    expect(inner.list(schemas).map(({ id }) => id)).toEqual([1_000n])
    expect(outer.isEmpty).toBe(true)
    outer.absorb(inner)
    expect(outer.get(schemas, 1_001)).toBeUndefined()
    expect(machine.state.get(schemas, 1_001)).toBeDefined()
  })
})
