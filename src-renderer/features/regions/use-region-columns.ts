import { computed, toValue } from 'vue'
import type { ComputedRef, MaybeRefOrGetter } from 'vue'
import { useI18n } from 'vue-i18n'
import type { RegionRow } from '../../../src-main/client/views/region-rows'
import { useOverviewStore } from '../../data/overview-store'
import type { GridColumn } from '../../ui/data-grid'
import { formatBytes, formatCount, formatDateTime } from '../../ui/format'
import { columnsOf } from './region-columns'
import type { RegionColumn } from './region-columns'
import type { RegionLine } from './region-lines'
import type { ColumnSet } from './region-query'

/** Where the cluster has not said a figure yet. */
const NOT_TOLD = '–'

/** The bytes of a key, for whoever points at it. */
const hexOf = (end: 'startKey' | 'endKey') => (line: RegionLine) => (line.kind === 'region' ? line.row[end].hex : '')

/** The columns of a set in the reader's language, for the grid. */
export function useRegionColumns(set: MaybeRefOrGetter<ColumnSet>): ComputedRef<ReadonlyArray<GridColumn<RegionLine>>> {
  const { t, locale } = useI18n()
  const overview = useOverviewStore()

  function textOf(column: RegionColumn, row: RegionRow): string {
    if (column.id === 'concerns') return row.concerns.map((concern) => t(`regions.concern.${concern}`)).join(', ')
    const value = column.value(row)
    if (value === undefined) return NOT_TOLD
    if (typeof value === 'boolean') return t(value ? 'regions.yes' : 'regions.no')
    if (typeof value === 'object') return value.map(storeName).join(' ') || NOT_TOLD
    if (typeof value === 'string') return value
    if (column.kind === 'bytes') return formatBytes(value, locale.value)
    return column.kind === 'time' ? formatDateTime(value, locale.value) : formatCount(value, locale.value)
  }

  function storeName(storeId: number): string {
    const ordinal = overview.storesById.get(storeId)?.ordinal
    return ordinal === undefined ? String(storeId) : `S${ordinal}`
  }

  return computed(() =>
    columnsOf(toValue(set)).map((column) => ({
      id: column.id,
      title: column.fieldName ?? t(column.id === 'lag' ? 'regions.column.lag' : 'regions.column.concerns'),
      hint: t(`regions.hint.${column.id}`),
      width: column.width,
      ...(column.grow === true ? { grow: true } : {}),
      align: column.kind === 'count' || column.kind === 'bytes' ? 'end' : 'start',
      mono: column.id !== 'concerns',
      sortable: column.sortBy !== undefined,
      stateless: true,
      ...(column.id === 'startKey' || column.id === 'endKey' ? { detail: hexOf(column.id) } : {}),
      text: (line: RegionLine) => (line.kind === 'region' ? textOf(column, line.row) : ''),
    })),
  )
}
