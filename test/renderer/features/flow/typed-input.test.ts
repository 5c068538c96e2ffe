import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeKey } from '../../../../src-main/engine/mvcc/key-codec'
import { requestJson, toBase64 } from '../../../../src-renderer/data/composed-request'
import { jsonProblem } from '../../../../src-renderer/features/flow/compose/json-problem'
import { placeInCondition } from '../../../../src-renderer/features/flow/side/condition-problem'
import {
  draftOfForm,
  emptyGateForm,
  formOfGate,
  gateProblems,
} from '../../../../src-renderer/features/flow/side/gate-draft'
import { formOfKeys, keysOfForm, keysText, WHOLE_KEYS } from '../../../../src-renderer/features/flow/side/key-scope'
import { fieldChanges, treeOf } from '../../../../src-renderer/features/flow/variables/json-changes'
import { keyMarks, storedForm } from '../../../../src-renderer/features/flow/variables/key-marks'
import { tracedKey } from '../../../../src-renderer/features/flow/variables/traced-key'
import { datum, SomeTrace } from './some-trace'

const bytes = (text: string) => new TextEncoder().encode(text)

describe('the check of JSON', () => {
  it('says where the first thing is that cannot be read', () => {
    const at = (text: string) => {
      const problem = jsonProblem(text)
      return problem && [problem.code, problem.line, problem.column]
    }
    expect(at('{\n  "kv": { "key": "a", }\n}')).toEqual(['name', 2, 23])
    expect(at('{"a" 1}')).toEqual(['colon', 1, 6])
    expect(at('{"a": 1 "b": 2}')).toEqual(['comma', 1, 9])
    expect(at('{"a": }')).toEqual(['value', 1, 7])
    expect(at('{"a": "b}')).toEqual(['text-end', 1, 7])
    expect(at('{"a": -}')).toEqual(['number', 1, 7])
    expect(at('{} {}')).toEqual(['end', 1, 4])
    expect(at('')).toEqual(['value', 1, 1])
  })

  it('judges every text as the browser does', () => {
    const parses = (text: string) => {
      try {
        JSON.parse(text)
        return true
      } catch {
        // The answer that is asked for.
        return false
      }
    }
    fc.assert(
      fc.property(
        fc.json(),
        fc.nat(),
        fc.constantFrom('', ',', '}', '"', '1', '\\', ' ', '\n'),
        (text, place, sign) => {
          const at = place % (text.length + 1)
          for (const changed of [text, text.slice(0, at) + sign + text.slice(at), text.slice(0, at)]) {
            expect(jsonProblem(changed) === undefined).toBe(parses(changed))
          }
        },
      ),
    )
  })
})

describe('a composed request', () => {
  it('carries bytes as base64, and has the fields of its call', () => {
    const parts = { key: bytes('k'), value: bytes('v') }
    expect(JSON.parse(requestJson('KvPut', parts))).toEqual({ kv: { key: 'aw==', value: 'dg==' } })
    expect(JSON.parse(requestJson('KvGet', parts))).toEqual({ key: 'aw==' })
    expect(JSON.parse(requestJson('KvCompareAndSet', parts))).toMatchObject({ expectValue: '' })
    expect(JSON.parse(requestJson('KvPut', { ...parts, timeToLiveMs: 5 }))).toMatchObject({ ttl: '5' })
    expect(toBase64(Uint8Array.of(0, 255))).toBe('AP8=')
  })
})

describe('the key of an operation', () => {
  it('is found in its request, whatever the call is', () => {
    const found = (type: string, message: readonly number[]) => {
      const trace = new SomeTrace()
      trace.pass('service.validate', 1, {
        before: [datum('request', `dingodb.pb.store.${type}`, Uint8Array.from(message))],
      })
      return tracedKey(trace.stages)
    }
    const key = [...bytes('key')]
    // A varint field and a message before the one that is wanted.
    const head = [0x20, 0x96, 0x01, 0x12, 2, 8, 1]
    expect(found('KvGetRequest', [...head, 0x1a, 3, ...key])).toEqual(bytes('key'))
    expect(found('KvPutRequest', [...head, 0x1a, 5, 0x0a, 3, ...key])).toEqual(bytes('key'))
    expect(found('KvDeleteRangeRequest', [0x1a, 7, 0x0a, 5, 0x0a, 3, ...key])).toEqual(bytes('key'))
    expect(found('KvPutRequest', [0x1a, 200, 0x0a])).toBeUndefined()
  })

  it('is marked where it stands as it is, and where a raw engine holds it in groups', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 40 }),
        fc.uint8Array({ maxLength: 20 }),
        fc.uint8Array({ maxLength: 20 }),
        (key, before, after) => {
          expect(storedForm(key)).toEqual(encodeKey(key))
          for (const form of [key, encodeKey(key)]) {
            const [mark] = keyMarks(Uint8Array.from([...before, ...form, ...after]), key)
            expect(mark).toBeDefined()
            expect(mark?.start).toBeLessThanOrEqual(before.length)
          }
        },
      ),
    )
    expect(keyMarks(bytes('nothing here'), bytes('key'))).toEqual([])
  })
})

