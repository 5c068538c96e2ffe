import type { RawEngine, WriteOptions } from '../raw/raw-engine'
import type { RawWriteBatch } from '../raw/raw-write-batch'
import { GatheredGets } from './gathered-gets'
import { encodeKey, encodeVersionKey } from './key-codec'
import { MvccReader, newestVersions } from './mvcc-reader'
import { nameOfKey, NewestTimestamps } from './newest-timestamps'

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

  /**
   * The stored values of the newest versions of keys, deletions included, in their order: for who writes next, so nobody may
   * write these keys meanwhile. What is known of takes one trip for all, the others a walk each.
   */
  async newestStored(keys: readonly Uint8Array[]): Promise<ReadonlyArray<Uint8Array | undefined>> {
    const known: Uint8Array[] = []
    const knownAt: number[] = []
    const unknownAt: number[] = []
    for (const [position, key] of keys.entries()) {
      const ts = this.newest.find(nameOfKey(encodeKey(key)))
      if (ts === undefined) unknownAt.push(position)
      else {
        known.push(encodeVersionKey(key, ts))
        knownAt.push(position)
      }
    }
    const stored = new Array<Uint8Array | undefined>(keys.length)
    const got = await this.rawEngine.getMany(known)
    for (const [place, position] of knownAt.entries()) stored[position] = got[place]
    const walked = await newestVersions(
      this.rawEngine,
      unknownAt.map((position) => keys[position] as Uint8Array),
    )
    for (const [place, position] of unknownAt.entries()) stored[position] = walked[place]
    return stored
  }

  /** @param nowMs wall time in ms, with which times of expiry are compared */
  reader(nowMs: () => number): MvccReader {
    return new MvccReader(this, nowMs)
  }
}
