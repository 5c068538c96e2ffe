import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import { useSessionStore } from '../data/session-store'

/** How far the start of a cluster is, in a sentence. */
export function useProgressText() {
  const { t } = useI18n()
  const session = useSessionStore()
  return computed(() => {
    const progress = session.view?.progress
    if (progress === undefined) return t('shell.progress.begin')
    const { phase, done, total } = progress
    return t(`shell.progress.${phase}`, { done, total })
  })
}
