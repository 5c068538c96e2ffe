import { encodeRange } from '../mvcc/key-codec'
import type { MvccStore } from '../mvcc/mvcc-store'
import type { EngineRegion } from '../engine-region'
import { rangeCovers, rangesOverlap } from '../raw/key-range'
import type { RawEngine } from '../raw/raw-engine'
import { RawWriteBatch } from '../raw/raw-write-batch'
import { DATA_FAMILIES, META_FAMILY, recordKey } from './region-record'

/** The families of an engine in which data of regions lies. */
export function dataFamilies({ columnFamilies }: RawEngine): readonly string[] {
  return DATA_FAMILIES.filter((family) => columnFamilies.includes(family))
}

/**
 * Removes the data of a region and what is kept of how far it was applied, in one batch. What a snapshot that was half
 * installed left goes, too.
 */
export async function deleteRegionData(store: MvccStore, region: EngineRegion): Promise<void> {
  const { rawEngine } = store
  await store.replace(() => discardIncompleteIngests(rawEngine, region))
  const range = encodeRange(region.range)
  const batch = new RawWriteBatch()
  for (const family of dataFamilies(rawEngine)) batch.deleteRange(range, family)
  await store.write(batch.delete(recordKey(region.id), META_FAMILY))
}

/** Empties what ingests into the region's range left that did not end. */
export async function discardIncompleteIngests(rawEngine: RawEngine, region: EngineRegion): Promise<void> {
  const range = encodeRange(region.range)
  for (const ingest of await rawEngine.incompleteIngests()) {
    if (rangeCovers(range, ingest.range)) await rawEngine.discardIncompleteIngest(ingest)
  }
}

/** Whether part of the region's range is only partly there, because an ingest into it did not end. */
export async function hasIncompleteIngest(rawEngine: RawEngine, region: EngineRegion): Promise<boolean> {
  const range = encodeRange(region.range)
  return (await rawEngine.incompleteIngests()).some((ingest) => rangesOverlap(range, ingest.range))
}
