import { useI18n } from 'vue-i18n'
import { useOverviewStore } from '../../data/overview-store'
import { useSessionStore } from '../../data/session-store'
import { formatDurationMs } from '../../ui/format'
import { entityLabel } from '../../ui/entity-label'
import type { ClusterEvent } from './cluster-event'

/** An event as a sentence in the reader's language. */
export function useEventSentence() {
  const { t, locale } = useI18n()
  const overview = useOverviewStore()
  const session = useSessionStore()
  const store = (storeId: number) => entityLabel({ kind: 'store', storeId }, overview.overview)
  const node = (nodeId: number) => session.view?.nodes.find((each) => each.nodeId === nodeId)?.name ?? String(nodeId)

  return ({ what, entity }: ClusterEvent): string => {
    const name = entity === undefined ? '' : entityLabel(entity, overview.overview)
    switch (what.kind) {
      case 'phase':
        return t(`event.phase.${what.phase}`)
      case 'node':
        return t(`event.node.${what.state}`, { node: what.name })
      case 'linkCut':
      case 'linkHealed':
      case 'linkPrompt':
        return t(`event.${what.kind}`, { from: node(what.from), to: node(what.to) })
      case 'linkDelayed':
        return t('event.linkDelayed', {
          from: node(what.from),
          to: node(what.to),
          delay: formatDurationMs(what.delayMs, locale.value),
        })
      case 'warning':
        return what.message
      case 'regionLeader':
        return what.term === undefined
          ? t('event.regionLeaderWithoutTerm', { region: name, store: store(what.storeId) })
          : t('event.regionLeader', { region: name, store: store(what.storeId), term: what.term })
      case 'manyRegions':
        return t('event.manyRegions', { count: what.count })
      case 'noCoordinatorLeader':
        return t('event.noCoordinatorLeader')
      default:
        return t(`event.${what.kind}`, { name })
    }
  }
}