describe('fields that are not as before', () => {
  it('are told apart: changed in their place, or new', () => {
    const before = treeOf('{"region": 1, "key": "a"}')
    const after = treeOf('{"region": 2, "command": {"key": "a", "ts": "9"}}')
    if (before === undefined || after === undefined) throw new Error('Both are JSON.')
    expect([...fieldChanges([before], after)]).toEqual([
      ['$.region', 'changed'],
      ['$.command.ts', 'new'],
    ])
    expect(fieldChanges([], after).size).toBe(0)
  })
})

describe('the fields of a breakpoint', () => {
  it('becomes a gate and is made from one again', () => {
    const form = {
      ...emptyGateForm(),
      stage: 'log.sync' as const,
      nodeId: 20_001,
      prefix: '0x72',
      condition: ' index > 1 ',
    }
    const draft = draftOfForm(form, { prefixes: [Uint8Array.of(0x72)], table: undefined })
    expect(draft).toMatchObject({
      stage: 'log.sync',
      nodeId: 20_001,
      keys: { prefixes: [Uint8Array.of(0x72)] },
      condition: 'index > 1',
    })
    expect(draft.operation).toBeUndefined()
    expect(formOfGate({ ...draft, gateId: 'g1' })).toEqual({ ...form, condition: 'index > 1' })
  })

  it('means keys of a table by what they begin with in each partition, and keys of the store by their bytes', async () => {
    const asked: unknown[] = []
    const prefixesOf = (tableId: number, text: string) => {
      asked.push([tableId, text])
      return Promise.resolve({ tableName: 'users', prefixes: [Uint8Array.of(0x72, 1), Uint8Array.of(0x72, 2)] })
    }
    const ofTable = await keysOfForm({ tableId: 7, prefix: 'k1' }, prefixesOf)
    expect(ofTable).toEqual({
      prefixes: [Uint8Array.of(0x72, 1), Uint8Array.of(0x72, 2)],
      table: { tableId: 7, name: 'users', text: 'k1' },
    })
    expect(asked).toEqual([[7, 'k1']])
    expect(formOfKeys(ofTable)).toEqual({ tableId: 7, prefix: 'k1' })
    expect(ofTable && keysText(ofTable)).toBe('users/k1…')
    const whole = await keysOfForm({ tableId: WHOLE_KEYS, prefix: ' 0x7277 ' }, prefixesOf)
    expect(whole).toEqual({ prefixes: [Uint8Array.of(0x72, 0x77)], table: undefined })
    expect(whole && keysText(whole)).toBe('0x7277…')
    expect((await keysOfForm({ tableId: WHOLE_KEYS, prefix: 'w' }, prefixesOf))?.prefixes).toEqual([bytes('w')])
    expect(await keysOfForm({ tableId: WHOLE_KEYS, prefix: ' ' }, prefixesOf)).toBeUndefined()
    expect(asked).toHaveLength(1)
  })

  it('says which fields are wrong', () => {
    expect([...gateProblems({ ...emptyGateForm(), prefix: '0x7', regionId: 0, hitCount: NaN })].sort()).toEqual([
      'hitCount',
      'prefix',
      'regionId',
    ])
    expect(gateProblems({ ...emptyGateForm(), prefix: 'user' }).size).toBe(0)
  })

  it('marks the place in a condition that cannot be read', () => {
    expect(placeInCondition("index > 10 && noode == 'x'", 14)).toEqual({
      before: 'index > 10 && ',
      at: 'noode',
      after: " == 'x'",
    })
    expect(placeInCondition('index >', 7).at).toBe('\u00a0')
  })
})
