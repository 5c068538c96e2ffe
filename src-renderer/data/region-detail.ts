import { onActivated, onDeactivated, ref, shallowRef, watch } from 'vue'
import type { SerializedSandboxError } from '../../src-main/base/sandbox-error'
import type { ClusterOverview, RegionTile } from '../../src-main/client/views/overview'
import type { RegionDetail } from '../../src-main/client/views/region-detail'
import { toDoorError, useDoorClient } from './door-client'
import { onceOld } from './host-age'
import { useOverviewStore } from './overview-store'

/** How old the detail may become: what an overview does not tell, such as positions in the log, moves on as well. */
const OLD_MS = 3_000

/**
 * One region from all sides, for as long as the component lives that calls this. Read anew when an overview tells
 * something else of the region, and when it has become old; not while the component is not shown.
 */
export function useRegionDetail(regionId: number) {
  const client = useDoorClient()
  const overview = useOverviewStore()
  /** The newest that is known; of a region that is gone, the last. */
  const detail = shallowRef<RegionDetail>()
  const error = shallowRef<SerializedSandboxError>()
  /** Whether the coordinators no longer know the region. */
  const isGone = ref(false)
  let isShown = true
  let isAsking = false
  let asksAgain = false
  let tileBefore: RegionTile | undefined

  /** Reads the region anew. While a question is under way, one more follows it, however often this is called. */
  async function load(): Promise<void> {
    if (isAsking) {
      asksAgain = true
      return
    }
    isAsking = true
    do {
      asksAgain = false
      try {
        detail.value = await client.inspection.regionDetail.query({ regionId })
        error.value = undefined
        isGone.value = false
      } catch (thrown) {
        error.value = toDoorError(thrown)
        isGone.value = error.value.code === 'CLIENT_NOT_FOUND'
      }
    } while (asksAgain)
    isAsking = false
  }

  function heed(next: ClusterOverview): void {
    const tile = next.tiles.find((each) => each.regionId === regionId)
    const isOther = JSON.stringify(tile) !== JSON.stringify(tileBefore)
    tileBefore = tile
    if (isShown && !isGone.value && (isOther || detail.value === undefined)) void load()
  }

  watch(
    () => overview.overview,
    (next) => next && heed(next),
  )
  onceOld(
    () => (isGone.value ? undefined : detail.value?.takenAtMs),
    OLD_MS,
    () => {
      if (!isAsking) void load()
    },
  )
  onActivated(() => {
    if (isShown) return
    isShown = true
    void load()
  })
  onDeactivated(() => {
    isShown = false
  })
  void load()

  return { detail, error, isGone, load }
}
