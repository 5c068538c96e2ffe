import type { MetricsSample, StoreSample } from '../../../src-main/client/views/metrics'

type MethodSample = StoreSample['methods'][number]

export function someMethod(method: string, perSecond: number, more: Partial<MethodSample> = {}): MethodSample {
  return { method, perSecond, p50Ms: 0.4, p95Ms: 1, p99Ms: 1.5, errorsPerSecond: 0, ...more }
}

/** A store that does not tell its heap. */
export function someStoreSample(storeId: number, methods: readonly MethodSample[]): StoreSample {
  return {
    storeId,
    methods,
    raft: { committedPerSecond: 12, regionCount: 3, leaderCount: 1, largestLag: 0 },
    engine: { diskBytes: 1_000_000, memtableBytes: 65_536, pendingCompactionBytes: 0 },
    eventLoopMeanMs: 0.1,
    eventLoopMaxMs: 2,
    heapUsedBytes: undefined,
  }
}

/** The sample of an interval of 2 s. @param atMs its end */
export function someSample(atMs: number, stores: readonly StoreSample[] = []): MetricsSample {
  return {
    atMs,
    intervalMs: 2000,
    stores,
    host: {
      residentBytes: 100_000_000,
      heapUsedBytes: 40_000_000,
      eventLoopMeanMs: 0.2,
      eventLoopMaxMs: 4,
      cpuShare: 0.1,
    },
  }
}
