import { SandboxError } from '../../base/sandbox-error'
import type { Clock } from '../../env'
import type { ClusterClient } from '../cluster-client'
import type { NodeInside } from '../node-inside'
import type { ClusterCatalogue } from './cluster-catalogue'
import type { ClusterMaps } from './cluster-maps'
import type { ClusterMapsReader } from './cluster-maps'
import type { InspectionViews } from './cluster-views'
import { decodeKey } from './decode-key'
import type { EngineView, KeyLocation } from './engine'
import { engineView, placeView } from './engine-reader'
import { formatLocation } from './format-location'
import type { JobDetail } from './job-detail'
import { keyOfInput } from './key-input'
import type { KeyInput } from './keyspace'
import { checkNodes } from './node-checks'
import type { ClusterOverview } from './overview'
import { overviewPicture } from './overview-picture'
import type { RaftLogEntryDetail, RaftLogPage } from './raft-log'
import { readLogEntry, readLogPage } from './raft-log-reader'
import type { RegionDetail } from './region-detail'
import { readRegionDetail } from './region-detail-reader'
import { jobDetail } from './region-jobs'
import type { RegionRowsPage, RegionRowsQuery } from './region-rows'
import { RegionRowsReader } from './region-rows-reader'

/** Ms that a compaction may take. */
const COMPACT_TIMEOUT_MS = 10 * 60_000

/** What inspection needs. */
export interface InspectionSources {
  /** The cluster that is open now; throws SESSION_NOT_RUNNING without one. */
  readonly client: () => ClusterClient
  readonly catalogue: ClusterCatalogue
  readonly maps: ClusterMapsReader
  readonly clock: Clock
}

/**
 * {@link InspectionViews} over a client: of our own clusters and of any other. What a node does not answer, or does not know, is
 * missing from the picture and takes nothing else with it.
 */
export class ClusterInspectionViews implements InspectionViews {
  readonly #sources: InspectionSources
  readonly #maps: ClusterMapsReader
  readonly #rows: RegionRowsReader
  /** The maps that were read last, and of which cluster. */
  #last: { readonly client: ClusterClient; readonly maps: ClusterMaps } | undefined

  constructor(sources: InspectionSources) {
    this.#sources = sources
    this.#rows = new RegionRowsReader(sources.clock)
    this.#maps = sources.maps
  }

  /** Lets go of what was read, which is much of a large cluster: it is closed. */
  forget(): void {
    this.#last = undefined
    this.#rows.forget()
  }

  async overview(): Promise<ClusterOverview> {
    const client = this.#sources.client()
    const { maps, error } = await this.#mapsOrLast(client)
    const [known, checks] = await Promise.all([this.#rows.facts(maps), checkNodes(client, maps)])
    return overviewPicture({
      known,
      checks,
      nowMs: this.#sources.clock.wallTimeMs(),
      error: error?.serialize(),
    })
  }

  async regionRows(query: RegionRowsQuery): Promise<RegionRowsPage> {
    const { maps } = await this.#mapsOrLast(this.#sources.client())
    return this.#rows.page(maps, query)
  }

  async regionDetail(regionId: number): Promise<RegionDetail> {
    const client = this.#sources.client()
    const { maps } = await this.#mapsOrLast(client)
    return readRegionDetail(client, await this.#rows.facts(maps), regionId)
  }

  async job(jobId: number): Promise<JobDetail> {
    const [job] = await this.#sources.client().inspection.jobs({ jobId })
    if (job === undefined) {
      const message = `The coordinators know no job ${String(jobId)}: it never was, or was cleared away after its end.`
      throw new SandboxError('CLIENT_NOT_FOUND', message, { details: { jobId } })
    }
    return jobDetail(job)
  }

  async raftLog(request: Parameters<InspectionViews['raftLog']>[0]): Promise<RaftLogPage> {
    const { inside, maps } = await this.#inside(request.storeId)
    return readLogPage(inside, request, maps.names)
  }

  async raftLogEntry(request: Parameters<InspectionViews['raftLogEntry']>[0]): Promise<RaftLogEntryDetail> {
    const { inside, maps } = await this.#inside(request.storeId)
    return readLogEntry(inside, request, maps.names)
  }

  async engine(nodeId: number): Promise<EngineView> {
    const { inside, maps } = await this.#inside(nodeId)
    return engineView(nodeId, this.#sources.clock.wallTimeMs(), await inside.engine(), maps.names)
  }

  async flush(nodeId: number): Promise<void> {
    const { inside } = await this.#inside(nodeId)
    await inside.flush()
  }

  async compact(nodeId: number, columnFamily: string | undefined): Promise<void> {
    const { inside } = await this.#inside(nodeId)
    await inside.compact(columnFamily, { timeoutMs: COMPACT_TIMEOUT_MS })
  }

  async locate(nodeId: number, input: KeyInput): Promise<KeyLocation> {
    const key = await keyOfInput(input, this.#sources.client(), this.#sources.catalogue)
    const { inside, maps } = await this.#inside(nodeId)
    const { places } = await inside.locateKey(key)
    return { nodeId, key: decodeKey(key, maps.names), places: places.map((place) => placeView(place, maps.names)) }
  }

  /** The maps of now; while the coordinators do not answer those of before, with the reason. @throws if there are none of before */
  async #mapsOrLast(client: ClusterClient): Promise<{ maps: ClusterMaps; error: SandboxError | undefined }> {
    try {
      const maps = await this.#maps.current()
      this.#last = { client, maps }
      return { maps, error: undefined }
    } catch (thrown) {
      if (this.#last?.client !== client) throw thrown
      return { maps: this.#last.maps, error: SandboxError.from(thrown) }
    }
  }

  /** @throws SandboxError CLIENT_NOT_FOUND */
  async #inside(nodeId: number): Promise<{ inside: NodeInside; maps: ClusterMaps }> {
    const client = this.#sources.client()
    const { maps } = await this.#mapsOrLast(client)
    const coordinators = maps.coordinators.coordinatorMap?.coordinators ?? []
    const location =
      maps.stores.find(({ id }) => Number(id) === nodeId)?.serverLocation ??
      coordinators.find(({ id }) => Number(id) === nodeId)?.location
    const address = formatLocation(location)
    if (address !== '') return { inside: client.inspection.inside(address), maps }
    const message = `The cluster has no node ${String(nodeId)} whose address it knows.`
    throw new SandboxError('CLIENT_NOT_FOUND', message, { details: { nodeId } })
  }
}
