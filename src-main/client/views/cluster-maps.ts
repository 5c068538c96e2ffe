import type { Clock } from '../../env'
import type { Region, RegionMetrics, Store, StoreOwnMetrics } from '../../rpc/generated/dingodb/common_pb'
import type { GetCoordinatorMapResponse } from '../../rpc/generated/dingodb/coordinator_pb'
import type { ClusterClient } from '../cluster-client'
import type { Catalogue, ClusterCatalogue } from './cluster-catalogue'

/** Ms for which maps are good; those that took long to read are good for longer, so that reading them is not all that is done. */
const GOOD_FOR_MS = 900
const GOOD_FOR_TIMES_READING = 5
/** Ms that the coordinators may take. */
const TIMEOUT_MS = 3_000
/** How often, in ms, tables are looked for that a region names and nobody knows: new ones, or dropped ones. */
const SEARCH_TABLES_EVERY_MS = 900
/** Beyond this number each store's reports are asked for by themselves: all in one answer would be too long for a message. */
const MAX_REGIONS_IN_ONE_ANSWER = 10_000

/** What a store reported last. */
export interface StoreReports {
  readonly own: StoreOwnMetrics | undefined
  readonly regions: ReadonlyMap<number, RegionMetrics>
}

/** What the coordinators know of the whole cluster at one moment. */
export interface ClusterMaps {
  /** Wall time in ms. */
  readonly takenAtMs: number
  readonly coordinators: GetCoordinatorMapResponse
  /** In the order of ids. */
  readonly stores: readonly Store[]
  /** In the order of ids. */
  readonly regions: readonly Region[]
  readonly reports: ReadonlyMap<number, StoreReports>
  readonly names: Catalogue
}

interface Asked {
  readonly client: ClusterClient
  readonly answer: Promise<ClusterMaps>
  /** When it is asked anew, in ms of the monotonic clock; undefined while it is under way. */
  goodUntilMs: number | undefined
}

/** Reads the maps of the cluster that is open, once for all who want them at about the same time. */
export class ClusterMapsReader {
  readonly #client: () => ClusterClient
  readonly #catalogue: ClusterCatalogue
  readonly #clock: Clock
  #asked: Asked | undefined

  /** @param client the cluster that is open now; throws SESSION_NOT_RUNNING without one */
  constructor(client: () => ClusterClient, catalogue: ClusterCatalogue, clock: Clock) {
    this.#client = client
    this.#catalogue = catalogue
    this.#clock = clock
  }

  /** About a second old at most. The same object until something newer was read. @throws what the client throws */
  current(): Promise<ClusterMaps> {
    const client = this.#client()
    const asked = this.#asked
    const isGood = (asked?.goodUntilMs ?? Number.POSITIVE_INFINITY) > this.#clock.monotonicMs()
    return asked?.client === client && isGood ? asked.answer : this.#ask(client)
  }

  #ask(client: ClusterClient): Promise<ClusterMaps> {
    const startedMs = this.#clock.monotonicMs()
    const asked: Asked = { client, answer: this.#read(client), goodUntilMs: undefined }
    this.#asked = asked
    asked.answer.then(
      () => {
        const tookMs = this.#clock.monotonicMs() - startedMs
        asked.goodUntilMs = this.#clock.monotonicMs() + Math.max(GOOD_FOR_MS, tookMs * GOOD_FOR_TIMES_READING)
      },
      () => {
        // Its callers are told; the next one asks anew.
        if (this.#asked === asked) this.#asked = undefined
      },
    )
    return asked.answer
  }

  async #read({ inspection }: ClusterClient): Promise<ClusterMaps> {
    const options = { timeoutMs: TIMEOUT_MS }
    const [coordinators, storeMap, regionMap, names] = await Promise.all([
      inspection.coordinatorMap(options),
      inspection.storeMap(options),
      inspection.regionMap(options),
      this.#catalogue.current(),
    ])
    const stores = (storeMap?.stores ?? []).sort(byId)
    const regions = (regionMap?.regions ?? []).sort(byId)
    const reported =
      regions.length <= MAX_REGIONS_IN_ONE_ANSWER
        ? await inspection.storeMetrics(undefined, options)
        : (await Promise.all(stores.map(({ id }) => inspection.storeMetrics(Number(id), options)))).flat()
    const reports = new Map(
      reported.map(({ id, storeOwnMetrics, regionMetricsMap }) => {
        const ofRegions = Object.values(regionMetricsMap).map((each): [number, RegionMetrics] => [
          Number(each.id),
          each,
        ])
        return [Number(id), { own: storeOwnMetrics, regions: new Map(ofRegions) }]
      }),
    )
    const isUnknownTable = ({ definition }: Region) =>
      definition !== undefined && definition.tableId > 0n && names.table(Number(definition.tableId)) === undefined
    const current = regions.some(isUnknownTable)
      ? await this.#catalogue.current({ atMostMs: SEARCH_TABLES_EVERY_MS })
      : names
    return { takenAtMs: this.#clock.wallTimeMs(), coordinators, stores, regions, reports, names: current }
  }
}

const byId = (left: { readonly id: bigint }, right: { readonly id: bigint }): number => Number(left.id - right.id)
