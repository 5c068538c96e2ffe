import type { ClusterClient } from '../../client/cluster-client'
import { addressOf } from '../../client/cluster-client'
import type { RegionRoute } from '../../client/region-route'

/** Where the copies of a region are. */
export interface RegionPlace {
  readonly leaderId: number | undefined
  readonly voterIds: readonly number[]
}

/** Regions that are remembered; the oldest give way. */
const MOST_REGIONS = 1024

/** Which nodes hold which regions, as far as is known: for what is foretold of an operation, and so without guarantee. */
export class RegionPlaces {
  readonly #places = new Map<number, RegionPlace>()
  readonly #asking = new Set<number>()
  readonly #client: ClusterClient
  readonly #nodeAt: (address: string) => number | undefined

  /** @param nodeAt the node that serves clients at `host:port` */
  constructor(client: ClusterClient, nodeAt: (address: string) => number | undefined) {
    this.#client = client
    this.#nodeAt = nodeAt
  }

  /** Undefined for a region that nobody asked for yet: it is looked up for the next time. */
  of(regionId: number): RegionPlace | undefined {
    const known = this.#places.get(regionId)
    if (known === undefined) void this.#lookUp(regionId)
    return known
  }

  /** The client has learned where a region is. */
  learn({ regionId, leader, voters }: RegionRoute): void {
    const voterIds = voters.map(this.#nodeAt).filter((nodeId) => nodeId !== undefined)
    this.#keep(regionId, { leaderId: leader === undefined ? undefined : this.#nodeAt(leader), voterIds })
  }

  async #lookUp(regionId: number): Promise<void> {
    if (this.#asking.has(regionId)) return
    this.#asking.add(regionId)
    try {
      const { definition, leaderStoreId } = await this.#client.regions.get(regionId)
      const addresses = (definition?.peers ?? []).map((peer) => addressOf(peer.serverLocation))
      const voterIds = addresses.flatMap((address) => (address === undefined ? [] : (this.#nodeAt(address) ?? [])))
      this.#keep(regionId, { leaderId: leaderStoreId === 0n ? undefined : Number(leaderStoreId), voterIds })
    } catch {
      // A region that is gone, or a cluster that does not answer: nothing is foretold, and the next who asks tries again.
    } finally {
      this.#asking.delete(regionId)
    }
  }

  #keep(regionId: number, place: RegionPlace): void {
    this.#places.delete(regionId)
    this.#places.set(regionId, place)
    const [oldest] = this.#places.keys()
    if (this.#places.size > MOST_REGIONS && oldest !== undefined) this.#places.delete(oldest)
  }
}
