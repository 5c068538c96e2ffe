import { useDocumentVisibility } from '@vueuse/core'
import { computed, onActivated, onDeactivated, ref } from 'vue'
import type { ComputedRef } from 'vue'

/**
 * Whether anybody can see the component: its page is shown, and it is not kept aside while another tab is in view. What
 * only draws or asks again rests until then.
 */
export function useInView(): ComputedRef<boolean> {
  const visibility = useDocumentVisibility()
  const isActive = ref(true)
  onActivated(() => (isActive.value = true))
  onDeactivated(() => (isActive.value = false))
  return computed(() => isActive.value && visibility.value === 'visible')
}
