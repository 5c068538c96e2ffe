import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import type { Command } from '../../app/commands/command'
import { provideCommands } from '../../app/commands/command-registry'
import { useNodeControlStore } from '../../data/node-control-store'
import { useOverviewStore } from '../../data/overview-store'
import { useSessionStore } from '../../data/session-store'
import { allNodes } from './cluster-picture'
import { useClusterPicture } from './use-cluster-picture'
import { useInspection } from './use-inspection'
import { useNodeMenu } from './use-node-menu'

/**
 * Offers as commands what can be done to links and leaders, for as long as the caller lives. They act on what the
 * inspector shows; the shell offers what can be done to the inspected node itself.
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

  const linkCommand = (id: string, title: 'cutLink' | 'delayLink' | 'healLink', needsCut: boolean): Command => ({
    id,
    title: () => t(`cluster.command.${title}`),
    group: 'cluster',
    unavailable: () => {
      const unsound = [...(session.view?.cutLinks ?? []), ...(session.view?.delayedLinks ?? [])]
      return (
        withoutCluster() ??
        (node.value === undefined ? t('cluster.command.chooseNode') : undefined) ??
        (needsCut && !unsound.some(({ from, to }) => from === inspectedNodeId.value || to === inspectedNodeId.value)
          ? t('cluster.refusal.noCutLink')
          : undefined)
      )
    },
    run: () => {
      if (inspectedNodeId.value !== undefined) openLink(inspectedNodeId.value)
    },
  })

  provideCommands([
    linkCommand('cluster.cutLink', 'cutLink', false),
    linkCommand('cluster.delayLink', 'delayLink', false),
    linkCommand('cluster.healLink', 'healLink', true),
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
