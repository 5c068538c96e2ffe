import type { FlowState, HoldView, TraceSummary, TraceView } from '../../../../src-main/flow/flow-views'
import type { StageDatum, StageEvent } from '../../../../src-main/flow/stage-event'
import type { StageName } from '../../../../src-main/flow/stages'
import { stageEvent } from '../../../flow/stage-event'

export const TRACE_ID = 'abcd'
export const LEADER = 20_002
export const FOLLOWERS = [20_001, 20_003] as const
const BEGAN_MS = 1_795_385_000_000

const sequences = new Map<number, number>()

/** A stage of the trace; each a millisecond behind the one before, taking half of it. */
export class SomeTrace {
  readonly stages: StageEvent[] = []

  constructor() {
    sequences.clear()
  }

  pass(stage: StageName, nodeId: number, given: Partial<StageEvent> = {}): StageEvent {
    const sequence = (sequences.get(nodeId) ?? 0) + 1
    sequences.set(nodeId, sequence)
    const startedAtMs = BEGAN_MS + this.stages.length
    const event = stageEvent({
      sequence,
      nodeId,
      stage,
      traceId: TRACE_ID,
      startedAtMs,
      endedAtMs: startedAtMs + 0.5,
      cause: { code: 'not.known', parameters: {}, sentence: `Why ${stage}.` },
      ...given,
    })
    this.stages.push(event)
    return event
  }

  view(given: Partial<TraceView> = {}): TraceView {
    return { summary: someSummary(), stages: this.stages, criticalPath: [], ahead: [], ...given }
  }
}

export function someSummary(given: Partial<TraceSummary> = {}): TraceSummary {
  return {
    traceId: TRACE_ID,
    operation: 'KvPut',
    regionId: 80_001,
    key: 'users/ada',
    startedAtMs: BEGAN_MS,
    durationMs: undefined,
    state: 'held',
    error: undefined,
    stageCount: 2,
    ...given,
  }
}

export function someHold(event: StageEvent, isMessage = false): HoldView {
  const stageId = `${event.nodeId}.${event.sequence}`
  return {
    holdId: stageId,
    traceId: TRACE_ID,
    stageId,
    stage: event.stage,
    nodeId: event.nodeId,
    regionId: event.regionId,
    sinceMs: event.startedAtMs,
    gateId: undefined,
    isMessage,
  }
}

export function someFlow(given: Partial<FlowState> = {}): FlowState {
  return {
    mode: 'all-stop',
    isFrozen: false,
    gates: [],
    holds: [],
    rule: { oneIn: 0, regionId: undefined, keys: undefined, operation: undefined },
    traces: [],
    ...given,
  }
}

export function datum(name: string, type: string, bytes: Uint8Array, json?: string): StageDatum {
  return { name, type, bytes, length: bytes.length, json }
}

/** A put up to the leader's commit: one follower has answered, what went to the other is under way. */
export function replicatedPut(): SomeTrace {
  const [near, far] = FOLLOWERS
  const trace = new SomeTrace()
  const entry = { regionId: 80_001, term: 2, index: 7 }
  trace.pass('client.kvPut', 0)
  trace.pass('service.validate', LEADER)
  trace.pass('raftNode.propose', LEADER, { entry })
  trace.pass('raft.send', LEADER, { entry, peerId: near, messageId: 'm1' })
  trace.pass('raft.send', LEADER, { entry, peerId: far, messageId: 'm2' })
  trace.pass('log.append', LEADER, { entry })
  trace.pass('log.record', LEADER, { entry })
  trace.pass('raft.receive', near, { entry, peerId: LEADER, messageId: 'm1' })
  trace.pass('log.append', near, { entry })
  trace.pass('raft.ack', near, { entry, peerId: LEADER })
  trace.pass('raftNode.commit', LEADER, { entry })
  return trace
}
