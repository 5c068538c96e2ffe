import { clone, create, fromBinary, toBinary } from '@bufbuild/protobuf'
import type { PlainRange } from '../../engine/write-data'
import { dingoError } from '../../rpc/dingo-error'
import type { Peer, RegionDefinition, StoreRegionState } from '../../rpc/generated/dingodb/common_pb'
import { RegionDefinitionSchema, StoreRegionState as States } from '../../rpc/generated/dingodb/common_pb'
import { Errno } from '../../rpc/generated/dingodb/error_pb'
import type { Region } from '../../rpc/generated/dingodb/store_internal_pb'
import { RegionSchema } from '../../rpc/generated/dingodb/store_internal_pb'
import { toNumber } from '../../rpc/int64'
import type { StoreRegion, StoreRegions } from '../region/store-region'
import { KeyedQueue } from './keyed-queue'
import { deletedKey, idsOf, metaPrefixes, raftKey, regionKey } from './meta-keys'
import type { MetaStorage } from './meta-storage'
import { damagedRecord, decodeRecord } from './meta-storage'
import { RegionEntry } from './region-entry'
import { checkMove, isRemovableState, stateName } from './region-state'
import { isPlaceholder, sharesKeys } from './region-range'

/** Turns plain bounds into those under which a region's data lies in the raw engine. */
export type EncodeRange = (range: PlainRange) => PlainRange

/** What StoreRegionMeta is made of. */
export interface StoreRegionMetaOptions {
  readonly storage: MetaStorage
  readonly encodeRange: EncodeRange
}

/** How a region comes to this store. */
export interface AddRegionOptions {
  /** The coordinator's job that creates it. */
  readonly jobId?: number | undefined
  /** The region that it is split from; 0 for none. */
  readonly parentId?: number | undefined
}

/**
 * The regions of this store: each is on disk under `META_REGION_<id>`, the latest record only, written at once at every change
 * (flows.md, Region metadata). A change goes to disk first and is seen in memory when it is there; changes of one region
 * happen one after the other. Ids of deleted regions are kept under `META_DELETED_<id>` until {@link forgetDeleted}, so that none
 * comes back.
 */
export class StoreRegionMeta implements StoreRegions {
  readonly #storage: MetaStorage
  readonly #encodeRange: EncodeRange
  readonly #entries = new Map<number, RegionEntry>()
  /** Regions whose first record is being written: their ids and ranges are taken already. */
  readonly #arriving = new Map<number, PlainRange>()
  readonly #deleted = new Set<number>()
  readonly #writes = new KeyedQueue<number>()
  /** The answer of {@link list}; undefined after a change of it. */
  #listed: readonly StoreRegion[] | undefined

  constructor(options: StoreRegionMetaOptions) {
    this.#storage = options.storage
    this.#encodeRange = options.encodeRange
  }

  /** Reads what is on disk; once, before anything else. @throws SandboxError STORE_RECORD_DAMAGED, naming the key; ENGINE_* */
  async load(): Promise<void> {
    for (const raw of await this.#storage.readAll(metaPrefixes.region)) {
      const entry = decodeRecord(raw, (bytes) => new RegionEntry(fromBinary(RegionSchema, bytes)))
      const [idOfKey] = idsOf(raw.key, metaPrefixes.region, 1) ?? []
      if (idOfKey !== entry.id) throw damagedRecord(raw.key, `it is the record of region ${String(entry.id)}`)
      this.#entries.set(entry.id, entry)
    }
    for (const { key } of await this.#storage.readAll(metaPrefixes.deleted, { keysOnly: true })) {
      const [regionId] = idsOf(key, metaPrefixes.deleted, 1) ?? []
      if (regionId === undefined) throw damagedRecord(key, 'its key names no region')
      this.#deleted.add(regionId)
    }
    this.#listed = undefined
  }

  find(regionId: number): StoreRegion | undefined {
    return this.#entries.get(regionId)
  }

  list(): readonly StoreRegion[] {
    this.#listed ??= this.all().filter(({ peerState }) => peerState !== States.DELETED)
    return this.#listed
  }

