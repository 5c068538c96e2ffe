import { useI18n } from 'vue-i18n'
import { useRoute, useRouter } from 'vue-router'
import { nodeActions, useNodeControlStore } from '../../data/node-control-store'
import { useSessionStore } from '../../data/session-store'
import type { MenuItem } from '../../ui/menu-item'
import type { PictureNode } from './cluster-picture'
import { refusalOf } from './node-actions'

/** What can be done to a node from the picture; what cannot be done now is there too, with the reason. */
export function useNodeMenu() {
  const { t } = useI18n()
  const route = useRoute()
  const router = useRouter()
  const session = useSessionStore()
  const control = useNodeControlStore()

  /** Opens the dialog on links; which link it is about is kept in the address. */
  function openLink(first: number, second?: number): void {
    const link = second === undefined ? String(first) : `${first}-${second}`
    void router.push({ path: '/cluster', query: { ...(route.name === 'cluster' ? route.query : {}), link } })
  }

  function healLinksOf(nodeId: number): void {
    for (const { from, to } of session.view?.cutLinks ?? []) {
      if (from === nodeId || to === nodeId) void control.onLink('healLink', from, to, 'one-way')
    }
    for (const { from, to } of session.view?.delayedLinks ?? []) {
      if (from === nodeId || to === nodeId) void control.onDelay(0, from, to, 'one-way')
    }
  }

  function itemsOf(node: PictureNode): readonly MenuItem[] {
    const view = session.view
    if (view === undefined) return []
    const notOurs = view.capabilities.control ? undefined : t('cluster.refusal.notOurs')
    const isUnsound = [...view.cutLinks, ...view.delayedLinks].some(
      ({ from, to }) => from === node.nodeId || to === node.nodeId,
    )
    return [
      ...nodeActions.map((action) => {
        const refusal = refusalOf(action, node.condition, view.capabilities)
        return {
          id: action,
          label: t(`cluster.action.${action}`),
          run: () => void control.onNode(action, node.nodeId),
          danger: action === 'kill',
          separated: action === 'pause',
          disabledReason: refusal && t(`cluster.refusal.${refusal}`),
        }
      }),
      {
        id: 'link',
        label: t('cluster.action.link'),
        run: () => openLink(node.nodeId),
        separated: true,
        disabledReason: notOurs,
      },
      {
        id: 'healNode',
        label: t('cluster.action.healNode'),
        run: () => healLinksOf(node.nodeId),
        disabledReason: notOurs ?? (isUnsound ? undefined : t('cluster.refusal.noCutLink')),
      },
    ]
  }

  return { itemsOf, openLink }
}
