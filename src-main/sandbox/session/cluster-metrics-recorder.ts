import type { HostSample, MetricsHistory, MetricsSample, StoreSample } from '../../client/views/metrics'
import type { Clock, Timer } from '../../env'
import type { GetMetricsResponse } from '../../rpc/generated/sandbox/inspection_pb'
import type { HostFigures } from '../host-figures'
import { EventLoopDelayMeter } from '../node/event-loop-delay-meter'
import type { MetricsRecorder } from '../sandbox'
import type { ClusterSession } from './cluster-session'
import { storeSample } from './store-rates'

/** The length of an interval in ms, and how many of them are kept: ten minutes. */
export const INTERVAL_MS = 2_000
export const KEPT_SAMPLES = 300
/** Ms after which a store that is silent is left out of a sample. */
const TIMEOUT_MS = 1_500

/** What the recorder takes samples of. */
export interface RecorderParts {
  readonly clock: Clock
  readonly session: Pick<ClusterSession, 'view' | 'onChange' | 'running'>
  readonly hostFigures: () => HostFigures
}

/** One cluster from the moment it runs until it closes. */
interface Run {
  readonly meter: EventLoopDelayMeter
  timer: Timer | undefined
  /** When the interval began, in ms of the monotonic clock, and what was counted by then. */
  startedMs: number
  host: HostFigures
  stores: ReadonlyMap<number, GetMetricsResponse>
}

/**
 * Takes a sample of the running cluster and of the program every two seconds, whether or not somebody looks: whoever looks later sees
 * what has been. Samples of one cluster are forgotten when the next one runs.
 */
export class ClusterMetricsRecorder implements MetricsRecorder {
  readonly #parts: RecorderParts
  readonly #listeners = new Set<(sample: MetricsSample) => void>()
  readonly #stopSession: () => void
  #samples: MetricsSample[] = []
  #run: Run | undefined

  /** Begins by itself whenever the session runs. */
  constructor(parts: RecorderParts) {
    this.#parts = parts
    this.#stopSession = parts.session.onChange(() => {
      this.#follow()
    })
    this.#follow()
  }

  history(): MetricsHistory {
    return { intervalMs: INTERVAL_MS, samples: this.#samples }
  }

  onSample(listener: (sample: MetricsSample) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Takes no more samples. Twice is harmless. */
  close(): void {
    this.#stopSession()
    this.#end()
  }

  #follow(): void {
    const isRunning = this.#parts.session.view.phase === 'running'
    if (isRunning && this.#run === undefined) this.#begin()
    else if (!isRunning) this.#end()
  }

  #begin(): void {
    const { clock, hostFigures } = this.#parts
    const meter = new EventLoopDelayMeter(clock)
    meter.start()
    this.#samples = []
    const run: Run = {
      meter,
      timer: undefined,
      startedMs: clock.monotonicMs(),
      host: hostFigures(),
      stores: new Map(),
    }
    this.#run = run
    this.#plan(run, 0)
  }

  #end(): void {
    this.#run?.meter.stop()
    this.#run?.timer?.cancel()
    this.#run = undefined
  }

  #plan(run: Run, tookMs: number): void {
    if (this.#run !== run) return
    run.timer = this.#parts.clock.setTimer(Math.max(0, INTERVAL_MS - tookMs), () => {
      const startedMs = this.#parts.clock.monotonicMs()
      void this.#take(run).finally(() => {
        this.#plan(run, this.#parts.clock.monotonicMs() - startedMs)
      })
    })
  }

  /** Never rejects. */
  async #take(run: Run): Promise<void> {
    const { clock, hostFigures } = this.#parts
    const counters = await this.#askStores()
    if (this.#run !== run) return
    const nowMs = clock.monotonicMs()
    const intervalMs = Math.max(1, nowMs - run.startedMs)
    const host = hostFigures()
    const stores = [...counters].map(([storeId, now]): StoreSample => {
      return storeSample(storeId, run.stores.get(storeId), now, intervalMs)
    })
    const sample: MetricsSample = {
      atMs: clock.wallTimeMs(),
      intervalMs,
      stores,
      host: hostSample(run, host, intervalMs),
    }
    Object.assign(run, { startedMs: nowMs, host, stores: counters })
    this.#samples = [...this.#samples.slice(1 - KEPT_SAMPLES), sample]
    for (const listener of [...this.#listeners]) listener(sample)
  }

  /** The counters of the stores that answer, in the order of ids. */
  async #askStores(): Promise<Map<number, GetMetricsResponse>> {
    const { session } = this.#parts
    const stores = session.view.nodes.filter(({ role, state }) => role === 'store' && state === 'running')
    const answers = await Promise.allSettled(
      stores.map(async ({ nodeId, serverAddress }): Promise<[number, GetMetricsResponse]> => {
        const { inspection } = session.running().client
        return [nodeId, await inspection.inside(serverAddress).metrics({ timeoutMs: TIMEOUT_MS })]
      }),
    )
    // A store that does not answer has no figures: the picture of the cluster tells that it is away.
    return new Map(answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : [])))
  }
}

function hostSample(run: Run, host: HostFigures, intervalMs: number): HostSample {
  const { meanMs, maxMs } = run.meter.read()
  return {
    residentBytes: host.residentBytes,
    heapUsedBytes: host.heapUsedBytes,
    eventLoopMeanMs: meanMs,
    eventLoopMaxMs: maxMs,
    cpuShare: (host.cpuMs - run.host.cpuMs) / intervalMs,
  }
}
