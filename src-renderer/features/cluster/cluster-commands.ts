import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import type { Command } from '../../app/commands/command'
import { provideCommands } from '../../app/commands/command-registry'
import { useNodeControlStore } from '../../data/node-control-store'
import type { NodeAction } from '../../data/node-control-store'
import { useOverviewStore } from '../../data/overview-store'
import { useSessionStore } from '../../data/session-store'
import { allNodes } from './cluster-picture'
import { refusalOf } from './node-actions'
import { useClusterPicture } from './use-cluster-picture'
import { useInspection } from './use-inspection'
import { useNodeMenu } from './use-node-menu'

const nodeCommands: ReadonlyArray<readonly [id: string, action: NodeAction]> = [
  ['cluster.startNode', 'start'],
  ['cluster.stopNode', 'stop'],
  ['cluster.restartNode', 'restart'],
  ['cluster.killNode', 'kill'],
  ['cluster.pauseNode', 'pause'],
  ['cluster.resumeNode', 'resume'],
]

/**
 * Offers what can be done to the cluster as commands, for as long as the caller lives. They act on what the inspector
 * shows, on whatever screen that is.
 */
export function useClusterCommands(): void {
  const { t } = useI18n()
  const session = useSessionStore()
  const overview = useOverviewStore()
  const control = useNodeControlStore()
  const { inspectedNodeId, inspectedRegionId } = useInspection()
  const { picture } = useClusterPicture()
  const { openLink } = useNodeMenu()

  const node = computed(() => allNodes(picture.value).find(({ nodeId }) => nodeId === inspectedNodeId.value))
  const leaderOfRegion = computed(
    () => overview.overview?.tiles.find(({ regionId }) => regionId === inspectedRegionId.value)?.leaderStoreId,
  )
  const leaderOfCoordinators = computed(() => picture.value.coordinators.find(({ isLeader }) => isLeader))

  const withoutCluster = () =>
    session.view?.capabilities.control === true ? undefined : t('cluster.command.noCluster')

  function whyNot(action: NodeAction): string | undefined {
    const view = session.view
    if (view === undefined || !view.capabilities.control) return t('cluster.command.noCluster')
    if (node.value === undefined) return t('cluster.command.chooseNode')
    const refusal = refusalOf(action, node.value.condition, view.capabilities)
    return refusal && t(`cluster.refusal.${refusal}`)
  }

  const linkCommand = (id: string, title: 'cutLink' | 'healLink', needsCut: boolean): Command => ({
    id,
    title: () => t(`cluster.command.${title}`),
    group: 'cluster',
    unavailable: () => {
      const cut = session.view?.cutLinks ?? []
      return (
        withoutCluster() ??
        (node.value === undefined ? t('cluster.command.chooseNode') : undefined) ??
        (needsCut && !cut.some(({ from, to }) => from === inspectedNodeId.value || to === inspectedNodeId.value)
          ? t('cluster.refusal.noCutLink')
          : undefined)
      )
    },
    run: () => {
      if (inspectedNodeId.value !== undefined) openLink(inspectedNodeId.value)
    },
  })

  provideCommands([
    ...nodeCommands.map(([id, action]): Command => ({
      id,
      title: () => t(`cluster.command.${action}`),
      group: 'cluster',
      unavailable: () => whyNot(action),
      run: () => (inspectedNodeId.value === undefined ? undefined : control.onNode(action, inspectedNodeId.value)),
    })),
    linkCommand('cluster.cutLink', 'cutLink', false),
    linkCommand('cluster.healLink', 'healLink', true),
    {
      id: 'cluster.healAll',
      title: () => t('cluster.command.healAll'),
      group: 'cluster',
      unavailable: () =>
        withoutCluster() ?? (session.view?.cutLinks.length === 0 ? t('cluster.refusal.nothingCut') : undefined),
      run: () => control.healAll(),
    },
    {
      id: 'cluster.killLeader',
      title: () => t('cluster.command.killLeader'),
      group: 'cluster',
      unavailable: () =>
        withoutCluster() ??
        (inspectedRegionId.value === undefined ? t('cluster.command.chooseRegion') : undefined) ??
        (leaderOfRegion.value === undefined ? t('cluster.command.noLeader') : undefined),
      run: () => (leaderOfRegion.value === undefined ? undefined : control.onNode('kill', leaderOfRegion.value)),
    },
    {
      id: 'cluster.killCoordinatorLeader',
      title: () => t('cluster.command.killCoordinatorLeader'),
      group: 'cluster',
      unavailable: () =>
        withoutCluster() ?? (leaderOfCoordinators.value === undefined ? t('cluster.command.noLeader') : undefined),
      run: () =>
        leaderOfCoordinators.value === undefined
          ? undefined
          : control.onNode('kill', leaderOfCoordinators.value.nodeId),
    },
  ])
}
