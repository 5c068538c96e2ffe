import type { DescMessage } from '@bufbuild/protobuf'
import type { GenMessage } from '@bufbuild/protobuf/codegenv2'
import type { Store } from '../../rpc/generated/dingodb/common_pb'
import { StoreSchema } from '../../rpc/generated/dingodb/common_pb'
import type {
  IdEpochInternal,
  RegionInternal,
  SchemaInternal,
  TableInternal,
} from '../../rpc/generated/dingodb/coordinator_internal_pb'
import {
  IdEpochInternalSchema,
  RegionInternalSchema,
  SchemaInternalSchema,
  TableInternalSchema,
} from '../../rpc/generated/dingodb/coordinator_internal_pb'
import type { Job } from '../../rpc/generated/dingodb/coordinator_pb'
import { IdEpochType, JobSchema } from '../../rpc/generated/dingodb/coordinator_pb'
import type { ClusterFlags } from '../../rpc/generated/sandbox/coordinator_meta_pb'
import { ClusterFlagsSchema } from '../../rpc/generated/sandbox/coordinator_meta_pb'

/** A table of the coordinators' metadata: rows of one message by a whole number. */
export interface MetaTable<Row> {
  /** What its keys begin with (dingodb.md 3.3). Never changed: it is on disk and in the log. */
  readonly prefix: string
  readonly schema: DescMessage
  /** The counter that grows with every increment that changes the table. */
  readonly epoch: IdEpochType | undefined
  /** Ties the type of the rows to the table; there is no such value. */
  readonly row?: Row
}

function table<Row extends { $typeName: string }>(
  prefix: string,
  schema: GenMessage<Row & { $typeName: Row['$typeName'] }>,
  epoch?: IdEpochType,
): MetaTable<Row> {
  return { prefix, schema, epoch }
}

/** Counters of ids and epochs by their IdEpochType. */
export const idEpochs: MetaTable<IdEpochInternal> = table('IDEPOCH', IdEpochInternalSchema)
export const stores: MetaTable<Store> = table('STORE__', StoreSchema, IdEpochType.EPOCH_STORE)
/** Schemas that users made; the reserved ones are known without a row. */
export const schemas: MetaTable<SchemaInternal> = table('SCHEMA_', SchemaInternalSchema, IdEpochType.EPOCH_SCHEMA)
export const tables: MetaTable<TableInternal> = table('TABLE__', TableInternalSchema, IdEpochType.EPOCH_TABLE)
export const deletedTables: MetaTable<TableInternal> = table('DTABLE_', TableInternalSchema)
export const regions: MetaTable<RegionInternal> = table('REGION_', RegionInternalSchema, IdEpochType.EPOCH_REGION)
/** Regions that more than half of their stores have deleted. A store that still reports one is told again to delete it. */
export const deletedRegions: MetaTable<RegionInternal> = table('DREGION', RegionInternalSchema)
/** Open jobs, with the commands for the stores in them. */
export const jobs: MetaTable<Job> = table('JOB', JobSchema)
/** Jobs that ended, newest kept. */
export const archivedJobs: MetaTable<Job> = table('DJOB_', JobSchema)
/** Next value of the auto-increment column by table id. DingoDB keeps these in a Raft group of their own. */
export const autoIncrements: MetaTable<IdEpochInternal> = table('AUTOINC', IdEpochInternalSchema)
/** One row, key 0: the physical part below which a timestamp may have been handed out. In DingoDB a Raft group of its own. */
export const timestampBounds: MetaTable<IdEpochInternal> = table('TSOSAVE', IdEpochInternalSchema)
/** One row, key 0. */
export const clusterFlags: MetaTable<ClusterFlags> = table('CLUSTER', ClusterFlagsSchema)

/** All tables, in the order in which inspectors show them. */
export const metaTables: ReadonlyArray<MetaTable<unknown>> = [
  idEpochs,
  stores,
  schemas,
  tables,
  deletedTables,
  regions,
  deletedRegions,
  jobs,
  archivedJobs,
  autoIncrements,
  timestampBounds,
  clusterFlags,
]

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** Where a row is kept in the raw engine: the prefix, an underscore, the decimal key (dingodb.md 3.3). */
export function metaKey(prefix: string, key: number): Uint8Array {
  return encoder.encode(`${prefix}_${String(key)}`)
}

/** The table and key of a stored row; undefined for a key that belongs to no table. */
export function parseMetaKey(
  bytes: Uint8Array,
): { readonly table: MetaTable<unknown>; readonly key: number } | undefined {
  const text = decoder.decode(bytes)
  const end = text.lastIndexOf('_')
  const prefix = text.slice(0, end)
  const found = metaTables.find((candidate) => candidate.prefix === prefix)
  const key = Number(text.slice(end + 1))
  return found === undefined || !Number.isSafeInteger(key) ? undefined : { table: found, key }
}
