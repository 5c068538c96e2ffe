import { watch } from 'vue'
import { useI18n } from 'vue-i18n'
import { useRoute } from 'vue-router'
import { useNodeControlStore } from '../data/node-control-store'
import { useOverviewStore } from '../data/overview-store'
import { entityLabel } from '../ui/entity-label'
import { notice } from './notice'

/**
 * Tells what a person asked of a node or a link in vain, on whichever screen that was. The screen Cluster tells it itself,
 * beside what succeeded.
 */
export function followDeeds(): void {
  const { t } = useI18n()
  const route = useRoute()
  const control = useNodeControlStore()
  const overview = useOverviewStore()

  const nameOf = (nodeId: number) => {
    const isStore = overview.storesById.has(nodeId)
    return entityLabel(
      isStore ? { kind: 'store', storeId: nodeId } : { kind: 'coordinator', nodeId },
      overview.overview,
    )
  }
  watch(
    () => control.deeds,
    (deeds, before) => {
      if (route.name === 'cluster') return
      const failed = deeds.findLast((deed) => deed.error !== undefined && !before.includes(deed))
      if (failed?.error === undefined) return
      const nodes = failed.nodeIds.map(nameOf).join(' – ')
      notice.value = { kind: 'error', title: t(`cluster.deed.${failed.action}.failed`, { nodes }), error: failed.error }
    },
  )
}
