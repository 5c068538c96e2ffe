import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import type { TopicData } from '../../src-main/api/events/topics'
import type { SerializedSandboxError } from '../../src-main/base/sandbox-error'
import type { FlowState, HoldView, TraceView } from '../../src-main/flow/flow-views'
import type { StageEvent } from '../../src-main/flow/stage-event'
import { toDoorError, useDoorClient } from './door-client'
import { NewestQuestion } from './newest-question'

/** Stepping as the host last told it, and the traces that screens have open. */
export const useFlowStore = defineStore('flow', () => {
  const client = useDoorClient()
  const state = shallowRef<FlowState>()
  const error = shallowRef<SerializedSandboxError>()
  /** The traces that were opened, by their ids. */
  const traces = shallowRef<ReadonlyMap<string, TraceView>>(new Map())
  const holds = computed<readonly HoldView[]>(() => state.value?.holds ?? [])
  const stateQuestion = new NewestQuestion()
  /** Traces that are being read; `true` if there is news since, so that they have to be read once more. */
  const reading = new Map<string, boolean>()
  /** Grows with each cluster: answers about an earlier one are of no use. */
  let life = 0

  function receive(next: FlowState): void {
    stateQuestion.forget()
    state.value = next
    error.value = undefined
  }

  /** Takes over news of a trace that is open: at once as they came, and soon in the order of causes, which the host makes. */
  function receiveStages({ traceId, stages }: TopicData['flowStages']): void {
    const trace = traces.value.get(traceId)
    if (trace === undefined) return
    const known = new Set(trace.stages.map(idOf))
    const fresh = stages.filter((event) => !known.has(idOf(event)))
    keep({ ...trace, stages: merged(trace.stages, stages), ahead: stillAhead(trace.ahead, fresh) })
    void readTrace(traceId)
  }

  /** Asks the host for the state. What was known before stays until there is something newer. */
  async function load(): Promise<void> {
    const isNewest = stateQuestion.ask()
    try {
      const answer = await client.flow.state.query()
      if (isNewest()) receive(answer)
    } catch (thrown) {
      if (isNewest()) error.value = toDoorError(thrown)
    }
  }

  /** Reads a trace, and keeps it up to date until it is closed. @throws what the door throws */
  async function openTrace(traceId: string): Promise<void> {
    const asked = life
    const answer = await client.flow.trace.query({ traceId })
    if (asked === life) keep(answer)
  }

  /** The trace is not shown any more. */
  function closeTrace(traceId: string): void {
    const left = new Map(traces.value)
    left.delete(traceId)
    traces.value = left
  }

  /** Forgets everything: the cluster is closed, or another one is open. */
  function clear(): void {
    life += 1
    stateQuestion.forget()
    state.value = undefined
    error.value = undefined
    traces.value = new Map()
    reading.clear()
  }

  /** Events were missed: reads anew what is shown. */
  async function reload(): Promise<void> {
    await Promise.all([load(), ...[...traces.value.keys()].map(readTrace)])
  }

  /** One question at a time for each trace, however much comes meanwhile. */
  async function readTrace(traceId: string): Promise<void> {
    if (reading.has(traceId)) {
      reading.set(traceId, true)
      return
    }
    const asked = life
    do {
      reading.set(traceId, false)
      try {
        const answer = await client.flow.trace.query({ traceId })
        if (asked !== life) return
        // What came while it was under way may be newer than the answer.
        if (traces.value.has(traceId) && reading.get(traceId) === false) keep(answer)
      } catch {
        // It has given way to newer traces, or the host is lost, which the connection tells: what is shown stays.
        break
      }
    } while (reading.get(traceId) === true)
    if (asked === life) reading.delete(traceId)
  }

  function keep(trace: TraceView): void {
    const { traceId } = trace.summary
    const stages = withKnown(trace.stages, traces.value.get(traceId)?.stages ?? [])
    traces.value = new Map(traces.value).set(traceId, { ...trace, stages })
  }

  return { state, error, traces, holds, receive, receiveStages, load, openTrace, closeTrace, clear, reload }
})

/** Later states of known stages in their places, new ones at the end. */
function merged(known: readonly StageEvent[], news: readonly StageEvent[]): readonly StageEvent[] {
  const byId = new Map(known.map((event) => [idOf(event), event]))
  for (const event of news) byId.set(idOf(event), event)
  return [...byId.values()]
}

/** The stages, those that are as they were before as the same objects: only what is new is drawn. */
function withKnown(stages: readonly StageEvent[], known: readonly StageEvent[]): readonly StageEvent[] {
  const byId = new Map(known.map((event) => [idOf(event), event]))
  return stages.map((event) => {
    const before = byId.get(idOf(event))
    return before !== undefined && isSame(before, event) ? before : event
  })
}

/** A stage changes when it is let go on, and when it is left. */
const isSame = (one: StageEvent, other: StageEvent) =>
  one.endedAtMs === other.endedAtMs &&
  one.heldMs === other.heldMs &&
  one.after.length === other.after.length &&
  one.error?.code === other.error?.code

/** What is foretold, less what has come of it. */
function stillAhead(ahead: TraceView['ahead'], come: readonly StageEvent[]): TraceView['ahead'] {
  const left = [...ahead]
  for (const { stage, nodeId } of come) {
    const at = left.findIndex((each) => each.stage === stage && each.nodeId === nodeId)
    if (at !== -1) left.splice(at, 1)
  }
  return left
}

const idOf = ({ nodeId, sequence }: StageEvent) => `${String(nodeId)}.${String(sequence)}`
