import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Door } from '../../src-main/api/door'
import { openDoor } from '../../src-main/api/door'
import { SHOWN_DATUM_BYTES } from '../../src-main/api/stage-shape'
import { transformer } from '../../src-main/api/transformer'
import type { TraceOutline, TraceView } from '../../src-main/flow/flow-views'
import type { StageEvent } from '../../src-main/flow/stage-event'
import { absentPart } from '../support/absent-part'
import type { SteppingControl } from '../../src-main/sandbox/stepping/stepping-control'
import { datum } from '../flow/flow-harness'
import { stageEvent } from '../flow/stage-event'
import { openTestSandbox } from '../support/test-sandbox'

let door: Door
let calls: unknown[][]

const stage = stageEvent({
  sequence: 17,
  nodeId: 20001,
  entry: { regionId: 80001, term: 1, index: 7 },
  before: [datum(SHOWN_DATUM_BYTES + 1), datum(10)],
})

beforeEach(async () => {
  calls = []
  const heard =
    (name: string) =>
    (...given: unknown[]) => {
      calls.push([name, ...given])
      return Promise.resolve()
    }
  const names = ['setMode', 'setRule', 'addGate', 'changeGate', 'removeGate', 'step', 'release', 'pause', 'continueAll']
  const world = await openTestSandbox()
  const stepping = absentPart<SteppingControl>({
    ...Object.fromEntries(names.map((name) => [name, heard(name)])),
    watch: () => () => undefined,
    onState: () => () => undefined,
    onStages: () => () => undefined,
    trace: () => ({ stages: [stage] }) as unknown as TraceView,
    outline: () => ({ order: ['20001.17'] }) as unknown as TraceOutline,
    stage: () => stage,
    run: (request, options) => {
      calls.push(['run', request, options])
      return Promise.resolve({ traceId: 'a1' })
    },
  })
  door = openDoor({
    sandbox: { ...world.sandbox, stepping },
    assets: () => Promise.resolve(undefined),
    report: () => undefined,
  })
})
afterEach(() => {
  door.close()
})

async function call(procedure: string, input?: unknown) {
  const body = input === undefined ? {} : { body: JSON.stringify(transformer.serialize(input)) }
  const headers = { 'content-type': 'application/json' }
  const response = await door.handle(
    new Request(`app://sandbox/api/flow.${procedure}`, { method: 'POST', headers, ...body }),
  )
  const answer = (await response.json()) as { result?: { data: string }; error?: string }
  return {
    data: answer.result && transformer.deserialize(answer.result.data),
    error: answer.error && (transformer.deserialize(answer.error) as { data: { error: unknown } }).data.error,
  }
}

const gate = { isEnabled: true, condition: '', hitCount: 1 }
const ofTable = { prefixes: [Uint8Array.of(1), Uint8Array.of(2)], table: { tableId: 80001, name: 'users', text: 'k' } }
const wholeGate = {
  ...gate,
  stage: undefined,
  nodeId: undefined,
  regionId: undefined,
  operation: undefined,
  keys: undefined,
  messageType: undefined,
}

describe('the procedures of stepping', () => {
  it.each([
    ['run', { operation: 'KvPut', json: '{}', step: true }, [{ operation: 'KvPut', json: '{}' }, { step: true }]],
    ['setMode', { mode: 'non-stop' }, ['non-stop']],
    [
      'setRule',
      { oneIn: 3, keys: { prefixes: [Uint8Array.of(1)] } },
      [
        {
          oneIn: 3,
          keys: { prefixes: [Uint8Array.of(1)], table: undefined },
          regionId: undefined,
          operation: undefined,
        },
      ],
    ],
    ['addGate', { ...gate, stage: 'log.sync' }, [{ ...wholeGate, stage: 'log.sync' }]],
    ['addGate', { ...gate, keys: ofTable }, [{ ...wholeGate, keys: ofTable }]],
    ['changeGate', { ...gate, gateId: 'gate-1' }, [{ ...wholeGate, gateId: 'gate-1' }]],
    ['removeGate', { gateId: 'gate-1' }, ['gate-1']],
    ['step', { holdId: '20001.17', kind: 'into' }, ['20001.17', 'into']],
    ['release', { holdId: '1.2', action: { kind: 'delay', delayMs: 5 } }, ['1.2', { kind: 'delay', delayMs: 5 }]],
    ['pause', undefined, []],
    ['continueAll', undefined, []],
  ])('%s hands on what it was given', async (procedure, input, given) => {
    expect((await call(procedure, input)).error).toBeUndefined()
    expect(calls).toEqual([[procedure, ...given]])
  })

  it.each([
    ['run', { operation: 'KvPuts', json: '{}', step: true }],
    ['addGate', { ...gate, stage: 'no.stage' }],
    ['addGate', { ...gate, hitCount: 0 }],
    ['addGate', { ...gate, more: 1 }],
    ['setMode', { mode: 'stop' }],
    ['setRule', { oneIn: -1 }],
    ['addGate', { ...gate, keys: { prefixes: [] } }],
    ['step', { holdId: '../etc', kind: 'over' }],
    ['step', { holdId: '1.2', kind: 'under' }],
    ['release', { holdId: '1.2', action: { kind: 'delay', delayMs: -5 } }],
    ['trace', { traceId: 'Not hex' }],
    ['outline', { traceId: 'Not hex' }],
    ['export', { traceId: 'a1', format: 'pdf' }],
  ])('%s refuses what makes no sense: %j', async (procedure, input) => {
    expect((await call(procedure, input)).error).toMatchObject({ code: 'INVALID_ARGUMENT' })
    expect(calls).toEqual([])
  })

  it('send the beginning of long data with a trace, and all of it with a stage', async () => {
    const { stages } = (await call('trace', { traceId: 'a1' })).data as TraceView
    expect(stages[0]?.before.map(({ bytes, length }) => [bytes.length, length])).toEqual([
      [SHOWN_DATUM_BYTES, SHOWN_DATUM_BYTES + 1],
      [10, 10],
    ])
    const whole = (await call('stage', { traceId: 'a1', stageId: '20001.17' })).data as StageEvent
    expect(whole.before[0]?.bytes).toHaveLength(SHOWN_DATUM_BYTES + 1)
    expect((await call('outline', { traceId: 'a1' })).data).toEqual({ order: ['20001.17'] })
  })

  it('are refused without a cluster', async () => {
    const world = await openTestSandbox()
    door = openDoor({ sandbox: world.sandbox, assets: () => Promise.resolve(undefined), report: () => undefined })
    expect((await call('pause')).error).toMatchObject({ code: 'SESSION_NOT_RUNNING' })
  })
})
