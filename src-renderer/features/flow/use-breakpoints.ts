import { computed } from 'vue'
import type { ComputedRef } from 'vue'
import { useI18n } from 'vue-i18n'
import type { StageEvent } from '../../../src-main/flow/stage-event'
import { provideCommands } from '../../app/commands/command-registry'
import { useFlowActions } from '../../data/flow-control'
import { useFlowStore } from '../../data/flow-store'
import { plainGateAt } from './side/gate-draft'
import type { FlowLane } from './trace/lanes'

/**
 * Breakpoints as the pictures show them, and F9, which sets one at the chosen stage or takes it away.
 *
 * @param chosen the stage in view
 */
export function useBreakpoints(
  chosen: () => StageEvent | undefined,
  lanes: () => readonly FlowLane[],
): { readonly breakpoints: ComputedRef<ReadonlySet<string>>; readonly toggle: () => Promise<void> } {
  const { t } = useI18n()
  const flow = useFlowStore()
  const actions = useFlowActions()

  const breakpoints = computed<ReadonlySet<string>>(
    () =>
      new Set(
        (flow.state?.gates ?? []).flatMap(({ isEnabled, stage, nodeId }) => {
          if (!isEnabled || stage === undefined) return []
          return nodeId === undefined ? lanes().map((lane) => `${lane.nodeId} ${stage}`) : [`${nodeId} ${stage}`]
        }),
      ),
  )

  async function toggle(): Promise<void> {
    const event = chosen()
    if (event === undefined) return
    const { stage, nodeId } = event
    const known = plainGateAt(flow.state?.gates ?? [], stage, nodeId)
    if (known !== undefined) {
      await actions.removeGate(known.gateId)
      return
    }
    const anything = { regionId: undefined, operation: undefined, keys: undefined, messageType: undefined }
    await actions.addGate({ isEnabled: true, stage, nodeId, ...anything, condition: '', hitCount: 1 })
  }

  provideCommands([
    {
      id: 'flow.breakpoint',
      title: () => t('flow.command.breakpoint'),
      group: 'run',
      keys: ['F9'],
      unavailable: () => (chosen() === undefined ? t('flow.reason.noStage') : undefined),
      run: toggle,
    },
  ])

  return { breakpoints, toggle }
}
