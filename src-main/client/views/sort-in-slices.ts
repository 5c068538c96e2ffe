import type { Clock } from '../../env'
import { endOfTurn } from '../../env/end-of-turn'

/** How many items are sorted, and how many are merged, in one go: of regions, a few ms each. */
const SORTED_AT_ONCE = 4_000
const MERGED_AT_ONCE = 16_000

/**
 * Sorts into a new array as Array.prototype.sort does, stably, and lets others have the thread in between. Slices are sorted
 * each by itself and then merged with their neighbours, two by two, so that no stretch of work grows with the number of
 * items.
 */
export async function sortInSlices<Item>(
  items: readonly Item[],
  clock: Pick<Clock, 'atEndOfTurn'>,
  compare: (left: Item, right: Item) => number,
): Promise<readonly Item[]> {
  let runs: Item[][] = []
  for (let start = 0; start < items.length; start += SORTED_AT_ONCE) {
    if (start > 0) await endOfTurn(clock)
    runs.push(items.slice(start, start + SORTED_AT_ONCE).sort(compare))
  }
  while (runs.length > 1) {
    const merged: Item[][] = []
    for (let at = 0; at < runs.length; at += 2) {
      const [left = [], right] = runs.slice(at, at + 2)
      merged.push(right === undefined ? left : await mergeInSlices(left, right, clock, compare))
    }
    runs = merged
  }
  return runs[0] ?? []
}

/** Merges two sorted runs. Of items that compare as the same, those of the left one come first. */
async function mergeInSlices<Item>(
  left: readonly Item[],
  right: readonly Item[],
  clock: Pick<Clock, 'atEndOfTurn'>,
  compare: (left: Item, right: Item) => number,
): Promise<Item[]> {
  const merged: Item[] = []
  let [fromLeft, fromRight] = [0, 0]
  while (merged.length < left.length + right.length) {
    await endOfTurn(clock)
    const until = Math.min(merged.length + MERGED_AT_ONCE, left.length + right.length)
    while (merged.length < until) {
      const isLeftNext =
        fromRight === right.length ||
        (fromLeft < left.length && compare(left[fromLeft] as Item, right[fromRight] as Item) <= 0)
      merged.push((isLeftNext ? left[fromLeft++] : right[fromRight++]) as Item)
    }
  }
  return merged
}
