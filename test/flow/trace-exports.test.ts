import { describe, expect, it } from 'vitest'
import { toMermaid } from '../../src-main/flow/controller/mermaid-export'
import { toOtlp } from '../../src-main/flow/controller/otlp-export'
import { TraceStore } from '../../src-main/flow/controller/trace-store'
import type { StageEvent } from '../../src-main/flow/stage-event'
import { stageEvent } from './stage-event'

const nameOf = (nodeId: number) => (nodeId === 0 ? 'client' : `store-${String(nodeId)}`)
const event = (given: Partial<StageEvent>) =>
  stageEvent({
    stage: 'raft.send',
    entry: { regionId: 80001, term: 2, index: 7 },
    peerId: 2,
    messageId: 'm1',
    startedAtMs: 1_795_385_000_000.25,
    endedAtMs: 1_795_385_000_003.5,
    heldMs: 2.5,
    cause: { code: 'x', parameters: {}, sentence: 'Entry 7; for a follower.' },
    ...given,
  })
const stages = [event({}), event({ nodeId: 2, stage: 'raft.receive', peerId: 1, heldMs: 0 })]

describe('a trace as it is exported', () => {
  it('has in OTLP a span a stage, in ns, with how long it was held', () => {
    const store = new TraceStore()
    for (const stage of stages) store.add(stage)
    const { resourceSpans } = JSON.parse(toOtlp(store.get('a1'), stages, nameOf)) as {
      resourceSpans: Array<{ scopeSpans: Array<{ spans: Array<Record<string, unknown>> }> }>
    }
    const spans = resourceSpans.map(({ scopeSpans }) => scopeSpans[0]?.spans ?? [])
    expect(spans.map(({ length }) => length)).toEqual([1, 1, 1])
    const [root, sent, received] = spans.flat()
    expect(sent).toMatchObject({
      name: 'raft.send',
      parentSpanId: root?.['spanId'],
      startTimeUnixNano: '1795385000000250000',
      endTimeUnixNano: '1795385000003500000',
    })
    const held = { key: 'dingodb.held_ms', value: { doubleValue: 2.5 } }
    expect(sent?.['attributes']).toContainEqual(held)
    expect(JSON.stringify(received)).not.toContain('held_ms')
  })

  it('has in Mermaid one arrow a message, from where it left', () => {
    expect(toMermaid(stages, nameOf).split('\n')).toEqual([
      'sequenceDiagram',
      '  participant n1 as store-1',
      '  participant n2 as store-2',
      '  n1->>n2: raft.send: Entry 7, for a follower.',
      '  Note over n2: raft.receive: Entry 7, for a follower.',
      '',
    ])
  })

  it('says what a person had become of a message', () => {
    const dropped = [event({ fate: 'dropped' })]
    expect(toMermaid(dropped, nameOf)).toContain('  n1-xn2: raft.send (dropped): Entry 7')
    const store = new TraceStore()
    for (const stage of dropped) store.add(stage)
    const attribute = { key: 'dingodb.message.fate', value: { stringValue: 'dropped' } }
    expect(JSON.stringify(JSON.parse(toOtlp(store.get('a1'), dropped, nameOf)))).toContain(JSON.stringify(attribute))
  })
})
