import type { RawEngine, WriteOptions } from '../raw/raw-engine'
import type { RawWriteBatch } from '../raw/raw-write-batch'
import { GatheredGets } from './gathered-gets'
import { MvccReader } from './mvcc-reader'
import { NewestTimestamps } from './newest-timestamps'

/** Versions of keys in a raw engine. All that an engine writes into its regions goes through here, so that readers know. */
export class MvccStore {
  readonly rawEngine: RawEngine
  readonly newest = new NewestTimestamps()
  readonly gets: GatheredGets

  constructor(rawEngine: RawEngine) {
    this.rawEngine = rawEngine
    this.gets = new GatheredGets(rawEngine)
  }

  /** Writes a batch whose operations on the family `default` are versions or delete ranges. @throws as `RawEngine.write` */
  write(batch: RawWriteBatch, options?: WriteOptions): Promise<void> {
    return this.newest.during(batch.operations, () => this.rawEngine.write(batch, options))
  }

  /** Does something else to the raw engine that changes data of regions, for instance an ingest. */
  replace<T>(change: (rawEngine: RawEngine) => Promise<T>): Promise<T> {
    return this.newest.duringChangeOfRanges(() => change(this.rawEngine))
  }

  /** @param nowMs wall time in ms, with which times of expiry are compared */
  reader(nowMs: () => number): MvccReader {
    return new MvccReader(this, nowMs)
  }
}
