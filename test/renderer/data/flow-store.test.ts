import { flushPromises } from '@vue/test-utils'
import { createApp } from 'vue'
import { beforeEach, describe, expect, it } from 'vitest'
import type { FlowState, TraceOutline, TraceView } from '../../../src-main/flow/flow-views'
import type { StageEvent } from '../../../src-main/flow/stage-event'
import { useFlowStore } from '../../../src-renderer/data/flow-store'
import { FakeDoor } from '../support/fake-door'

let door: FakeDoor
let flow: ReturnType<typeof useFlowStore>

beforeEach(() => {
  door = new FakeDoor()
  const app = createApp({ render: () => null })
  app.use(door.plugin())
  flow = app.runWithContext(useFlowStore)
})

const state = (mode: FlowState['mode']) => ({ mode, holds: [], gates: [], traces: [] }) as unknown as FlowState
const stage = (sequence: number, heldMs = 0) =>
  ({ nodeId: 1, sequence, heldMs, endedAtMs: 10 * sequence + heldMs, after: [] }) as unknown as StageEvent
const around = { summary: { traceId: 'a1' }, criticalPath: [], ahead: [] }
const trace = (...stages: StageEvent[]) => ({ ...around, stages }) as unknown as TraceView
const outline = (...sequences: number[]) =>
  ({ ...around, order: sequences.map((each) => `1.${String(each)}`) }) as unknown as TraceOutline
const shown = () => flow.traces.get('a1')?.stages.map(({ sequence, heldMs }) => [sequence, heldMs])

describe('stepping as a page knows it', () => {
  it('is what was told last: an answer that comes later is older', async () => {
    let answer: (state: FlowState) => void = () => undefined
    door.answers.set('flow.state', () => new Promise<FlowState>((resolve) => (answer = resolve)))
    const loading = flow.load()
    flow.receive(state('non-stop'))
    answer(state('all-stop'))
    await loading
    expect(flow.state?.mode).toBe('non-stop')
  })

  it('keeps a trace that is open up to date: at once, and then in the host’s order', async () => {
    door.answers.set('flow.trace', () => trace(stage(1)))
    await flow.openTrace('a1')
    door.answers.set('flow.outline', () => outline(2, 1))
    flow.receiveStages({ traceId: 'a1', stages: [stage(1, 5), stage(2)] })
    expect(shown()).toEqual([
      [1, 5],
      [2, 0],
    ])
    await flushPromises()
    expect(shown()).toEqual([
      [2, 0],
      [1, 5],
    ])
    flow.receiveStages({ traceId: 'b2', stages: [stage(3)] })
    expect(flow.traces.size).toBe(1)
  })

  it('asks once more, and not more often, for the order of what came while it asked', async () => {
    door.answers.set('flow.trace', () => trace(stage(1)))
    await flow.openTrace('a1')
    door.answers.set('flow.outline', () => outline(5, 4, 3, 2, 1))
    for (let number = 2; number < 6; number++) flow.receiveStages({ traceId: 'a1', stages: [stage(number)] })
    await flushPromises()
    expect(door.calls.filter(({ procedure }) => procedure === 'flow.outline')).toHaveLength(2)
    expect(shown()?.map(([sequence]) => sequence)).toEqual([5, 4, 3, 2, 1])
  })

  it('leaves out of the order what is not told yet, and shows nothing anew that is as before', async () => {
    door.answers.set('flow.trace', () => trace(stage(1)))
    await flow.openTrace('a1')
    door.answers.set('flow.outline', () => outline(1, 2, 3))
    flow.receiveStages({ traceId: 'a1', stages: [stage(2)] })
    const atOnce = flow.traces.get('a1')
    await flushPromises()
    expect(flow.traces.get('a1')).toBe(atOnce)
    expect(shown()?.map(([sequence]) => sequence)).toEqual([1, 2])
  })

  it('loses nothing that is told while a trace is being opened, and keeps what is newer', async () => {
    let answer: (trace: TraceView) => void = () => undefined
    door.answers.set('flow.trace', () => new Promise<TraceView>((resolve) => (answer = resolve)))
    door.answers.set('flow.outline', () => outline(1, 2))
    const opening = flow.openTrace('a1')
    flow.receiveStages({ traceId: 'a1', stages: [stage(1), stage(2)] })
    answer(trace(stage(1, 5)))
    await opening
    expect(shown()).toEqual([
      [1, 5],
      [2, 0],
    ])
  })

  it('forgets a cluster that is gone, answers on their way included', async () => {
    let answer: (trace: TraceView) => void = () => undefined
    door.answers.set('flow.trace', () => new Promise<TraceView>((resolve) => (answer = resolve)))
    const opening = flow.openTrace('a1')
    flow.receive(state('all-stop'))
    flow.clear()
    answer(trace(stage(1)))
    await opening
    expect([flow.state, flow.traces.size]).toEqual([undefined, 0])
  })
})
