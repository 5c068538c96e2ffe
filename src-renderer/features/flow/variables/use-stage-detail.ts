import { computed, shallowRef, watch } from 'vue'
import type { ComputedRef } from 'vue'
import type { StageDatum, StageEvent } from '../../../../src-main/flow/stage-event'
import { useDoorClient } from '../../../data/door-client'
import { NewestQuestion } from '../../../data/newest-question'
import { stageIdOf } from '../trace/stage-catalogue'

const isWhole = ({ bytes, length }: StageDatum) => bytes.length >= length

/**
 * A stage with its data whole. What the trace has of it is shown at once; what it has only the beginning of follows.
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
      if (event?.traceId === undefined || [...event.before, ...event.after].every(isWhole)) return
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
