import { computed, shallowRef, watch } from 'vue'
import type { ComputedRef } from 'vue'
import type { StageEvent } from '../../../../src-main/flow/stage-event'
import { useDoorClient } from '../../../data/door-client'
import { NewestQuestion } from '../../../data/newest-question'
import { stageIdOf } from '../trace/stage-catalogue'

/**
 * A stage with its data whole. What the trace has of it is shown at once; the rest follows.
 *
 * @param known the stage as the trace has it
 */
export function useStageDetail(known: () => StageEvent | undefined): ComputedRef<StageEvent | undefined> {
  const { flow } = useDoorClient()
  const question = new NewestQuestion()
  const whole = shallowRef<{ readonly of: StageEvent; readonly event: StageEvent }>()

  watch(
    known,
    async (event) => {
      const counts = question.ask()
      if (event?.traceId === undefined) return
      try {
        const answer = await flow.stage.query({ traceId: event.traceId, stageId: stageIdOf(event) })
        if (counts()) whole.value = { of: event, event: answer }
      } catch {
        // The trace has given way to newer ones, or the host is away, which the shell tells: what is known is shown.
      }
    },
    { immediate: true },
  )

  return computed(() => {
    const event = known()
    return whole.value !== undefined && whole.value.of === event ? whole.value.event : event
  })
}
