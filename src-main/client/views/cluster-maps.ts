import type { Clock } from '../../env'
import type { Region, Store } from '../../rpc/generated/dingodb/common_pb'
import type { GetCoordinatorMapResponse } from '../../rpc/generated/dingodb/coordinator_pb'
import type { ClusterClient } from '../cluster-client'
import type { Catalogue, ClusterCatalogue } from './cluster-catalogue'
import { inSlices } from '../../env/in-slices'
import type { Reports } from './store-reports'
import { readReports } from './store-reports'

/** Ms for which maps are good; those that took long to read are good for longer, so that reading them is not all that is done. */
const GOOD_FOR_MS = 900
const GOOD_FOR_TIMES_READING = 5
/** Ms that the coordinators may take. */
const TIMEOUT_MS = 3_000
/**
 * Ms for which the stores' reports are good while every region has the leader of before: stores report about as often, and the reports are
 * most of what there is to read.
 */
const REPORTS_GOOD_FOR_MS = 3_000
/** Ms for which the list of coordinators is good: they are fixed, and each tells by itself whether it leads. */
const COORDINATORS_GOOD_FOR_MS = 15_000
/** Ms for which tables are good: this program's own makings and drops are known at once, others' tables when a region is of an unknown one. */
const TABLES_GOOD_FOR_MS = 15_000
/** How often, in ms, tables are looked for that a region names and nobody knows: new ones, or dropped ones. */
const SEARCH_TABLES_EVERY_MS = 900

/** What the coordinators know of the whole cluster at one moment. */
export interface ClusterMaps {
  /** Wall time in ms. */
  readonly takenAtMs: number
  /** Up to 15 seconds older than the rest. */
  readonly coordinators: GetCoordinatorMapResponse
  /** In the order of ids. */
  readonly stores: readonly Store[]
  /** In the order of ids. */
  readonly regions: readonly Region[]
  /** By store; up to three seconds older than the rest. */
  readonly reports: Reports
  readonly names: Catalogue
}

interface Asked {
  readonly client: ClusterClient
  readonly answer: Promise<ClusterMaps>
  /** {@link ClusterCatalogue.changes} when it was asked. */
  readonly changes: number
  /** When it is asked anew, in ms of the monotonic clock; undefined while it is under way. */
  goodUntilMs: number | undefined
}

/** Reads the maps of the cluster that is open, once for all who want them at about the same time. */
export class ClusterMapsReader {
  readonly #client: () => ClusterClient
  readonly #catalogue: ClusterCatalogue
  readonly #clock: Clock
  #asked: Asked | undefined
  /** The coordinators as they were listed last. */
  #listed:
    | { readonly client: ClusterClient; readonly atMs: number; readonly coordinators: GetCoordinatorMapResponse }
    | undefined
  /** The reports that were read last, and who led what by then. */
  #reported:
    | { readonly client: ClusterClient; readonly atMs: number; readonly leaders: number; readonly reports: Reports }
    | undefined

  /** @param client the cluster that is open now; throws SESSION_NOT_RUNNING without one */
  constructor(client: () => ClusterClient, catalogue: ClusterCatalogue, clock: Clock) {
    this.#client = client
    this.#catalogue = catalogue
    this.#clock = clock
  }

  /** About a second old at most, and never older than what this program made or dropped. The same object until something newer was read. @throws what the client throws */
  current(): Promise<ClusterMaps> {
    const client = this.#client()
    const asked = this.#asked
    if (asked?.client !== client || asked.changes !== this.#catalogue.changes) return this.#ask(client)
    const isGood = (asked.goodUntilMs ?? Number.POSITIVE_INFINITY) > this.#clock.monotonicMs()
    return isGood ? asked.answer : this.#ask(client)
  }

  /** Lets go of what was read: the cluster is closed. */
  forget(): void {
    this.#asked = undefined
    this.#listed = undefined
    this.#reported = undefined
  }

  #ask(client: ClusterClient): Promise<ClusterMaps> {
    const startedMs = this.#clock.monotonicMs()
    const { changes } = this.#catalogue
    const asked: Asked = { client, answer: this.#read(client), changes, goodUntilMs: undefined }
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

  async #read(client: ClusterClient): Promise<ClusterMaps> {
    const { inspection } = client
    const options = { timeoutMs: TIMEOUT_MS }
    const [coordinators, storeMap, regionMap, names] = await Promise.all([
      this.#coordinatorsOf(client),
      inspection.storeMap(options),
      inspection.regionMap(options),
      this.#catalogue.current({ atMostMs: TABLES_GOOD_FOR_MS }),
    ])
    const stores = (storeMap?.stores ?? []).sort(byId)
    const regions = (regionMap?.regions ?? []).sort(byId)
    const { leaders, tableIds } = await this.#lookThrough(regions)
    const reports = await this.#reportsFor(client, stores, regions, leaders)
    const isKnown = [...tableIds].every((tableId) => names.table(tableId) !== undefined)
    const current = isKnown ? names : await this.#catalogue.current({ atMostMs: SEARCH_TABLES_EVERY_MS })
    return { takenAtMs: this.#clock.wallTimeMs(), coordinators, stores, regions, reports, names: current }
  }

  async #coordinatorsOf(client: ClusterClient): Promise<GetCoordinatorMapResponse> {
    const nowMs = this.#clock.monotonicMs()
    const known = this.#listed
    if (known?.client === client && nowMs - known.atMs < COORDINATORS_GOOD_FOR_MS) return known.coordinators
    const coordinators = await client.inspection.coordinatorMap({ timeoutMs: TIMEOUT_MS })
    this.#listed = { client, atMs: nowMs, coordinators }
    return coordinators
  }

  async #reportsFor(
    client: ClusterClient,
    stores: readonly Store[],
    regions: readonly Region[],
    leaders: number,
  ): Promise<Reports> {
    const nowMs = this.#clock.monotonicMs()
    const known = this.#reported
    const isGood = known?.client === client && nowMs - known.atMs < REPORTS_GOOD_FOR_MS && known.leaders === leaders
    if (isGood) return known.reports
    const reports = await readReports(client, stores, regions, { clock: this.#clock, timeoutMs: TIMEOUT_MS })
    this.#reported = { client, atMs: nowMs, leaders, reports }
    return reports
  }

  /**
   * Which tables the regions name; and a number that differs, but for one chance in four thousand million, if another region
   * is there or one has another leader.
   */
  async #lookThrough(regions: readonly Region[]): Promise<{ leaders: number; tableIds: ReadonlySet<number> }> {
    let leaders = 0
    const tableIds = new Set<number>()
    await inSlices(regions, this.#clock, ({ id, leaderStoreId, definition }) => {
      leaders = (Math.imul(leaders, 31) + Number(id)) | 0
      leaders = (Math.imul(leaders, 31) + Number(leaderStoreId)) | 0
      if (definition !== undefined && definition.tableId > 0n) tableIds.add(Number(definition.tableId))
    })
    return { leaders, tableIds }
  }
}

const byId = (left: { readonly id: bigint }, right: { readonly id: bigint }): number =>
  left.id < right.id ? -1 : left.id > right.id ? 1 : 0