  /** All regions that have a record, in the order of their ids. */
  all(): readonly StoreRegion[] {
    return [...this.#entries.values()].sort((left, right) => left.id - right.id)
  }

  /** Whether this store had the region and deleted it. */
  isDeleted(regionId: number): boolean {
    return this.#deleted.has(regionId)
  }

  /** The ids of the regions that this store had and deleted. */
  get deletedIds(): ReadonlySet<number> {
    return this.#deleted
  }

  /**
   * How often the state of the region has changed: common.Region.epoch of flows.md, from 0 up and never back. It is the length of
   * the record's `history_states`, because store_internal.Region has no field for it.
   *
   * @throws SandboxError DINGODB_ERROR EREGION_NOT_FOUND
   */
  stateEpoch(regionId: number): number {
    return this.#entry(regionId).stateEpoch
  }

  /** The bounds of a region's data in the raw engine. @throws SandboxError DINGODB_ERROR EREGION_NOT_FOUND */
  encodedRange(regionId: number): PlainRange {
    return this.#entry(regionId).encodedRange
  }

  /**
   * Whether a region may be added, as {@link add} will ask again.
   *
   * @throws SandboxError DINGODB_ERROR EREGION_DELETED, EREGION_EXIST, EREGION_RANGE_CONFLICT
   */
  checkAddable(regionId: number, range: PlainRange): void {
    if (this.#deleted.has(regionId)) {
      const message = `Region ${String(regionId)} was deleted on this store and does not come back: create a region of another id.`
      throw dingoError(Errno.EREGION_DELETED, message, { details: { regionId } })
    }
    if (this.#entries.has(regionId) || this.#arriving.has(regionId)) throw regionExists(regionId)
    for (const [otherId, other] of this.#takenRanges()) {
      if (!sharesKeys(range, other)) continue
      const message = `The range of region ${String(regionId)} overlaps that of region ${String(otherId)} on this store: delete that region first, or choose another range.`
      throw dingoError(Errno.EREGION_RANGE_CONFLICT, message, { details: { regionId, conflictsWith: otherId } })
    }
  }

  /**
   * Adds a region in state NEW.
   *
   * @throws SandboxError those of {@link checkAddable}, ENGINE_*
   */
  async add(definition: RegionDefinition, options: AddRegionOptions = {}): Promise<StoreRegion> {
    const regionId = toNumber(definition.id, 'The region id')
    const range = {
      startKey: definition.range?.startKey ?? new Uint8Array(),
      endKey: definition.range?.endKey ?? new Uint8Array(),
    }
    this.checkAddable(regionId, range)
    const entry = new RegionEntry(
      create(RegionSchema, {
        id: definition.id,
        definition: clone(RegionDefinitionSchema, definition),
        encodeRange: isPlaceholder(range) ? range : this.#encodeRange(range),
        state: States.NEW,
        parentId: BigInt(options.parentId ?? 0),
        lastChangeJobId: BigInt(options.jobId ?? 0),
      }),
    )
    this.#arriving.set(regionId, range)
    try {
      await this.#writes.run(regionId, () => this.#write(entry.record))
      this.#entries.set(regionId, entry)
      this.#listed = undefined
      return entry
    } finally {
      this.#arriving.delete(regionId)
    }
  }

  /**
   * Moves the region's own state on.
   *
   * @throws SandboxError DINGODB_ERROR EREGION_STATE for an illegal move, EREGION_NOT_FOUND; ENGINE_*
   */
  updateState(regionId: number, next: StoreRegionState, options: { readonly jobId?: number } = {}): Promise<void> {
    return this.#change(regionId, (record) => {
      checkMove(regionId, record.state, next)
      record.historyStates.push(record.state)
      record.state = next
      if (options.jobId !== undefined) record.lastChangeJobId = BigInt(options.jobId)
    })
  }

