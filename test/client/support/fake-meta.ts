import { create } from '@bufbuild/protobuf'
import { dingoError } from '../../../src-main/rpc/dingo-error'
import { RegionState } from '../../../src-main/rpc/generated/dingodb/common_pb'
import { Errno } from '../../../src-main/rpc/generated/dingodb/error_pb'
import type { TableDefinitionWithId } from '../../../src-main/rpc/generated/dingodb/meta_pb'
import { MetaService, TableDefinitionWithIdSchema } from '../../../src-main/rpc/generated/dingodb/meta_pb'
import type { ServiceRegistry } from '../../../src-main/rpc/service-registry'
import type { FakeCluster, FakeRegion } from './fake-cluster'
import { keyOf } from './fake-store'

const SCHEMA = { id: { entityId: 2n }, name: 'DINGO' }

/** Tables of one schema; each partition becomes a region at once, whose leader shows when a test lets it. */
export class FakeMeta {
  readonly #cluster: FakeCluster
  readonly tables: TableDefinitionWithId[] = []
  /** So many looks at a table's regions show no leader. */
  looksWithoutLeader = 0
  /** The answer to the next CreateTable gets lost. */
  loseAnswer: (() => void) | undefined
  /** What differs in the regions of tables that are made from now on. */
  newRegion: Partial<FakeRegion> = {}
  #nextId = 1_001

  constructor(cluster: FakeCluster) {
    this.#cluster = cluster
  }

  addTo(registry: ServiceRegistry): void {
    registry.add(MetaService, {
      getSchemas: () => ({ schemas: [SCHEMA] }),
      getSchemaByName: ({ schemaName }) => {
        if (schemaName !== SCHEMA.name) throw dingoError(Errno.ESCHEMA_NOT_FOUND, 'No such schema.')
        return { schema: SCHEMA }
      },
      getTablesBySchema: () => ({ tableDefinitionWithIds: this.tables }),
      getTableByName: ({ tableName }) => ({ tableDefinitionWithId: this.#find(tableName) }),
      generateTableIds: ({ count }) => ({
        ids: [
          {
            tableId: { entityId: BigInt(this.#nextId++) },
            partIds: Array.from({ length: count?.tablePartCount ?? 0 }, () => ({ entityId: BigInt(this.#nextId++) })),
          },
        ],
      }),
      createTable: ({ tableId, tableDefinition }) => {
        if (this.tables.some((table) => table.tableDefinition?.name === tableDefinition?.name)) {
          throw dingoError(Errno.ETABLE_EXISTS, 'There is such a table.')
        }
        const table = create(TableDefinitionWithIdSchema, {})
        if (tableId !== undefined) table.tableId = tableId
        if (tableDefinition !== undefined) table.tableDefinition = tableDefinition
        this.tables.push(table)
        for (const { id, range } of tableDefinition?.tablePartition?.partitions ?? []) {
          this.#cluster.regions.push({
            id: 80_001 + this.#cluster.regions.length,
            start: keyOf(range?.startKey ?? new Uint8Array()),
            end: keyOf(range?.endKey ?? new Uint8Array()),
            version: 1,
            leader: 0,
            tableId: Number(tableId?.entityId ?? 0n),
            partitionId: Number(id?.entityId ?? 0n),
            ...this.newRegion,
          })
        }
        this.loseAnswer?.()
        return { tableId: { entityId: table.tableId?.entityId ?? 0n } }
      },
      dropTable: ({ tableId }) => {
        const index = this.tables.findIndex((table) => table.tableId?.entityId === tableId?.entityId)
        if (index < 0) throw dingoError(Errno.ETABLE_NOT_FOUND, 'No such table.')
        this.tables.splice(index, 1)
        for (const region of this.#cluster.regions) {
          if (region.tableId === Number(tableId?.entityId)) region.state = RegionState.REGION_DELETING
        }
        return {}
      },
      getTableRange: ({ tableId }) => {
        const table = this.tables.find((each) => each.tableId?.entityId === tableId?.entityId)
        const hasLeader = this.looksWithoutLeader-- <= 0
        return {
          tableRange: {
            rangeDistribution: (table?.tableDefinition?.tablePartition?.partitions ?? []).map((partition, index) => ({
              id: { entityId: BigInt(80_001 + index), parentEntityId: partition.id?.entityId ?? 0n },
              ...(partition.range === undefined ? {} : { range: partition.range }),
              ...(hasLeader ? { leader: { host: 'store-0', port: 1 } } : {}),
            })),
          },
        }
      },
    })
  }

  #find(name: string): TableDefinitionWithId {
    const table = this.tables.find((each) => each.tableDefinition?.name === name)
    if (table === undefined) throw dingoError(Errno.ETABLE_NOT_FOUND, 'No such table.')
    return table
  }
}
