import { useI18n } from 'vue-i18n'
import { useRouter } from 'vue-router'
import { useOverviewStore } from '../../data/overview-store'
import { entityLabel } from '../../ui/entity-label'
import { screens, systemIcon } from '../navigation/screens'

/** What stands on a tab: the name of its screen, or of the entity that it is about. */
export function useTabTitles() {
  const { t } = useI18n()
  const router = useRouter()
  const overview = useOverviewStore()

  /** @param path of a tab, without its query */
  return (path: string) => {
    const { name, params } = router.resolve(path)
    const home = screens.find((screen) => path === screen.path || path.startsWith(`${screen.path}/`))
    const icon = home?.icon ?? systemIcon
    if (name === 'region') {
      return { icon, title: entityLabel({ kind: 'region', regionId: Number(params['regionId']) }, overview.overview) }
    }
    if (name === 'table') {
      return { icon, title: entityLabel({ kind: 'table', tableId: Number(params['tableId']) }, overview.overview) }
    }
    if (name === 'table-new') return { icon, title: t('shell.newTable') }
    if (name === 'system') return { icon, title: t('welcome.screen') }
    return { icon, title: home === undefined ? path : t(home.title) }
  }
}
