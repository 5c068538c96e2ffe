import type { Clock } from './clock'
import { endOfTurn } from './end-of-turn'

/** How many items are gone through in one go: of regions, some 10 ms. */
const SLICE = 1_000

/**
 * Calls back for every item in its order, and lets others have the thread in between: a host whose cluster has 100,000 regions
 * answers its pages, and its nodes' heartbeats, all the while.
 */
export async function inSlices<Item>(
  items: readonly Item[],
  clock: Pick<Clock, 'atEndOfTurn'>,
  each: (item: Item) => void,
): Promise<void> {
  for (let start = 0; start < items.length; start += SLICE) {
    if (start > 0) await endOfTurn(clock)
    for (const item of items.slice(start, start + SLICE)) each(item)
  }
}
