import { computed } from 'vue'
import { useRoute } from 'vue-router'
import { useOverviewStore } from '../../data/overview-store'
import { useSessionStore } from '../../data/session-store'
import { clusterPicture } from './cluster-picture'

/** The cluster as this screen shows it, from the two stores that are told of it; the scope by table is in the address. */
export function useClusterPicture() {
  const route = useRoute()
  const session = useSessionStore()
  const overviewStore = useOverviewStore()

  const tableId = computed(() => {
    const table = Number(route.query['table'])
    return Number.isSafeInteger(table) && table > 0 ? table : undefined
  })
  const picture = computed(() =>
    clusterPicture({ nodes: session.view?.nodes ?? [] }, overviewStore.overview, tableId.value),
  )
  return { picture, tableId }
}