  /**
   * Replaces what a definition says beside the range, the epoch and the peers, which change through Raft only, and the engines, in
   * which the data lies.
   *
   * @throws SandboxError DINGODB_ERROR EREGION_NOT_FOUND; ENGINE_*
   */
  updateDefinition(regionId: number, definition: RegionDefinition): Promise<void> {
    return this.#change(regionId, (record) => {
      const { id, epoch, range, peers, storeEngine, rawEngine } = record.definition ?? create(RegionDefinitionSchema)
      const next = clone(RegionDefinitionSchema, definition)
      next.id = id
      next.peers = peers
      next.storeEngine = storeEngine
      next.rawEngine = rawEngine
      if (epoch !== undefined) next.epoch = epoch
      if (range !== undefined) next.range = range
      record.definition = next
    })
  }

  /**
   * Takes the peers that Raft has put in force, with the `conf_version` that came with them in the order of the log; what is older
   * than what is known is passed over.
   *
   * @returns whether they are news
   * @throws SandboxError DINGODB_ERROR EREGION_NOT_FOUND; ENGINE_*
   */
  async updatePeers(regionId: number, peers: readonly Peer[], confVersion: number): Promise<boolean> {
    let isNews = false
    await this.#change(regionId, ({ definition }) => {
      if (definition?.epoch === undefined || definition.epoch.confVersion >= BigInt(confVersion)) return false
      definition.peers = [...peers]
      definition.epoch.confVersion = BigInt(confVersion)
      isNews = true
      return true
    })
    return isNews
  }

  /** Allows or forbids splits, merges and changes of peers. @throws SandboxError DINGODB_ERROR EREGION_NOT_FOUND; ENGINE_* */
  updateDisableChange(regionId: number, isDisabled: boolean): Promise<void> {
    return this.#change(regionId, (record) => {
      record.disableChange = isDisabled
    })
  }

  /** Notes who leads, 0 for nobody known. In memory only; harmless for an unknown region. */
  setLeader(regionId: number, leaderStoreId: number): void {
    const entry = this.#entries.get(regionId)
    if (entry !== undefined) entry.leaderStoreId = leaderStoreId
  }

  /**
   * Removes the region's record, with what the engine may have left under META_RAFT, and remembers that it was deleted, in one batch.
   *
   * @throws SandboxError DINGODB_ERROR EREGION_STATE while the region may still be served, EREGION_NOT_FOUND; ENGINE_*
   */
  remove(regionId: number): Promise<void> {
    return this.#writes.run(regionId, async () => {
      const { record } = this.#entry(regionId)
      if (!isRemovableState(record.state)) {
        const message = `Region ${String(regionId)} is ${stateName(record.state)}: it cannot be removed before it is deleted.`
        throw dingoError(Errno.EREGION_STATE, message, { details: { regionId, state: stateName(record.state) } })
      }
      const value = toBinary(RegionSchema, record)
      await this.#storage.write((batch) =>
        batch.delete(regionKey(regionId)).delete(raftKey(regionId)).put(deletedKey(regionId), value),
      )
      this.#entries.delete(regionId)
      this.#deleted.add(regionId)
      this.#listed = undefined
    })
  }

  /** Forgets regions that were deleted, in one batch. @throws SandboxError ENGINE_* */
  async forgetDeleted(regionIds: readonly number[]): Promise<void> {
    await this.#storage.write((batch) => {
      for (const regionId of regionIds) batch.delete(deletedKey(regionId))
    })
    for (const regionId of regionIds) this.#deleted.delete(regionId)
  }

  /** Resolves when no write is under way. */
  idle(): Promise<void> {
    return this.#writes.idle()
  }

  /** Changes a copy of the record, writes it, and lets it take the place of the old one; none of that if `change` gives false. */
  #change(regionId: number, change: (record: Region) => unknown): Promise<void> {
    return this.#writes.run(regionId, async () => {
      const entry = this.#entry(regionId)
      const record = clone(RegionSchema, entry.record)
      if (change(record) === false) return
      record.leaderId = BigInt(entry.leaderStoreId)
      await this.#write(record)
      entry.replace(record)
      this.#listed = undefined
    })
  }

  #write(record: Region): Promise<void> {
    const value = toBinary(RegionSchema, record)
    return this.#storage.write((batch) => batch.put(regionKey(Number(record.id)), value))
  }

  #entry(regionId: number): RegionEntry {
    const entry = this.#entries.get(regionId)
    if (entry !== undefined) return entry
    const message = `This store has no region ${String(regionId)}.`
    throw dingoError(Errno.EREGION_NOT_FOUND, message, { details: { regionId } })
  }

  *#takenRanges(): Iterable<readonly [number, PlainRange]> {
    for (const { id, range } of this.#entries.values()) yield [id, range]
    yield* this.#arriving
  }
}

function regionExists(regionId: number): Error {
  const message = `Region ${String(regionId)} is on this store already.`
  return dingoError(Errno.EREGION_EXIST, message, { details: { regionId } })
}
