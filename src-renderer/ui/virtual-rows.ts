import { observeElementRect, useVirtualizer } from '@tanstack/vue-virtual'
import { computed, toValue } from 'vue'
import type { MaybeRefOrGetter, ShallowRef } from 'vue'

/** What is drawn while the element has no height: in a tab that is hidden, and in tests. */
const HEIGHT_UNSEEN_PX = 600

/** Rows beyond each edge of the view: a turn of the wheel finds them drawn. More would cost a fast scroll more than it spares. */
const OVERSCAN_ROWS = 4

/**
 * Rows of one fixed height, of which only those in view exist.
 *
 * @param scroller the element that scrolls
 * @param above px of it above the first row that scroll with the rows: a head
 */
export function useVirtualRows(
  scroller: Readonly<ShallowRef<HTMLElement | null>>,
  count: MaybeRefOrGetter<number>,
  rowHeightPx: MaybeRefOrGetter<number>,
  above = 0,
) {
  const virtualizer = useVirtualizer<HTMLElement, HTMLElement>(
    computed(() => {
      const rowHeight = toValue(rowHeightPx)
      return {
        count: toValue(count),
        getScrollElement: () => scroller.value,
        estimateSize: () => rowHeight,
        overscan: OVERSCAN_ROWS,
        scrollPaddingStart: above,
        initialRect: { width: 1, height: HEIGHT_UNSEEN_PX },
        observeElementRect: (instance, changed) =>
          observeElementRect(instance, (rect) =>
            changed(rect.height === 0 ? { width: rect.width, height: HEIGHT_UNSEEN_PX } : rect),
          ),
      }
    }),
  )
  /** Indexes of the rows that exist, and where each stands. */
  const rows = computed(() => virtualizer.value.getVirtualItems())
  /** From the first move to a moment after the last. */
  const isScrolling = computed(() => virtualizer.value.isScrolling)
  /** Of the view, its head included. */
  const heightPx = computed(() => virtualizer.value.scrollRect?.height ?? HEIGHT_UNSEEN_PX)
  const totalHeightPx = computed(() => toValue(count) * toValue(rowHeightPx))

  function scrollTo(index: number): void {
    virtualizer.value.scrollToIndex(index, { align: 'auto' })
  }

  /** How many rows fit into the view. */
  function pageSize(): number {
    const height = scroller.value?.clientHeight || HEIGHT_UNSEEN_PX
    return Math.max(1, Math.floor((height - above) / toValue(rowHeightPx)) - 1)
  }

  return { rows, isScrolling, heightPx, totalHeightPx, scrollTo, pageSize }
}
