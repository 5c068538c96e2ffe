import type { Clock } from '../../env'
import { RegionState } from '../../rpc/generated/dingodb/common_pb'
import type { TableNames } from './decode-key'
import { decodeKey } from './decode-key'
import { enumName } from './enum-name'
import { inSlices } from '../../env/in-slices'
import type { RegionFacts } from './region-facts'
import type { HistogramBar, RegionGroup, RegionRowsPage, RegionRowsQuery, RegionSortField } from './region-rows'
import { RegionTallies } from './region-tallies'
import { sortInSlices } from './sort-in-slices'

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
 * Chooses and orders regions. One pass for the choice, one sort, one pass for what holds for all, each with pauses for others.
 *
 * @param all in the order of their ids
 */
export async function selectRegions(
  all: readonly RegionFacts[],
  choice: RegionChoice,
  storeIds: readonly number[],
  names: TableNames,
  clock: Pick<Clock, 'atEndOfTurn'>,
): Promise<RegionSelection> {
  const isWanted = wantedBy(choice, names)
  const valueOf = sortValues[choice.sortBy]
  const wanted: Sorted[] = []
  await inSlices(all, clock, (facts) => {
    if (isWanted(facts)) wanted.push({ facts, value: valueOf(facts) })
  })
  const isInOrder = choice.sortBy === 'regionId' && !choice.descending && choice.groupBy === 'none'
  const sorted = isInOrder ? wanted : await sortInSlices(wanted, clock, comparing(choice))
  const regions: RegionFacts[] = []
  const tallies = new RegionTallies(choice.groupBy, storeIds)
  await inSlices(sorted, clock, ({ facts }) => {
    regions.push(facts)
    tallies.add(facts)
  })
  const { groups, sizes, stores } = tallies
  return { regions, groups, sizes, stores }
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

type Sortable = number | string | undefined

const sortValues: Readonly<Record<RegionSortField, (facts: RegionFacts) => Sortable>> = {
  regionId: ({ regionId }) => regionId,
  name: ({ name }) => name,
  state: ({ region }) => enumName(RegionState, region.state),
  startKey: ({ region }) => bytesInOrder(region.definition?.range?.startKey),
  leaderStoreId: ({ leaderStoreId }) => leaderStoreId,
  tableName: ({ tableName }) => tableName,
  sizeBytes: ({ sizeBytes }) => sizeBytes,
  keyCount: ({ keyCount }) => keyCount,
  appliedIndex: ({ report }) => numberOf(report?.braftStatus?.knownAppliedIndex),
  lag: ({ lag }) => lag,
  term: ({ report }) => numberOf(report?.braftStatus?.term),
}

/** Bytes as a text of one character each: it sorts as they do, many times faster. */
function bytesInOrder(bytes: Uint8Array | undefined): string | undefined {
  return bytes && Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
}

/** A region with what it is sorted by, which is made once for it and not once for each comparison. */
interface Sorted {
  readonly facts: RegionFacts
  readonly value: Sortable
}

/** By group, by the field, and by id where both are the same, so that no row changes its place without a reason. */
function comparing({ descending, groupBy }: RegionChoice): (left: Sorted, right: Sorted) => number {
  const direction = descending ? -1 : 1
  return (left, right) => {
    if (groupBy !== 'none') {
      const order = compareGroups(left.facts, right.facts, groupBy)
      if (order !== 0) return order
    }
    return compareValues(left.value, right.value, direction) || left.facts.regionId - right.facts.regionId
  }
}

/** What is not known comes last, whichever way is sorted. */
function compareValues(left: Sortable, right: Sortable, direction: number): number {
  if (left === undefined || right === undefined) {
    return left === right ? 0 : left === undefined ? 1 : -1
  }
  if (typeof left === 'number' && typeof right === 'number') return (left - right) * direction
  return left < right ? -direction : left > right ? direction : 0
}

type Grouping = Exclude<RegionChoice['groupBy'], 'none'>

/** Tables of one name in two schemas are two groups. */
function compareGroups(left: RegionFacts, right: RegionFacts, groupBy: Grouping): number {
  if (groupBy === 'leader') return compareValues(left.leaderStoreId, right.leaderStoreId, 1)
  return compareValues(left.tableName, right.tableName, 1) || left.tableId - right.tableId
}

const numberOf = (value: bigint | undefined): number | undefined => (value === undefined ? undefined : Number(value))
