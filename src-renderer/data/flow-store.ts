import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import type { TopicData } from '../../src-main/api/events/topics'
import type { SerializedSandboxError } from '../../src-main/base/sandbox-error'
import type { FlowState, HoldView, TraceOutline, TraceView } from '../../src-main/flow/flow-views'
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
  /** Traces whose order is being asked for; `true` if there is news since, so that it has to be asked for once more. */
  const ordering = new Map<string, boolean>()
  /** Traces that are being opened, with the stages that were told meanwhile. */
  const opening = new Map<string, StageEvent[]>()
  /** Grows with each cluster: answers about an earlier one are of no use. */
  let life = 0

  function receive(next: FlowState): void {
    stateQuestion.forget()
    state.value = next
    error.value = undefined
  }

  /**
   * Takes over news of a trace that is open: at once as they came, and soon in the order of causes, which the host makes.
   * Stages are told once and not asked for again, because their data is large.
   */
  function receiveStages({ traceId, stages }: TopicData['flowStages']): void {
    opening.get(traceId)?.push(...stages)
    const trace = traces.value.get(traceId)
    if (trace === undefined) return
    const known = new Set(trace.stages.map(idOf))
    const fresh = stages.filter((event) => !known.has(idOf(event)))
    keep({ ...trace, stages: merged(trace.stages, stages), ahead: stillAhead(trace.ahead, fresh) })
    void readOrder(traceId)
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
    const news: StageEvent[] = []
    opening.set(traceId, news)
    try {
      const answer = await client.flow.trace.query({ traceId })
      if (asked !== life) return
      keep({ ...answer, stages: merged(answer.stages, news) })
      if (news.length > 0) void readOrder(traceId)
    } finally {
      if (opening.get(traceId) === news) opening.delete(traceId)
    }
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
    ordering.clear()
    opening.clear()
  }

  /** Events were missed: reads anew what is shown. */
  async function reload(): Promise<void> {
    await Promise.all([load(), ...[...traces.value.keys()].map(readTrace)])
  }

  /** Reads a trace that is open anew: of its stages some are not known. */
  async function readTrace(traceId: string): Promise<void> {
    const asked = life
    try {
      const answer = await client.flow.trace.query({ traceId })
      if (asked === life && traces.value.has(traceId)) keep(answer)
    } catch {
      // It has given way to newer traces, or the host is lost, which the connection tells: what is shown stays.
    }
  }

  /** One question at a time for each trace, however much comes meanwhile. */
  async function readOrder(traceId: string): Promise<void> {
    if (ordering.has(traceId)) {
      ordering.set(traceId, true)
      return
    }
    const asked = life
    do {
      ordering.set(traceId, false)
      try {
        const outline = await client.flow.outline.query({ traceId })
        if (asked !== life) return
        const trace = traces.value.get(traceId)
        // What came while it was under way may be newer than the answer.
        if (trace !== undefined && ordering.get(traceId) === false) arrange(trace, outline)
      } catch {
        // As above.
        break
      }
    } while (ordering.get(traceId) === true)
    if (asked === life) ordering.delete(traceId)
  }

  /** Puts what is known of a trace in order. What is as it was is not shown anew. */
  function arrange(trace: TraceView, { order, ...outline }: TraceOutline): void {
    const byId = new Map(trace.stages.map((event) => [idOf(event), event]))
    // News of a stage that is not known yet is on its way.
    const stages = order.flatMap((id) => byId.get(id) ?? [])
    const isAsBefore =
      stages.length === trace.stages.length &&
      stages.every((event, at) => event === trace.stages[at]) &&
      sameList(outline.criticalPath, trace.criticalPath) &&
      sameList(outline.ahead.map(wordOf), trace.ahead.map(wordOf))
    if (!isAsBefore) keep({ ...outline, stages })
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
  for (const event of news) {
    const before = byId.get(idOf(event))
    // An answer may have overtaken the news of what it holds already.
    if (before === undefined || before.endedAtMs <= event.endedAtMs) byId.set(idOf(event), event)
  }
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

const sameList = (one: readonly string[], other: readonly string[]) =>
  one.length === other.length && one.every((word, at) => word === other[at])

const wordOf = ({ stage, nodeId }: TraceView['ahead'][number]) => `${String(nodeId)} ${stage}`
