import { SandboxError } from '../base/sandbox-error'
import { encodeRange } from '../engine/encoded-range'
import { noProbe } from '../flow/flow-probe'
import { CoordinatorService } from '../rpc/generated/dingodb/coordinator_pb'
import type { RegionCmd } from '../rpc/generated/dingodb/coordinator_pb'
import { FirstElection } from './controller/first-election'
import { RegionController } from './controller/region-controller'
import { RegionFiguresCollector } from './heartbeat/region-figures'
import { StoreHeartbeat } from './heartbeat/store-heartbeat'
import type { ReportScope } from './heartbeat/store-report'
import { StoreReport } from './heartbeat/store-report'
import { StoreMetrics } from './inspection/store-metrics'
import { StoreMetaManager } from './meta/store-meta-manager'
import { NodeGate } from './node-gate'
import { ForgottenRegions } from './region/forgotten-regions'
import { recoverRegions } from './region/recover-regions'
import { regionEvents } from './region/region-events'
import { RegionRevival } from './region/region-revival'
import type { StoreRegions } from './region/store-region'
import { ScanSessions } from './scan/scan-sessions'
import { RequestsUnderWay } from './service/requests-under-way'
import { Storage } from './storage/storage'
import type { StoreNodeOptions } from './store-node-options'
import { openKeyring } from './store-node-options'
import type { StorePorts } from './store-services'
import { registerStoreServices } from './store-services'
import type { StoreSettings } from './store-settings'
import { defaultStoreSettings } from './store-settings'
import { CoordinatorTimestampProvider } from './timestamp/coordinator-timestamp-provider'
import { coordinatorTimestampSource } from './timestamp/timestamp-source'

/**
 * A store: holds replicas of regions, serves their data, does what the coordinators tell it, and reports to them. Nothing runs
 * before {@link start}.
 */
export class StoreNode {
  readonly meta: StoreMetaManager
  /** Owns the engines, and finds that of each region. */
  readonly storage: Storage
  readonly controller: RegionController
  /** The calls that its StoreService has answered. */
  readonly metrics = new StoreMetrics()
  readonly #options: StoreNodeOptions
  readonly #settings: StoreSettings
  readonly #gate = new NodeGate()
  readonly #timestamps: CoordinatorTimestampProvider
  readonly #requests = new RequestsUnderWay()
  readonly #scans: ScanSessions
  readonly #elections: FirstElection
  readonly #revival: RegionRevival
  readonly #figures: RegionFiguresCollector
  readonly #report: StoreReport
  readonly #heartbeat: StoreHeartbeat
  readonly #forgotten: ForgottenRegions
  #starting: Promise<void> | undefined
  #stopping: Promise<void> | undefined

