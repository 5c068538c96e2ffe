import type { Clock } from '../../env'
import { RegionState } from '../../rpc/generated/dingodb/common_pb'
import { compareKeys } from '../key-bytes'
import type { TableNames } from './decode-key'
import { decodeKey } from './decode-key'
import { enumName } from './enum-name'
import { inSlices } from './in-slices'
import type { RegionFacts } from './region-facts'
import type { HistogramBar, RegionGroup, RegionRowsPage, RegionRowsQuery, RegionSortField } from './region-rows'

/** Which regions, in which order: a query without the part that is shown. */
export type RegionChoice = Omit<RegionRowsQuery, 'offset' | 'limit'>

/** The regions that a query chose, in their order, and what holds for all of them. */
export interface RegionSelection {
  readonly regions: readonly RegionFacts[]
  readonly groups: readonly RegionGroup[]
  readonly sizes: readonly HistogramBar[]
  readonly stores: RegionRowsPage['stores']
}

/**
 * Chooses and orders regions. One pass for the choice, one sort; nothing is made for a region that is not shown.
 *
 * @param all in the order of their ids
 */
export async function selectRegions(
  all: readonly RegionFacts[],
  choice: RegionChoice,
  storeIds: readonly number[],
  names: TableNames,
  clock: Pick<Clock, 'sleep'>,
): Promise<RegionSelection> {
  const isWanted = wantedBy(choice, names)
  const regions: RegionFacts[] = []
  await inSlices(all, clock, (facts) => {
    if (isWanted(facts)) regions.push(facts)
  })
  const isInOrder = choice.sortBy === 'regionId' && !choice.descending && choice.groupBy === 'none'
  if (!isInOrder) regions.sort(comparing(choice))
  return {
    regions,
    groups: groupsOf(regions, choice.groupBy),
    sizes: sizeHistogram(regions),
    stores: storeFigures(regions, storeIds),
  }
}

function wantedBy(choice: RegionChoice, names: TableNames): (facts: RegionFacts) => boolean {
  const { tableId, storeId } = choice
  const text = choice.text.trim().toLowerCase()
  const concerns = new Set(choice.concerns)
  return (facts) =>
    (tableId === undefined || facts.tableId === tableId) &&
    (storeId === undefined || facts.storeIds.includes(storeId)) &&
    (concerns.size === 0 || facts.concerns.some((concern) => concerns.has(concern))) &&
    (text === '' || holdsText(facts, text, names))
}

/** The key is looked at last: it has to be decoded. */
function holdsText(facts: RegionFacts, text: string, names: TableNames): boolean {
  const { regionId, name, tableName, region } = facts
  if (String(regionId) === text || name.toLowerCase().includes(text)) return true
  if (tableName?.toLowerCase().includes(text) === true) return true
  const startKey = region.definition?.range?.startKey
  return startKey !== undefined && decodeKey(startKey, names).text.toLowerCase().includes(text)
}

type Comparison = (left: RegionFacts, right: RegionFacts) => number
type Sortable = number | string | Uint8Array | undefined

const sortValues: Readonly<Record<RegionSortField, (facts: RegionFacts) => Sortable>> = {
  regionId: ({ regionId }) => regionId,
  name: ({ name }) => name,
  state: ({ region }) => enumName(RegionState, region.state),
  startKey: ({ region }) => region.definition?.range?.startKey,
  leaderStoreId: ({ leaderStoreId }) => leaderStoreId,
  tableName: ({ tableName }) => tableName,
  sizeBytes: ({ sizeBytes }) => sizeBytes,
  keyCount: ({ keyCount }) => keyCount,
  appliedIndex: ({ report }) => numberOf(report?.braftStatus?.knownAppliedIndex),
  lag: ({ lag }) => lag,
  term: ({ report }) => numberOf(report?.braftStatus?.term),
}

/** By group, by the field, and by id where both are the same, so that no row changes its place without a reason. */
function comparing({ sortBy, descending, groupBy }: RegionChoice): Comparison {
  const valueOf = sortValues[sortBy]
  const direction = descending ? -1 : 1
  return (left, right) => {
    if (groupBy !== 'none') {
      const order = compareGroups(left, right, groupBy)
      if (order !== 0) return order
    }
    return compareValues(valueOf(left), valueOf(right), direction) || left.regionId - right.regionId
  }
}

/** What is not known comes last, whichever way is sorted. */
function compareValues(left: Sortable, right: Sortable, direction: number): number {
  if (left === undefined || right === undefined) {
    return left === right ? 0 : left === undefined ? 1 : -1
  }
  if (typeof left === 'number' && typeof right === 'number') return (left - right) * direction
  if (left instanceof Uint8Array && right instanceof Uint8Array) return compareKeys(left, right) * direction
  return left < right ? -direction : left > right ? direction : 0
}

type Grouping = Exclude<RegionChoice['groupBy'], 'none'>

/** Tables of one name in two schemas are two groups. */
function compareGroups(left: RegionFacts, right: RegionFacts, groupBy: Grouping): number {
  if (groupBy === 'leader') return compareValues(left.leaderStoreId, right.leaderStoreId, 1)
  return compareValues(left.tableName, right.tableName, 1) || left.tableId - right.tableId
}

function groupsOf(regions: readonly RegionFacts[], groupBy: RegionChoice['groupBy']): RegionGroup[] {
  if (groupBy === 'none') return []
  const groups: Array<{ key: string; label: string; offset: number; count: number }> = []
  for (const [offset, { tableId, tableName, leaderStoreId }] of regions.entries()) {
    const id = groupBy === 'leader' ? (leaderStoreId ?? 0) : tableId
    const label = groupBy === 'leader' ? (leaderStoreId === undefined ? '' : String(leaderStoreId)) : (tableName ?? '')
    const last = groups.at(-1)
    if (last?.key === String(id)) last.count += 1
    else groups.push({ key: String(id), label, offset, count: 1 })
  }
  return groups
}

/** The first bar ends at 1 KiB, each one after it at four times the one before. */
const FIRST_BAR_BYTES = 1024
const BAR_GROWTH = 4

/** From the first bar that is not empty to the last. */
function sizeHistogram(regions: readonly RegionFacts[]): HistogramBar[] {
  const counts: number[] = []
  for (const { sizeBytes } of regions) {
    if (sizeBytes === undefined) continue
    let bar = 0
    for (let end = FIRST_BAR_BYTES; sizeBytes >= end; end *= BAR_GROWTH) bar += 1
    counts[bar] = (counts[bar] ?? 0) + 1
  }
  const bars: HistogramBar[] = []
  for (let bar = 0; bar < counts.length; bar++) {
    const count = counts[bar] ?? 0
    if (count === 0 && bars.length === 0) continue
    const to = FIRST_BAR_BYTES * BAR_GROWTH ** bar
    bars.push({ from: bar === 0 ? 0 : to / BAR_GROWTH, to, count })
  }
  return bars
}

function storeFigures(regions: readonly RegionFacts[], storeIds: readonly number[]): RegionRowsPage['stores'] {
  const figures = new Map(storeIds.map((storeId) => [storeId, { storeId, leaders: 0, copies: 0 }]))
  for (const facts of regions) {
    for (const storeId of facts.storeIds) {
      const ofStore = figures.get(storeId)
      if (ofStore === undefined) continue
      ofStore.copies += 1
      if (storeId === facts.leaderStoreId) ofStore.leaders += 1
    }
  }
  return [...figures.values()]
}

const numberOf = (value: bigint | undefined): number | undefined => (value === undefined ? undefined : Number(value))
