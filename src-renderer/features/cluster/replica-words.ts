import { useI18n } from 'vue-i18n'
import type { PictureRegion, StoreOfPicture } from './cluster-picture'

/** A replica in a sentence: for tooltips, for screen readers and for the line below the matrix. */
export function useReplicaWords() {
  const { t } = useI18n()

  return ({ tile, roles }: PictureRegion, store: StoreOfPicture): string => {
    const region = `R${tile.regionId}`
    const role = roles.get(store.nodeId)
    if (role === undefined) return t('cluster.matrixNone', { region, store: store.mark })
    return [
      t('cluster.tile', { region, store: store.mark, role: t(`cluster.role.${role}`) }),
      ...(tile.tableName === undefined ? [] : [t('cluster.tileTable', { table: tile.tableName })]),
      ...(tile.term === undefined ? [] : [t('cluster.tileTerm', { term: tile.term })]),
      ...(store.isStale ? [t(`cluster.state.${store.condition}`)] : []),
      ...tile.concerns.map((concern) => t(`cluster.concern.${concern}`)),
    ].join(' · ')
  }
}
