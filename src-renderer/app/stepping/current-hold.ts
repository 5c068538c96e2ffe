import { computed } from 'vue'
import type { ComputedRef } from 'vue'
import { useRoute } from 'vue-router'
import type { HoldView } from '../../../src-main/flow/flow-views'
import { useFlowStore } from '../../data/flow-store'

/**
 * The held operation that the keys mean: on the Flow screen that of the trace in view (where several of its stages are held,
 * the chosen one), elsewhere the one that was held last.
 */
export function useCurrentHold(): ComputedRef<HoldView | undefined> {
  const flow = useFlowStore()
  const route = useRoute()
  return computed(() => {
    const { trace, stage } = route.path === '/flow' ? route.query : {}
    const holds = typeof trace === 'string' ? flow.holds.filter(({ traceId }) => traceId === trace) : flow.holds
    return holds.find(({ stageId }) => stageId === stage) ?? holds.at(-1)
  })
}
