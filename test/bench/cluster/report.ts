import type { LoadResult } from './load'

/** One server under one load, once a round. */
export interface Measurement {
  readonly subject: string
  readonly operation: 'put' | 'get'
  readonly underWay: number
  readonly results: readonly LoadResult[]
}

/** Everything that a run found out. */
export interface Report {
  /** Undefined if there is none on this machine. */
  readonly etcdVersion: string | undefined
  readonly footprint: {
    /** From the start of the program to its ready line, for a new cluster. */
    readonly readyMs: number
    /** The same for one that reopens its regions. */
    readonly reopenedMs: number
    readonly residentMiB: number
    /** Of a core, after a minute without work. */
    readonly earlyIdlePercent: number
    /** The same after four minutes, as it then stays. */
    readonly idlePercent: number
    readonly regionCount: number
  }
  readonly measurements: readonly Measurement[]
  readonly baselines: ReadonlyArray<{
    readonly underWay: number
    readonly bareDiskPuts: number
    readonly rawPuts: number
    readonly rawGets: number
  }>
}

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN

/** Prints a report as tables. */
export function show({ etcdVersion, footprint, measurements, baselines }: Report): void {
  const { readyMs, reopenedMs, residentMiB, earlyIdlePercent, idlePercent, regionCount } = footprint
  console.log(
    `ready: ${readyMs.toFixed(0)} ms new, ${reopenedMs.toFixed(0)} ms with ${String(regionCount)} regions (aim 1500)`,
  )
  console.log(
    `3+3 nodes, ${String(regionCount)} regions: ${residentMiB.toFixed(0)} MiB resident (aim 350), ${idlePercent.toFixed(2)} % of a core idle (aim 3; ${earlyIdlePercent.toFixed(2)} % in the second minute)`,
  )
  console.log(etcdVersion === undefined ? 'etcd is not on this machine' : `etcd ${etcdVersion}`)
  const rows = measurements.map(({ subject, operation, underWay, results }) => {
    const rival = measurements.find((other) => {
      return other.subject === 'etcd' && other.operation === operation && other.underWay === underWay
    })
    return {
      operation,
      'under way': underWay,
      server: subject,
      'per second': Math.round(median(results.map((result) => result.perSecond))),
      'p50 ms': Number(median(results.map((result) => result.p50Ms)).toFixed(2)),
      'p99 ms': Number(median(results.map((result) => result.p99Ms)).toFixed(2)),
      'of etcd': rival === undefined ? '' : ratio(results, rival.results).toFixed(2),
      errors: results.reduce((sum, result) => sum + result.errors, 0),
    }
  })
  console.table(rows)
  const first = measurements.flatMap(({ results }) => results).find((result) => result.firstError !== undefined)
  if (first !== undefined) console.log(`first error: ${first.firstError ?? ''}`)
  console.table(
    baselines.map(({ underWay, bareDiskPuts, rawPuts, rawGets }) => ({
      'under way': underWay,
      'bare write+fdatasync, records/s': Math.round(bareDiskPuts),
      'raw engine, puts/s': Math.round(rawPuts),
      'raw engine, gets/s': Math.round(rawGets),
    })),
  )
}

/** Ours over theirs, of each round with its neighbour; the median. */
function ratio(ours: readonly LoadResult[], theirs: readonly LoadResult[]): number {
  return median(ours.map((result, round) => result.perSecond / (theirs[round]?.perSecond ?? NaN)))
}
