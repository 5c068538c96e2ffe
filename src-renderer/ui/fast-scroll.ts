import { computed, ref, toValue, watch } from 'vue'
import type { MaybeRefOrGetter } from 'vue'

/** Moves that follow each other within this time belong to one movement: two frames and a bit. */
const SAME_MOVEMENT_MS = 40

/**
 * Whether an element scrolls so fast that nobody can read what passes: by half of its height at least, time after time. What is
 * drawn then need not be drawn whole.
 *
 * @param heightPx its height; nothing is fast while it is 0
 * @param isScrolling whether it moves; nothing is fast once it has come to rest
 */
export function useFastScroll(heightPx: MaybeRefOrGetter<number>, isScrolling: MaybeRefOrGetter<boolean>) {
  const isFast = ref(false)
  let beforePx = 0
  let beforeMs = 0
  /** Whether the move before went so far. One leap, as Page Down and Home make it, is no movement. */
  let leapt = false

  /** To be told of each scroll event. @param topPx where the element stands now */
  function scrolled({ timeStamp }: Pick<Event, 'timeStamp'>, topPx: number): void {
    const height = toValue(heightPx)
    const leaps = height > 0 && Math.abs(topPx - beforePx) >= height / 2
    isFast.value = leaps && leapt && timeStamp - beforeMs < SAME_MOVEMENT_MS
    leapt = leaps
    beforePx = topPx
    beforeMs = timeStamp
  }

  watch(
    () => toValue(isScrolling),
    (moves) => {
      if (moves) return
      isFast.value = false
      leapt = false
    },
  )

  return { isFast: computed(() => isFast.value), scrolled }
}
