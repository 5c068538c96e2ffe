import type { ColumnFamilyProperties, RocksInspection } from '../raw-engine-properties'
import type { RawEntry } from '../raw-engine'
import type { RawWriteOperation } from '../raw-write-batch'

/** A walk that a driver is asked for. Bounds do not change while it lives. */
export interface CursorRequest<TSnapshot> {
  readonly columnFamily: string
  readonly start: Uint8Array | undefined
  readonly end: Uint8Array | undefined
  readonly reverse: boolean
  /** At least 1; Infinity for no limit. */
  readonly limit: number
  readonly keysOnly: boolean
  /** Undefined: the moment of the request. */
  readonly snapshot: TSnapshot | undefined
}

/** A walk of a driver. */
export interface RawCursor {
  /** The next entries; none at the end. Never called while a call is under way, nor after close. */
  readPage(): Promise<readonly RawEntry[]>
  /** Called once, with no call under way. */
  close(): Promise<void>
}

/** The figures that a driver adds to {@link import('../raw-engine-properties').RawEngineProperties}. */
export interface DriverProperties {
  readonly columnFamilies: readonly ColumnFamilyProperties[]
  readonly diskBytes?: number
  readonly native: Readonly<Record<string, string>>
}

/**
 * What a storage library must do to become a raw engine. {@link import('./managed-raw-engine').ManagedRawEngine} puts the
 * rest on top: a driver sees checked input and known families only, no call after close, close with nothing under way and
 * all cursors and snapshots released. Failures are thrown as SandboxErrors.
 */
export interface RawDriver<TSnapshot> {
  /** All families, the system family included. */
  readonly columnFamilies: readonly string[]
  /** Undefined for an engine without a directory. */
  readonly directory: string | undefined

  get(columnFamily: string, key: Uint8Array, snapshot: TSnapshot | undefined): Promise<Uint8Array | undefined>
  /** All of the same moment. */
  getMany(
    columnFamily: string,
    keys: readonly Uint8Array[],
    snapshot: TSnapshot | undefined,
  ): Promise<ReadonlyArray<Uint8Array | undefined>>
  openCursor(request: CursorRequest<TSnapshot>): RawCursor
  createSnapshot(): TSnapshot
  releaseSnapshot(snapshot: TSnapshot): Promise<void>

  /** At least one operation; all or nothing. `sync` only where the manifest has it. */
  write(operations: readonly RawWriteOperation[], sync: boolean): Promise<void>
  flush(): Promise<void>
  compact(columnFamily: string, start: Uint8Array | undefined, end: Uint8Array | undefined): Promise<void>
  approximateSize(columnFamily: string, start: Uint8Array | undefined, end: Uint8Array | undefined): Promise<number>
  properties(): Promise<DriverProperties>
  /** Only where the manifest has `inspection`. */
  inspect?(): Promise<RocksInspection>
  close(): Promise<void>
}
