import { SandboxError } from '../base/sandbox-error'
import { CoordinatorService } from '../rpc/generated/dingodb/coordinator_pb'
import type { StoreRegionInfo } from '../rpc/generated/dingodb/error_pb'
import type { CoordinatorChannel } from '../rpc/coordinator-channel'
import type { Deadline } from './deadline'
import { toHex } from './key-bytes'
import type { KeyRange } from './key-range'
import { holdsKey, overlaps } from './key-range'
import { RegionCache } from './region-cache'
import type { RegionRoute } from './region-route'
import { routeOfHint, routeOfScan } from './region-route'

/** How many regions one look-up of a range brings. */
const SCAN_LIMIT = 64n

/** Finds the region of a key: in the cache, else by asking the coordinators. */
export class RegionRouter {
  readonly #coordinators: CoordinatorChannel
  readonly #cache = new RegionCache()

  constructor(coordinators: CoordinatorChannel) {
    this.#coordinators = coordinators
  }

  /**
   * The region that holds the key; undefined while a split or merge that took the key from a known region has not
   * reached the coordinators, so that asking again will help.
   *
   * @throws SandboxError CLIENT_NO_REGION, and what a call to the coordinators throws
   */
  async routeOf(key: Uint8Array, deadline: Deadline): Promise<RegionRoute | undefined> {
    const cached = this.#cache.find(key)
    if (cached !== undefined) return cached
    const { isBehind } = await this.#lookUp({ key }, deadline)
    const found = this.#cache.find(key)
    if (found !== undefined || isBehind || this.#cache.isVacated(key)) return found
    throw noRegion(key)
  }

  /** Whether the region of the key is known without asking anybody. */
  knows(key: Uint8Array): boolean {
    return this.#cache.find(key) !== undefined
  }

  /**
   * The first region that holds keys of the range, which may start behind the range's start if no region holds that;
   * `none` if no region holds any; undefined as for {@link routeOf}.
   */
  async firstRouteIn(range: KeyRange, deadline: Deadline): Promise<RegionRoute | 'none' | undefined> {
    const cached = this.#cache.find(range.startKey)
    if (cached !== undefined) return cached
    const request = { key: range.startKey, rangeEnd: range.endKey, limit: SCAN_LIMIT }
    const { isBehind, regionIds } = await this.#lookUp(request, deadline)
    const found = this.#cache.find(range.startKey)
    if (found !== undefined || isBehind || this.#cache.isVacated(range.startKey)) return found
    // As the cache has them: it may know of a split or merge that the coordinators have not heard of.
    const routes = regionIds.map((regionId) => this.#cache.byId(regionId)).filter((route) => route !== undefined)
    return routes.find((route) => overlaps(route, range)) ?? 'none'
  }

  /** Takes in a region that a store described. False if it cannot be used, so that the region is looked up anew. */
  replace(route: RegionRoute, info: StoreRegionInfo | undefined): boolean {
    const current = info === undefined ? undefined : routeOfHint(info, route.leader)
    if (current === undefined || current.regionId !== route.regionId) return false
    return this.#cache.put(current)
  }

  setLeader(route: RegionRoute, leader: string | undefined): void {
    this.#cache.setLeader(route, leader)
  }

  drop(route: RegionRoute): void {
    this.#cache.drop(route)
  }

  vacate(route: RegionRoute): void {
    this.#cache.vacate(route)
  }

  clear(): void {
    this.#cache.clear()
  }

  /**
   * Asks the coordinators and takes in what they say.
   *
   * @returns the regions that they named, in order, and whether what they say of the key is older than what is known: a split
   * or merge has not reached them
   */
  async #lookUp(
    request: { readonly key: Uint8Array; readonly rangeEnd?: Uint8Array; readonly limit?: bigint },
    deadline: Deadline,
  ): Promise<{ readonly isBehind: boolean; readonly regionIds: readonly number[] }> {
    const method = CoordinatorService.method.scanRegions
    const response = await this.#coordinators.call(method, request, deadline.callOptions())
    const routes = response.regions.map(routeOfScan).filter((route) => route !== undefined)
    const refused = routes.filter((route) => !this.#cache.put(route))
    return {
      isBehind: refused.some((route) => holdsKey(route, request.key)),
      regionIds: routes.map(({ regionId }) => regionId),
    }
  }
}

function noRegion(key: Uint8Array): SandboxError {
  return new SandboxError(
    'CLIENT_NO_REGION',
    `No region of the cluster holds the key 0x${toHex(key)}: create a table or a region for it first.`,
    { details: { key: toHex(key) } },
  )
}
