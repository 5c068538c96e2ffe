import { useMediaQuery } from '@vueuse/core'
import { computed } from 'vue'
import type { ComputedRef } from 'vue'
import { useRoute } from 'vue-router'
import { useLayoutStore } from '../layout/layout-store'

/** In windows below this an inspector beside the screen would take from the screen what the screen needs. */
const ROOMY = '(min-width: 1000px)'

/** Whether the inspector is in view, and whether it may be called while nothing is inspected. */
export function useInspectorShown(): {
  readonly isShown: ComputedRef<boolean>
  /** Something is inspected, or the window has room for the sentence that says how to. */
  readonly hasUse: ComputedRef<boolean>
  /** The window has no room for it beside the screen: it lies over a part of the screen. */
  readonly isOver: ComputedRef<boolean>
} {
  const route = useRoute()
  const layout = useLayoutStore()
  const isRoomy = useMediaQuery(ROOMY)
  const hasUse = computed(() => isRoomy.value || route.query['inspect'] !== undefined)
  const isOver = computed(() => !isRoomy.value)
  return { isShown: computed(() => layout.isInspectorOpen && hasUse.value), hasUse, isOver }
}
