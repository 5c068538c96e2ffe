import { computed } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { entityAddress, entityWord, parseEntityWord } from '../../app/navigation/entity'
import type { Entity } from '../../app/navigation/entity'

/** What the inspector shows, and the ways to show something else there. It is kept in the address. */
export function useInspection() {
  const route = useRoute()
  const router = useRouter()

  const inspected = computed<Entity | undefined>(() => {
    const word = route.query['inspect']
    return typeof word === 'string' ? parseEntityWord(word) : undefined
  })
  const inspectedNodeId = computed(() => {
    const entity = inspected.value
    if (entity?.kind === 'coordinator') return entity.nodeId
    return entity?.kind === 'store' ? entity.storeId : undefined
  })
  const inspectedRegionId = computed(() => (inspected.value?.kind === 'region' ? inspected.value.regionId : undefined))

  function inspect(entity: Entity): void {
    void router.push({ path: route.path, query: { ...route.query, inspect: entityWord(entity) } })
  }

  function openRegion(regionId: number): void {
    void router.push(entityAddress({ kind: 'region', regionId }))
  }

  return { inspected, inspectedNodeId, inspectedRegionId, inspect, openRegion }
}
