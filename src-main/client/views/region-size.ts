import type { RegionMetrics } from '../../rpc/generated/dingodb/common_pb'

/** How much a region holds, as its leader last measured it. */
export interface RegionSize {
  readonly sizeBytes: number
  readonly keyCount: number
}

/** Undefined while nothing was measured: a report without figures writes zeros into their fields. */
export function regionSizeOf(metrics: RegionMetrics | undefined): RegionSize | undefined {
  if (metrics === undefined) return undefined
  const { rowCount, regionSize, lastUpdateMetricsTimestamp } = metrics
  if (rowCount === 0n && regionSize === 0n && lastUpdateMetricsTimestamp === 0n) return undefined
  return { sizeBytes: Number(regionSize), keyCount: Number(rowCount) }
}

/** The sum over regions of which something is known; undefined if it is of none. */
export function sumOfSizes(sizes: ReadonlyArray<RegionSize | undefined>): RegionSize | undefined {
  const known = sizes.filter((size) => size !== undefined)
  if (known.length === 0) return undefined
  return {
    sizeBytes: known.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    keyCount: known.reduce((sum, { keyCount }) => sum + keyCount, 0),
  }
}
