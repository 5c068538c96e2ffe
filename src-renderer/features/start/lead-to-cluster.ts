import { onScopeDispose, watch } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { useSessionStore } from '../../data/session-store'

/**
 * Goes on to the cluster by itself, once, when the program opened this screen and nobody has done anything here: whoever
 * starts the program wants to see the cluster. A person who came here, or who has begun to type, is left alone.
 *
 * @param screen hears what a person does on it
 */
export function useLeadToCluster(screen: () => HTMLElement | null): void {
  const route = useRoute()
  const router = useRouter()
  const session = useSessionStore()
  // An address that a person chose, or that a reload kept, did not come by the redirect of the empty one.
  let leads = route.redirectedFrom?.path === '/'

  const stay = () => {
    leads = false
  }
  const stopListening = watch(screen, (element, before) => {
    for (const event of ['pointerdown', 'keydown'] as const) {
      before?.removeEventListener(event, stay)
      element?.addEventListener(event, stay)
    }
  })
  // Whoever sets out for another screen is not there yet while its part of the program is loaded.
  const stopFollowing = router.beforeEach((to) => {
    if (to.path !== route.path) stay()
  })
  watch(
    () => session.view?.phase,
    (phase) => {
      if (!leads) return
      if (phase === 'running') {
        leads = false
        void router.replace('/cluster')
      } else if (phase === 'closed' && session.view?.error !== undefined) leads = false
    },
    { immediate: true },
  )
  onScopeDispose(() => {
    stopListening()
    stopFollowing()
  })
}
