import type { LocationQuery, LocationQueryRaw } from 'vue-router'
import type { RegionConcern } from '../../../src-main/client/views/overview'
import type { RegionSortField } from '../../../src-main/client/views/region-rows'
import type { RegionCriteria } from '../../data/region-rows-store'

/** What calls for a look, the worst first. */
export const concerns = [
  'no-leader',
  'degraded',
  'lagging',
  'epoch-differs',
] as const satisfies readonly RegionConcern[]

const sortFields = [
  'regionId',
  'name',
  'state',
  'startKey',
  'leaderStoreId',
  'tableName',
  'sizeBytes',
  'keyCount',
  'appliedIndex',
  'lag',
  'term',
] as const satisfies readonly RegionSortField[]

/** What stands in the columns of the grid. */
export const columnSets = ['basics', 'raft', 'metrics', 'all'] as const
export type ColumnSet = (typeof columnSets)[number]

const groupings = ['none', 'table', 'leader'] as const satisfies ReadonlyArray<RegionCriteria['groupBy']>

/** What is chosen on the screen of regions. All of it is in the address. */
export interface RegionChoices extends RegionCriteria {
  readonly columns: ColumnSet
  /** Whether the histograms are shown. */
  readonly charts: boolean
}

/** Reads an address. What it does not say, or says wrongly, is as usual. */
export function readChoices(query: LocationQuery): RegionChoices {
  const words = text(query['concern']).split(',')
  return {
    text: text(query['text']).slice(0, 1024),
    concerns: concerns.filter((concern) => words.includes(concern)),
    tableId: identifier(query['table']),
    storeId: identifier(query['store']),
    sortBy: oneOf(sortFields, query['sort'], 'regionId'),
    descending: query['order'] === 'down',
    groupBy: oneOf(groupings, query['group'], 'none'),
    columns: oneOf(columnSets, query['columns'], 'basics'),
    charts: query['charts'] !== 'off',
  }
}

/** Writes the choices into an address that keeps what else it says. What is as usual is left out. */
export function writeChoices(choices: RegionChoices, query: LocationQuery): LocationQueryRaw {
  return {
    ...query,
    text: choices.text || undefined,
    concern: choices.concerns.join(',') || undefined,
    table: choices.tableId,
    store: choices.storeId,
    sort: choices.sortBy === 'regionId' ? undefined : choices.sortBy,
    order: choices.descending ? 'down' : undefined,
    group: choices.groupBy === 'none' ? undefined : choices.groupBy,
    columns: choices.columns === 'basics' ? undefined : choices.columns,
    charts: choices.charts ? undefined : 'off',
  }
}

/** The part of the choices that decides which rows there are. */
export function criteriaOf({ columns: _columns, charts: _charts, ...criteria }: RegionChoices): RegionCriteria {
  return criteria
}

/** Whether fewer than all regions are asked for. */
export function isFiltered(choices: RegionChoices): boolean {
  const { text: words, concerns: asked, tableId, storeId } = choices
  return words !== '' || asked.length > 0 || tableId !== undefined || storeId !== undefined
}

function text(value: LocationQuery[string] | undefined): string {
  return typeof value === 'string' ? value : ''
}

function identifier(value: LocationQuery[string] | undefined): number | undefined {
  return /^\d{1,15}$/.test(text(value)) ? Number(value) : undefined
}

function oneOf<Choice extends string>(
  choices: readonly Choice[],
  value: LocationQuery[string] | undefined,
  usual: Choice,
): Choice {
  return choices.find((choice) => choice === value) ?? usual
}
