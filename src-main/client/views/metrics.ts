/** Figures of one interval between two samples. */
export interface MetricsSample {
  /** Wall time in ms at the end of the interval. */
  readonly atMs: number
  readonly intervalMs: number
  readonly stores: readonly StoreSample[]
  readonly host: HostSample
}

export interface StoreSample {
  readonly storeId: number
  /** Per service method that was called: calls a second, and latencies in ms. */
  readonly methods: ReadonlyArray<{
    readonly method: string
    readonly perSecond: number
    readonly p50Ms: number | undefined
    readonly p95Ms: number | undefined
    readonly p99Ms: number | undefined
    readonly errorsPerSecond: number
  }>
  readonly raft: {
    /** Entries that were committed on groups that this store leads, per second. */
    readonly committedPerSecond: number | undefined
    readonly regionCount: number
    readonly leaderCount: number
    /** The largest distance between last and applied index over its regions. */
    readonly largestLag: number | undefined
  }
  readonly engine: {
    readonly diskBytes: number | undefined
    readonly memtableBytes: number | undefined
    readonly pendingCompactionBytes: number | undefined
  }
  readonly eventLoopMeanMs: number | undefined
  readonly eventLoopMaxMs: number | undefined
  readonly heapUsedBytes: number | undefined
}

/** The program that carries the cluster and these screens. */
export interface HostSample {
  readonly residentBytes: number
  readonly heapUsedBytes: number
  readonly eventLoopMeanMs: number
  readonly eventLoopMaxMs: number
  /** Share of one core, of the whole process. */
  readonly cpuShare: number
}

/** The samples that are kept, oldest first. */
export interface MetricsHistory {
  readonly intervalMs: number
  readonly samples: readonly MetricsSample[]
}
