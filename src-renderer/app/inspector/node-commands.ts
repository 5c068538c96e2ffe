import { useI18n } from 'vue-i18n'
import { nodeActions, useNodeControlStore } from '../../data/node-control-store'
import type { NodeAction } from '../../data/node-control-store'
import { useOverviewStore } from '../../data/overview-store'
import { useSessionStore } from '../../data/session-store'
import { entityLabel } from '../../ui/entity-label'
import type { Command } from '../commands/command'
import { provideCommands } from '../commands/command-registry'
import type { Entity } from '../navigation/entity'

/** In which states the host takes an action (src-main/sandbox/cluster/cluster-node.ts). */
const POSSIBLE: Readonly<Record<NodeAction, readonly string[]>> = {
  start: ['stopped', 'killed', 'failed'],
  stop: ['running', 'starting', 'paused', 'failed'],
  restart: ['running', 'stopped', 'killed', 'failed', 'paused'],
  kill: ['running', 'starting', 'paused', 'stopping', 'failed'],
  pause: ['running'],
  resume: ['paused'],
}

/** The command that does something to the node that is inspected. */
export const nodeCommandId = (action: NodeAction): string => `cluster.${action}Node`

/** Offers what can be done to the node that is inspected, for as long as the calling component lives. */
export function provideNodeCommands(entity: () => Entity | undefined): void {
  const { t } = useI18n()
  const session = useSessionStore()
  const overview = useOverviewStore()
  const control = useNodeControlStore()

  const node = () => {
    const now = entity()
    if (now?.kind === 'store') return now.storeId
    return now?.kind === 'coordinator' ? now.nodeId : undefined
  }
  const title = (action: NodeAction) => {
    const now = entity()
    const name =
      node() === undefined || now === undefined ? t('inspector.theNode') : entityLabel(now, overview.overview)
    return t(`inspector.nodeAction.${action}`, { node: name })
  }
  function unavailable(action: NodeAction): string | undefined {
    const nodeId = node()
    const known = session.view?.nodes.find((each) => each.nodeId === nodeId)
    if (nodeId === undefined) return t('inspector.noNode')
    if (known === undefined || !session.view?.capabilities.control) return t('inspector.noControl')
    if ((action === 'pause' || action === 'resume') && !session.view.capabilities.pause) return t('inspector.noPause')
    return POSSIBLE[action].includes(known.state)
      ? undefined
      : t('inspector.wrongState', { state: t(`cluster.state.${known.state}`) })
  }

  provideCommands(
    nodeActions.map((action): Command => ({
      id: nodeCommandId(action),
      title: () => title(action),
      group: 'cluster',
      unavailable: () => unavailable(action),
      run: async () => {
        const nodeId = node()
        if (nodeId !== undefined) await control.onNode(action, nodeId)
      },
    })),
  )
}
