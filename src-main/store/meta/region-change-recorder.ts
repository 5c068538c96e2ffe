import { clone, create, fromBinary, toBinary } from '@bufbuild/protobuf'
import type { RegionCmdType } from '../../rpc/generated/dingodb/coordinator_pb'
import type { RegionChangeRecord } from '../../rpc/generated/dingodb/store_internal_pb'
import {
  RegionChangeRecord_TimePointSchema,
  RegionChangeRecordSchema,
} from '../../rpc/generated/dingodb/store_internal_pb'
import { BoundedHistory } from './bounded-history'
import type { HistoryLimits } from './bounded-history'
import { KeyedQueue } from './keyed-queue'
import { changeKey, idsOf, metaKeyText, metaPrefixes } from './meta-keys'
import type { MetaStorage } from './meta-storage'
import { damagedRecord, decodeRecord } from './meta-storage'
import { wallTimeText } from './wall-time-text'

const encoder = new TextEncoder()

/** Points of one timeline that are kept, the newest: commands that belong to no job share one record. */
const MAX_TIME_POINTS = 256

/** The job that changes a region. */
export interface RegionChange {
  readonly regionId: number
  readonly jobId: number
  readonly jobType: RegionCmdType
  /** What the job is to do, for people. */
  readonly content: string
}

/** One point of a timeline. */
export interface RegionChangeEvent {
  /** Wall time in ms. */
  readonly atMs: number
  /** What happened, in a few words. */
  readonly event: string
}

/** Keeps what each job did to a region and when, for inspectors: `META_CHANGE_<region>_<job>`, the newest of each region. */
export class RegionChangeRecorder {
  readonly #storage: MetaStorage
  readonly #history: BoundedHistory<string>
  readonly #records = new Map<string, RegionChangeRecord>()
  readonly #writes = new KeyedQueue<number>()

  constructor(storage: MetaStorage, limits: HistoryLimits) {
    this.#storage = storage
    this.#history = new BoundedHistory(limits)
  }

  /** Reads what is on disk; once, before anything else. @throws SandboxError STORE_RECORD_DAMAGED, naming the key; ENGINE_* */
  async load(): Promise<void> {
    const loaded = (await this.#storage.readAll(metaPrefixes.change)).map((raw) => {
      const [regionId] = idsOf(raw.key, metaPrefixes.change, 2) ?? []
      if (regionId === undefined) throw damagedRecord(raw.key, 'its key names no region and job')
      const record = decodeRecord(raw, (bytes) => fromBinary(RegionChangeRecordSchema, bytes))
      return { key: metaKeyText(raw.key), regionId, record }
    })
    // Text of equal form: its order is that of time.
    const age = ({ key, record }: (typeof loaded)[number]) => `${record.beginTime} ${key}`
    loaded.sort((left, right) => (age(left) < age(right) ? -1 : 1))
    for (const { key, regionId, record } of loaded) {
      this.#records.set(key, record)
      for (const dropped of this.#history.add(regionId, key)) this.#records.delete(dropped)
    }
  }

  /** Adds to the timeline of a change, and begins the record with the first event. @throws SandboxError ENGINE_* */
  record(change: RegionChange, events: readonly RegionChangeEvent[]): Promise<void> {
    const { regionId, jobId, jobType, content } = change
    const timeline = events.map(({ atMs, event }) => ({ time: wallTimeText(atMs), event }))
    const beginTime = timeline[0]?.time
    if (beginTime === undefined) return Promise.resolve()
    return this.#writes.run(regionId, async () => {
      const diskKey = changeKey(regionId, jobId)
      const key = metaKeyText(diskKey)
      const known = this.#records.get(key)
      const ids = { regionId: BigInt(regionId), jobId: BigInt(jobId) }
      const next =
        known === undefined
          ? create(RegionChangeRecordSchema, { ...ids, jobType, jobContent: content, beginTime })
          : clone(RegionChangeRecordSchema, known)
      next.timeline.push(...timeline.map((point) => create(RegionChangeRecord_TimePointSchema, point)))
      next.timeline.splice(0, Math.max(0, next.timeline.length - MAX_TIME_POINTS))
      const dropped = this.#history.add(regionId, key)
      await this.#storage.write((batch) => {
        batch.put(diskKey, toBinary(RegionChangeRecordSchema, next))
        for (const old of dropped) batch.delete(encoder.encode(old))
      })
      this.#records.set(key, next)
      for (const old of dropped) this.#records.delete(old)
    })
  }

  /** The records of a region, the oldest first; of all regions without one. */
  list(regionId?: number): readonly RegionChangeRecord[] {
    const records = [...this.#records.values()]
    return regionId === undefined ? records : records.filter((record) => record.regionId === BigInt(regionId))
  }
}
