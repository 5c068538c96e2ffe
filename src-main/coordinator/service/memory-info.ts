import { create } from '@bufbuild/protobuf'
import type { CoordinatorMemoryInfo } from '../../rpc/generated/dingodb/coordinator_pb'
import { CoordinatorMemoryInfoSchema } from '../../rpc/generated/dingodb/coordinator_pb'
import type { MetaStateMachine } from '../meta/meta-state-machine'
import {
  archivedJobs,
  autoIncrements,
  deletedRegions,
  deletedTables,
  idEpochs,
  jobs,
  regions,
  schemas,
  stores,
  tables,
} from '../meta/meta-table'

/** How many rows the tables have. Sizes in bytes are left out: nobody counts them. */
export function memoryInfoOf({ state, applied }: MetaStateMachine): CoordinatorMemoryInfo {
  const count = (table: Parameters<typeof state.count>[0]) => BigInt(state.count(table))
  return create(CoordinatorMemoryInfoSchema, {
    appliedTerm: BigInt(applied.last.term),
    appliedIndex: BigInt(applied.last.index),
    idEpochMapCount: count(idEpochs),
    storeMapCount: count(stores),
    schemaMapCount: count(schemas),
    regionMapCount: count(regions),
    tableMapCount: count(tables),
    jobMapCount: count(jobs) + count(archivedJobs),
    deletedRegionMapCount: count(deletedRegions),
    deletedTableMapCount: count(deletedTables),
    autoIncrementMapCount: count(autoIncrements),
  })
}
