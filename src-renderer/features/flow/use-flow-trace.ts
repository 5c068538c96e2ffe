import { computed, onScopeDispose, shallowRef, watch } from 'vue'
import type { SerializedSandboxError } from '../../../src-main/base/sandbox-error'
import type { StageEvent } from '../../../src-main/flow/stage-event'
import { toDoorError } from '../../data/door-client'
import { useFlowStore } from '../../data/flow-store'
import { useOverviewStore } from '../../data/overview-store'
import { useFlowAddress } from './flow-address'
import { lanesOf } from './trace/lanes'
import type { FlowLane } from './trace/lanes'
import { stageIdOf } from './trace/stage-catalogue'

/**
 * The trace in view and what is chosen of it. Without a choice in the address it is what is held, or the newest; and the
 * chosen stage is where the operation stands, so that stepping takes the eye along.
 */
export function useFlowTrace() {
  const flow = useFlowStore()
  const overview = useOverviewStore()
  const address = useFlowAddress()
  const error = shallowRef<SerializedSandboxError>()

  const traceId = computed(() => address.traceId.value ?? flow.holds.at(-1)?.traceId ?? flow.state?.traces[0]?.traceId)
  const trace = computed(() => (traceId.value === undefined ? undefined : flow.traces.get(traceId.value)))
  /** The state told by the topic is newer than that of the trace as it was read. */
  const summary = computed(
    () => flow.state?.traces.find((each) => each.traceId === traceId.value) ?? trace.value?.summary,
  )
  const holds = computed(() =>
    flow.holds.filter((hold) => hold.traceId !== undefined && hold.traceId === traceId.value),
  )
  const heldIds = computed<ReadonlySet<string>>(() => new Set(holds.value.map(({ stageId }) => stageId)))

  let before: readonly FlowLane[] = []
  const lanes = computed(() => {
    if (trace.value === undefined) return []
    const next = lanesOf(trace.value, overview.overview)
    // The same lanes stay the same object, so that nothing below is laid out anew for a heartbeat.
    const word = (lane: FlowLane) => `${lane.nodeId} ${lane.label} ${lane.isLeader}`
    if (next.length === before.length && next.every((lane, at) => word(lane) === word(before[at] as FlowLane))) {
      return before
    }
    return (before = next)
  })

  const stagesById = computed(
    () => new Map<string, StageEvent>(trace.value?.stages.map((event) => [stageIdOf(event), event])),
  )
  const chosenId = computed(() => {
    const wanted = address.stageId.value
    if (wanted !== undefined && stagesById.value.has(wanted)) return wanted
    const held = holds.value.at(-1)?.stageId
    if (held !== undefined && stagesById.value.has(held)) return held
    const last = trace.value?.stages.at(-1)
    return last && stageIdOf(last)
  })
  const chosen = computed(() => (chosenId.value === undefined ? undefined : stagesById.value.get(chosenId.value)))
  const hold = computed(() => holds.value.find(({ stageId }) => stageId === chosenId.value) ?? holds.value.at(-1))

  async function open(id: string): Promise<void> {
    error.value = undefined
    try {
      await flow.openTrace(id)
    } catch (thrown) {
      if (traceId.value === id) error.value = toDoorError(thrown)
    }
  }
  watch(
    traceId,
    (next, last) => {
      if (last !== undefined) flow.closeTrace(last)
      if (next !== undefined) void open(next)
    },
    { immediate: true },
  )
  onScopeDispose(() => {
    if (traceId.value !== undefined) flow.closeTrace(traceId.value)
  })

  function reload(): void {
    if (traceId.value !== undefined) void open(traceId.value)
  }

  return { traceId, trace, summary, holds, heldIds, hold, lanes, stagesById, chosenId, chosen, error, reload }
}

/** What {@link useFlowTrace} gives. */
export type FlowTrace = ReturnType<typeof useFlowTrace>