  constructor(options: StoreNodeOptions) {
    const { env, storeId, serverLocation, raftLocation, rawEngine, coordinators, onFailure, onWarning } = options
    const { clock } = env
    this.#options = options
    this.#settings = { ...defaultStoreSettings, ...options.settings }
    const settings = this.#settings
    const historyLimits = { perRegion: settings.historyPerRegion, total: settings.historyTotal }
    const report = (regionId: number): void => {
      this.#heartbeat.report(regionId)
    }

    this.meta = new StoreMetaManager({
      identity: { storeId, serverLocation, raftLocation },
      rawEngine,
      encodeRange: (range) => {
        const { start, end } = encodeRange(range)
        return { startKey: start, endKey: end }
      },
      changeLimits: historyLimits,
    })
    this.#timestamps = new CoordinatorTimestampProvider({
      clock,
      source: coordinatorTimestampSource({
        unary: (method, request, callOptions) => coordinators.call(method, request, callOptions),
      }),
    })
    const listener = regionEvents({
      meta: () => this.meta,
      report,
      failed: (regionId, error) => {
        this.#revival.failed(regionId, error)
      },
      onWarning,
    })
    const engines = options.createEngines({ rawEngine, timestamps: this.#timestamps, listener })
    this.storage = new Storage({ engines })
    const { meta, storage } = this
    this.#scans = new ScanSessions({ clock, random: env.random })
    this.#elections = new FirstElection({
      storeId,
      clock,
      engines: storage,
      retryMs: settings.firstElectionRetryMs,
      maxRetryMs: settings.firstElectionMaxRetryMs,
    })
    this.#figures = new RegionFiguresCollector({
      clock,
      meta,
      engines: storage,
      rawEngine,
      refreshMs: settings.regionMetricsRefreshMs,
      onWarning,
    })
    this.#report = new StoreReport({
      keyring: options.keyring ?? openKeyring,
      resourceTag: options.resourceTag ?? '',
      meta,
      engines: storage,
      figures: this.#figures,
      hostMetrics: options.hostMetrics ?? (() => ({})),
    })
    this.#forgotten = new ForgottenRegions({ clock, regions: meta.regions, keptMs: settings.deletedRetentionMs })
    this.#heartbeat = new StoreHeartbeat({
      clock,
      intervalMs: settings.heartbeatIntervalMs,
      maxBackOffMs: settings.heartbeatMaxBackOffMs,
      reportRegionMultiple: settings.reportRegionMultiple,
      send: (scope, signal) => this.#sendHeartbeat(scope, signal),
      receiver: () => options.coordinators.leaderAddress,
      onWarning,
    })
    this.controller = new RegionController({
      storeId,
      clock,
      meta,
      engines: storage,
      prepareDestroy: (regionId) => this.#prepareDestroy(regionId),
      requestsAnswered: (regionId) => this.#requests.whenIdle(regionId),
      forget: (regionId) => {
        this.#requests.forget(regionId)
        this.#revival.forget(regionId)
      },
      startElection: (regionId) => {
        this.#startElection(regionId)
      },
      report,
      maxRunning: settings.maxRunningRegionCommands,
      historyLimits,
      observer: options.commandObserver,
      probe: options.probe,
      onFailed: (command) => {
        void this.#reportFailedCommand(command)
      },
      onWarning,
    })
    this.#revival = new RegionRevival({
      clock,
      regions: meta,
      engines: storage,
      betweenCommands: (regionId, work) => this.controller.betweenCommands(regionId, work),
      isLeaving: (regionId) => this.controller.isLeaving(regionId),
      retryMs: settings.regionRevivalMs,
      maxRetryMs: settings.regionRevivalMaxMs,
      onRevived: (regionId) => {
        this.#startElection(regionId)
        report(regionId)
      },
      onFailure,
      onWarning,
    })
  }

  /** The regions of this store. */
  get regions(): StoreRegions {
    return this.meta.regions
  }

  /** Ids of the regions that are up here in an engine without Raft. This store leads each of them. */
  regionsWithoutRaft(): ReadonlySet<number> {
    const alone = this.meta.list().filter((region) => this.storage.leadsAlone(region))
    return new Set(alone.map(({ id }) => id))
  }

  /** Whether the coordinators let nobody write, as the last heartbeat told. */
  get isReadOnly(): boolean {
    return this.meta.server.isClusterReadOnly
  }

  /** Adds what this node serves to the registries of its two ports. Once. Until it has started it answers EREGION_UNAVAILABLE. */
  registerServices(ports: StorePorts): void {
    const { meta, storage, controller } = this
    const { env, rawEngine, version = {}, memoryStats = () => '' } = this.#options
    const { readMode, maxPendingRequests, maxWriteBytes } = this.#settings
    registerStoreServices(ports, this.#gate, {
      regions: meta,
      storage,
      locations: meta.server,
      isReadOnly: () => this.isReadOnly,
      clock: env.clock,
      scans: this.#scans,
      requests: this.#requests,
      metrics: this.metrics,
      probe: this.#options.probe ?? noProbe,
      figures: this.#report,
      records: {
        commands: () => [...controller.finished, ...controller.underWay.map(({ message }) => message)],
        changes: (regionId) => meta.changes.list(regionId),
        raftMeta: (regionId) => meta.raft.read(regionId),
      },
      timestamps: this.#timestamps,
      rawEngine,
      memoryStats,
      version,
      settings: { readMode, maxPendingRequests, maxWriteBytes },
      server: meta.server,
      controller,
    })
  }

  /**
   * Loads the metadata, brings up the regions, goes on with commands that were not finished, and begins to report. A region that does
   * not come up goes to `onFailure`; the others are served.
   *
   * @throws SandboxError STORE_RECORD_DAMAGED, ENGINE_*, CANCELLED if it is stopped meanwhile
   */
  start(): Promise<void> {
    this.#starting ??= this.#start()
    return this.#starting
  }

  /** Orderly: refuses new requests, answers those under way, and closes the engines. Twice is harmless. @throws SandboxError of an engine */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop()
    return this.#stopping
  }

  /**
   * As if the process had died: from now on nothing is answered, reported or begun. Its engines close behind the scenes; {@link stop}
   * tells when that is done.
   */
  silence(): void {
    this.#gate.set('silent')
    // Whoever wants to know how it ended asks stop().
    this.stop().catch(() => undefined)
  }

  async #start(): Promise<void> {
    const { controller, meta, storage } = this
    await meta.load()
    await controller.load()
    this.#checkNotStopped()
    const recovered = await recoverRegions({
      regions: meta.regions,
      engines: storage,
      maxAtATime: this.#settings.maxRegionRecoveries,
      isLeaving: (regionId) => controller.isLeaving(regionId),
      onFailure: (regionId, error) => {
        this.#revival.failed(regionId, error)
      },
    })
    this.#checkNotStopped()
    this.#gate.set('open')
    for (const { id } of recovered) this.#startElection(id)
    controller.resume()
    // Whether the coordinators took note before the last end is not known.
    for (const regionId of this.meta.regions.deletedIds) this.#heartbeat.report(regionId)
    this.#heartbeat.start()
    this.#figures.start()
  }

  async #stop(): Promise<void> {
    this.#gate.set('stopped')
    this.#heartbeat.stop()
    this.#figures.stop()
    this.#elections.close()
    this.#revival.close()
    this.controller.close()
    this.#timestamps.close()
    try {
      // Both, whatever one of them throws.
      await this.#scans.close().finally(() => this.storage.close())
    } finally {
      // How a start ended that was interrupted is told to whoever began it.
      await this.#starting?.catch(() => undefined)
      await Promise.all([
        this.controller.idle(),
        this.#heartbeat.idle(),
        this.#figures.idle(),
        this.meta.regions.idle(),
      ])
    }
  }

  #checkNotStopped(): void {
    if (this.#stopping === undefined) return
    throw new SandboxError('CANCELLED', `Store ${String(this.#options.storeId)} was stopped before it had started.`)
  }

  #startElection(regionId: number): void {
    const region = this.meta.find(regionId)
    if (region !== undefined) this.#elections.begin(region)
  }

  async #prepareDestroy(regionId: number): Promise<void> {
    this.#scans.releaseRegion(regionId)
    const { clock } = this.#options.env
    await new Promise<void>((resolve) => {
      const timer = clock.setTimer(this.#settings.destroyGraceMs, resolve)
      void this.#requests.whenIdle(regionId).then(() => {
        timer.cancel()
        resolve()
      })
    })
  }

  async #sendHeartbeat(scope: ReportScope, signal: AbortSignal): Promise<void> {
    const request = await this.#report.heartbeat(scope)
    const { storeHeartbeat } = CoordinatorService.method
    const timeoutMs = this.#settings.heartbeatTimeoutMs
    const response = await this.#options.coordinators.call(storeHeartbeat, request, { timeoutMs, signal })
    if (signal.aborted) return
    this.meta.server.update(response.storemap, response.clusterState)
    if (typeof scope === 'object') this.#forgotten.reported(scope)
    await this.#forgotten.sweep().catch((thrown: unknown) => {
      // The report itself has arrived.
      this.#options.onWarning(SandboxError.from(thrown))
    })
  }

  /** Tells the coordinators of a command that failed after it was taken; they hear of the others by the regions' reports. */
  async #reportFailedCommand({ id, jobId, status, error }: RegionCmd): Promise<void> {
    const request = { jobId, regionCmdId: id, status, ...(error && { error }) }
    try {
      await this.#options.coordinators.call(CoordinatorService.method.updateRegionCmdStatus, request, {
        timeoutMs: this.#settings.heartbeatTimeoutMs,
      })
    } catch (thrown) {
      if (this.#stopping === undefined) this.#options.onWarning(SandboxError.from(thrown))
    }
  }
}
