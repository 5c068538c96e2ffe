import type { EngineView, KeyLocation } from './engine'
import type { JobDetail } from './job-detail'
import type { CompareAndSetView, KeyInput, KeyLine, PairPage, TableKeyPrefixes, ValueView } from './keyspace'
import type { KeyView } from './key-view'
import type { ClusterOverview } from './overview'
import type { RaftLogEntryDetail, RaftLogPage } from './raft-log'
import type { RegionDetail } from './region-detail'
import type { RegionRowsPage, RegionRowsQuery } from './region-rows'
import type { DropPreview, SchemaNode, TableDetail, TableDraft, TableJob, TablePreview } from './tables'

/**
 * What the screens show of a cluster, made from answers of its nodes: the same for a cluster of this program and for any
 * other that speaks the protocol. Every method throws what the client throws, and SESSION_NOT_RUNNING without a cluster.
 */
export interface InspectionViews {
  overview(): Promise<ClusterOverview>
  regionRows(query: RegionRowsQuery): Promise<RegionRowsPage>
  /** @throws SandboxError CLIENT_NOT_FOUND */
  regionDetail(regionId: number): Promise<RegionDetail>
  /** A job of the coordinators, ended ones included. @throws SandboxError CLIENT_NOT_FOUND */
  job(jobId: number): Promise<JobDetail>
  /** Entries from an index on, at most `limit` (1 to 500). @throws SandboxError CLIENT_NOT_FOUND, DINGODB_ERROR */
  raftLog(request: {
    readonly regionId: number
    readonly storeId: number
    readonly fromIndex: number
    readonly limit: number
  }): Promise<RaftLogPage>
  /** @throws as {@link raftLog}, CLIENT_NOT_FOUND for an entry that is not in the log */
  raftLogEntry(request: {
    readonly regionId: number
    readonly storeId: number
    readonly index: number
  }): Promise<RaftLogEntryDetail>
  engine(nodeId: number): Promise<EngineView>
  flush(nodeId: number): Promise<void>
  /** @param columnFamily all if undefined */
  compact(nodeId: number, columnFamily: string | undefined): Promise<void>
  /** Where a key lives at a node, family by family. @throws SandboxError INVALID_ARGUMENT for a key that cannot be read */
  locate(nodeId: number, key: KeyInput): Promise<KeyLocation>
}

/** Tables: what there is, and jobs that make and drop them. Throws as {@link InspectionViews}. */
export interface TableViews {
  tree(): Promise<readonly SchemaNode[]>
  /** @throws SandboxError CLIENT_NOT_FOUND */
  detail(tableId: number): Promise<TableDetail>
  /** Checks a draft and tells what it would become. Changes nothing. */
  preview(draft: TableDraft): Promise<TablePreview>
  /** Begins a creation, which goes on by itself. @throws SandboxError INVALID_ARGUMENT with the problems in its details */
  create(draft: TableDraft): Promise<TableJob>
  dropPreview(tableId: number): Promise<DropPreview>
  /** Begins a drop, which goes on by itself. @throws SandboxError CLIENT_NOT_FOUND */
  drop(tableId: number): Promise<TableJob>
  /** Jobs under way and those of the last minutes, the newest first. */
  jobs(): readonly TableJob[]
  /** Stops waiting for a job: the cluster goes on with it. */
  giveUp(jobId: string): void
  /** Calls back at every step of a job. @returns stops it */
  onJob(listener: (job: TableJob) => void): () => void
}

/** Keys and values. Throws as {@link InspectionViews}, and INVALID_ARGUMENT for a key that cannot be read. */
export interface KeyspaceViews {
  line(): Promise<KeyLine>
  /** What a typed key becomes. */
  resolve(key: KeyInput): Promise<KeyView>
  /**
   * What the store's keys of a table begin with, where the table's own keys begin with a text.
   *
   * @param text as of a key of the table in {@link KeyInput}; empty for all keys of the table
   */
  prefixes(tableId: number, text: string): Promise<TableKeyPrefixes>
  /** Pairs from a key on (included), at most `limit` (1 to 1,000), within a range. Empty bytes: open ends. */
  page(request: {
    readonly from: Uint8Array
    readonly rangeStart: Uint8Array
    readonly rangeEnd: Uint8Array
    readonly limit: number
  }): Promise<PairPage>
  value(key: KeyInput): Promise<ValueView>
  /** @param timeToLiveMs undefined for ever */
  put(key: KeyInput, value: Uint8Array, timeToLiveMs: number | undefined): Promise<{ readonly tookMs: number }>
  delete(key: KeyInput): Promise<{ readonly tookMs: number }>
  /** Sets the value if the present one is `expected`; undefined: if there is none. */
  compareAndSet(key: KeyInput, expected: Uint8Array | undefined, value: Uint8Array): Promise<CompareAndSetView>
}
