import type { ClientCore } from './client-core'
import type { Deadline, OperationOptions } from './deadline'
import { holdsKey } from './key-range'
import type { RegionRoute } from './region-route'

/** Calls one region for the items that it holds. `take` picks those items for the region as it is known at the try. */
export type CallForItems<Item> = (
  take: (route: RegionRoute) => Item[],
  key: Uint8Array,
  deadline: Deadline,
) => Promise<void>

/**
 * Splits items over the regions that hold their keys and calls all regions at once. Where a region has split meanwhile,
 * its first call takes fewer items, and the rest goes to where they are now.
 *
 * @throws what the first call to fail threw, once all calls have ended
 */
export async function forEachRegion<Item>(
  core: ClientCore,
  items: readonly Item[],
  keyOf: (item: Item) => Uint8Array,
  options: OperationOptions,
  call: CallForItems<Item>,
): Promise<void> {
  const deadline = core.deadline(options)
  const groups = await groupByRegion(core, items, keyOf, deadline)
  const outcomes = await Promise.allSettled(
    groups.map(async (group) => {
      for (let pending = group; pending[0] !== undefined;) {
        let rest = pending
        const all = pending
        const take = (route: RegionRoute): Item[] => {
          rest = all.filter((item) => !holdsKey(route, keyOf(item)))
          return all.filter((item) => holdsKey(route, keyOf(item)))
        }
        await call(take, keyOf(pending[0]), deadline)
        pending = rest
      }
    }),
  )
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason
}

async function groupByRegion<Item>(
  core: ClientCore,
  items: readonly Item[],
  keyOf: (item: Item) => Uint8Array,
  deadline: Deadline,
): Promise<Item[][]> {
  const groups = new Map<number, Item[]>()
  for (const item of items) {
    const { regionId } = await core.routeOf(keyOf(item), deadline)
    const group = groups.get(regionId)
    if (group === undefined) groups.set(regionId, [item])
    else group.push(item)
  }
  return [...groups.values()]
}
