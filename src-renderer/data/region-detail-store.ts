import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import type { SerializedSandboxError } from '../../src-main/base/sandbox-error'
import type { ClusterOverview, RegionTile } from '../../src-main/client/views/overview'
import type { RegionDetail } from '../../src-main/client/views/region-detail'
import { toDoorError, useDoorClient } from './door-client'
import { NewestQuestion } from './newest-question'

/** How old the detail may become while overviews come that say nothing new of its region. */
const SLOW_TICK_MS = 2_000

/** The one region that is looked at, from all sides. */
export const useRegionDetailStore = defineStore('regionDetail', () => {
  const client = useDoorClient()
  const regionId = ref<number>()
  /** The newest that is known; of a region that is gone, the last. */
  const detail = shallowRef<RegionDetail>()
  const error = shallowRef<SerializedSandboxError>()
  /** Whether the coordinators no longer know the region. */
  const isGone = ref(false)
  const question = new NewestQuestion()
  let isAsking = false
  let asksAgain = false
  let tileBefore: RegionTile | undefined

  /** Looks at a region. What is known of the same region stays until there is something newer. */
  function show(next: number): Promise<void> {
    if (regionId.value !== next) {
      forget()
      regionId.value = next
    }
    return load()
  }

  /** Reads the region anew. While a question is under way, one more follows it, however often this is called. */
  async function load(): Promise<void> {
    if (isAsking) {
      asksAgain = true
      return
    }
    const asked = regionId.value
    if (asked === undefined) return
    isAsking = true
    const counts = question.ask()
    try {
      const answer = await client.inspection.regionDetail.query({ regionId: asked })
      if (counts()) {
        detail.value = answer
        error.value = undefined
        isGone.value = false
      }
    } catch (thrown) {
      if (counts()) {
        error.value = toDoorError(thrown)
        isGone.value = error.value.code === 'CLIENT_NOT_FOUND'
      }
    }
    // Another region was chosen meanwhile: its own question is under way.
    if (!counts()) return
    isAsking = false
    if (asksAgain) {
      asksAgain = false
      await load()
    }
  }

  /** Reads anew if an overview tells something else of the region, or when what is known has become old. */
  function heed(overview: ClusterOverview): void {
    if (regionId.value === undefined || isGone.value) return
    const tile = overview.tiles.find((each) => each.regionId === regionId.value)
    const isOther = JSON.stringify(tile) !== JSON.stringify(tileBefore)
    tileBefore = tile
    if (isOther || detail.value === undefined || overview.takenAtMs - detail.value.takenAtMs >= SLOW_TICK_MS) {
      void load()
    }
  }

  /** Forgets the region: nobody looks at it, or another cluster is open. */
  function forget(): void {
    question.forget()
    isAsking = false
    asksAgain = false
    tileBefore = undefined
    regionId.value = undefined
    detail.value = undefined
    error.value = undefined
    isGone.value = false
  }

  return { regionId, detail, error, isGone, show, load, heed, forget }
})
