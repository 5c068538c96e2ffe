import type { StoreSample } from '../../client/views/metrics'
import type { GetMetricsResponse, MethodCounters } from '../../rpc/generated/sandbox/inspection_pb'

type MethodRate = StoreSample['methods'][number]

/**
 * What a store did between two looks at its counters.
 *
 * @param before undefined, or of an earlier life of the store: then there are no rates yet
 */
export function storeSample(
  storeId: number,
  before: GetMetricsResponse | undefined,
  now: GetMetricsResponse,
  intervalMs: number,
): StoreSample {
  const known = before === undefined || isNewLife(before, now) ? undefined : before
  return {
    storeId,
    methods: known === undefined ? [] : methodRates(known, now, intervalMs),
    raft: {
      committedPerSecond:
        known === undefined ? undefined : perSecond(now.committedEntries - known.committedEntries, intervalMs),
      regionCount: Number(now.regionCount),
      leaderCount: Number(now.leaderCount),
      largestLag: Number(now.largestLag),
    },
    engine: {
      diskBytes: numberOf(now.engineDiskBytes),
      memtableBytes: numberOf(now.engineMemtableBytes),
      pendingCompactionBytes: numberOf(now.enginePendingCompactionBytes),
    },
    eventLoopMeanMs: now.eventLoopDelayMeanMs,
    eventLoopMaxMs: now.eventLoopDelayMaxMs,
    heapUsedBytes: Number(now.heapUsedBytes),
  }
}

/** Counters only grow, until the store begins anew. */
function isNewLife(before: GetMetricsResponse, now: GetMetricsResponse): boolean {
  if (now.committedEntries < before.committedEntries) return true
  const calls = new Map(now.methods.map((each) => [each.method, each.calls]))
  return before.methods.some(({ method, calls: callsBefore }) => (calls.get(method) ?? 0n) < callsBefore)
}

function methodRates(before: GetMetricsResponse, now: GetMetricsResponse, intervalMs: number): MethodRate[] {
  const earlier = new Map(before.methods.map((each) => [each.method, each]))
  return now.methods.map((counters) => methodRate(earlier.get(counters.method), counters, intervalMs))
}

function methodRate(before: MethodCounters | undefined, now: MethodCounters, intervalMs: number): MethodRate {
  const calls = now.calls - (before?.calls ?? 0n)
  const quantile = quantilesBetween(before, now)
  return {
    method: now.method,
    perSecond: perSecond(calls, intervalMs),
    p50Ms: quantile(0.5),
    p95Ms: quantile(0.95),
    p99Ms: quantile(0.99),
    errorsPerSecond: perSecond(now.errors - (before?.errors ?? 0n), intervalMs),
  }
}

/** Finds the duration, in ms, that a share of the calls in between did not exceed; undefined if there were none. */
function quantilesBetween(
  before: MethodCounters | undefined,
  now: MethodCounters,
): (share: number) => number | undefined {
  const earlier = new Map(before?.boundsMs.map((bound, position) => [bound, Number(before.counts[position] ?? 0n)]))
  const buckets = now.boundsMs.map((upToMs, position) => ({
    upToMs,
    count: Number(now.counts[position] ?? 0n) - (earlier.get(upToMs) ?? 0),
  }))
  const total = buckets.reduce((sum, { count }) => sum + count, 0)
  return (share) => {
    if (total === 0) return undefined
    let left = Math.ceil(total * share)
    for (const { upToMs, count } of buckets) {
      left -= count
      if (left <= 0) return upToMs
    }
    return buckets.at(-1)?.upToMs
  }
}

const perSecond = (count: bigint, intervalMs: number): number => (Number(count) * 1000) / intervalMs
const numberOf = (value: bigint | undefined): number | undefined => (value === undefined ? undefined : Number(value))
