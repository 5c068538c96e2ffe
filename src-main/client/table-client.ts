import { SandboxError } from '../base/sandbox-error'
import { errnoOf } from '../rpc/dingo-error'
import { Errno } from '../rpc/generated/dingodb/error_pb'
import type { RangeDistribution, Schema, TableDefinition } from '../rpc/generated/dingodb/meta_pb'
import { EntityType, MetaService, ReservedSchemaIds } from '../rpc/generated/dingodb/meta_pb'
import { toNumber } from '../rpc/int64'
import type { ClientCore } from './client-core'
import { callCoordinators, changeByCoordinators } from './coordinator-client'
import type { Deadline, OperationOptions } from './deadline'
import { PollPace } from './poll-pace'
import { defaultReplicas } from './region-client'
import { CreationWatch } from './region-creations'
import { addressOf } from './region-route'
import type { TableDescription } from './table-description'
import { commonId, createTableRequest, layoutOf, partitionCountOf } from './table-description'
import { TableKeys } from './table-keys'

/** The schema of tables that name none. */
export const DEFAULT_SCHEMA = 'DINGO'

/** A table with its whole definition, as the coordinators keep it. */
export interface Table {
  readonly tableId: number
  readonly name: string
  readonly schemaId: number
  readonly schema: string
  readonly definition: TableDefinition
}

/** How far the regions of a new table are. */
export interface RegionProgress {
  /** Regions that have a leader. */
  readonly ready: number
  readonly total: number
}

/** How to create a table. `timeoutMs` holds for the wait, too; default 30,000. */
export interface CreateTableOptions extends OperationOptions {
  /** Waits until every region has a leader, so that the table can be used. Default true. */
  readonly wait?: boolean | undefined
  readonly onProgress?: ((progress: RegionProgress) => void) | undefined
}

const CREATE_TIMEOUT_MS = 30_000

/**
 * Schemas and tables. Every method throws SandboxError CLIENT_NOT_FOUND for a table or schema that is not there,
 * CLIENT_CLOSED, CANCELLED, RPC_UNAVAILABLE, RPC_DEADLINE_EXCEEDED, DINGODB_ERROR.
 */
export class TableClient {
  readonly #core: ClientCore

  constructor(core: ClientCore) {
    this.#core = core
  }

  async schemas(options: OperationOptions = {}): Promise<Schema[]> {
    return this.#schemas(this.#core.deadline(options))
  }

  /** The tables of a schema, or of all that hold tables. */
  async list(options: OperationOptions & { readonly schema?: string | undefined } = {}): Promise<Table[]> {
    const deadline = this.#core.deadline(options)
    const schemas =
      options.schema === undefined ? await this.#schemas(deadline) : [await this.#schema(options.schema, deadline)]
    const method = MetaService.method.getTablesBySchema
    const lists = await Promise.all(
      schemas
        .filter((schema) => idOf(schema) !== (ReservedSchemaIds.ROOT_SCHEMA as number))
        .map(async (schema) => {
          const request = { schemaId: schemaIdOf(idOf(schema)) }
          const { tableDefinitionWithIds } = await callCoordinators(this.#core, method, request, deadline)
          return tableDefinitionWithIds.map(({ tableId, tableDefinition }) => asTable(schema, tableId, tableDefinition))
        }),
    )
    return lists.flat().filter((table) => table !== undefined)
  }

  /** @throws SandboxError CLIENT_NOT_FOUND */
  async get(name: string, options: OperationOptions & { readonly schema?: string | undefined } = {}): Promise<Table> {
    return this.#named(name, options.schema, this.#core.deadline(options))
  }

  /**
   * Creates a table and waits until it can be used. Giving the wait up (by the signal or the deadline) leaves the table
   * as it is: the cluster goes on creating its regions.
   *
   * @throws SandboxError INVALID_ARGUMENT for a description that makes no sense, DINGODB_ERROR: ETABLE_EXISTS; or what the stores
   * said, if so many refuse a region that it can never have a leader
   */
  async create(description: TableDescription, options: CreateTableOptions = {}): Promise<Table> {
    const partitionCount = partitionCountOf(description)
    const deadline = this.#core.deadline(options, CREATE_TIMEOUT_MS)
    const schema = await this.#schema(description.schema ?? DEFAULT_SCHEMA, deadline)
    const schemaId = schemaIdOf(idOf(schema))
    const { ids } = await callCoordinators(
      this.#core,
      MetaService.method.generateTableIds,
      { schemaId, count: { hasTable: true, tablePartCount: partitionCount } },
      deadline,
    )
    const tableId = toNumber(ids[0]?.tableId?.entityId ?? 0n, 'The id of a table')
    const partitionIds = (ids[0]?.partIds ?? []).map((id) => toNumber(id.entityId, 'The id of a partition'))
    const replicas = description.replicas ?? (await defaultReplicas(this.#core, description.engine ?? 'raft', deadline))
    const request = createTableRequest(description, { schemaId: idOf(schema), tableId, partitionIds }, replicas)
    try {
      await changeByCoordinators(this.#core, MetaService.method.createTable, request, deadline)
    } catch (thrown) {
      // A repeated call finds the table that the first one made when only the answer was lost.
      if (errnoOf(thrown) !== Errno.ETABLE_EXISTS) throw thrown
      if ((await this.#find(description.name, schema, deadline))?.tableId !== tableId) throw thrown
    }
    const table = await this.#find(description.name, schema, deadline)
    if (table === undefined) throw noTable(description.name, schema.name)
    if (options.wait ?? true) await this.#waitForRegions(table, partitionCount, options, deadline)
    return table
  }

  /**
   * Drops a table; the cluster deletes its regions and their data after that.
   *
   * @param which its name in a schema; or the table itself, so that another one that was made under its name stays
   */
  async drop(
    which: string | Table,
    options: OperationOptions & { readonly schema?: string | undefined } = {},
  ): Promise<void> {
    const deadline = this.#core.deadline(options)
    const table = typeof which === 'string' ? await this.#named(which, options.schema, deadline) : which
    const request = { tableId: tableIdOf(table.schemaId, table.tableId) }
    // A repeated call no longer finds what the first one dropped when only the answer was lost.
    await absentAs(Errno.ETABLE_NOT_FOUND, () =>
      changeByCoordinators(this.#core, MetaService.method.dropTable, request, deadline),
    )
  }

  /** The regions of a table with their partitions, leaders and states. */
  async regions(table: Table, options: OperationOptions = {}): Promise<RangeDistribution[]> {
    return this.#regions(table, this.#core.deadline(options))
  }

  /** Waits until every region of the table has a leader. @throws SandboxError CLIENT_TIMED_OUT, CANCELLED, and as {@link create} */
  async waitUntilReady(table: Table, options: Omit<CreateTableOptions, 'wait'> = {}): Promise<void> {
    const partitions = table.definition.tablePartition?.partitions.length ?? 1
    await this.#waitForRegions(table, partitions, options, this.#core.deadline(options, CREATE_TIMEOUT_MS))
  }

  /** Turns the user's keys of the table into keys of the store. */
  keys(table: Table): TableKeys {
    const partitions = table.definition.tablePartition?.partitions ?? []
    const prefixes = partitions.flatMap(({ range }) => (range === undefined ? [] : [range.startKey]))
    if (prefixes.length === 0) {
      throw new SandboxError('CLIENT_NOT_FOUND', `The definition of the table ${table.name} names no partition.`)
    }
    return new TableKeys(table.name, prefixes, layoutOf(table.definition))
  }

  async #waitForRegions(
    table: Table,
    total: number,
    { onProgress }: CreateTableOptions,
    deadline: Deadline,
  ): Promise<void> {
    const pace = new PollPace(deadline, `Waiting for the regions of the table ${table.name}`)
    const watch = new CreationWatch(this.#core)
    for (let before = -1; ;) {
      const regions = await this.#regions(table, deadline)
      const waiting = regions.filter((region) => addressOf(region.leader) === undefined)
      const ready = regions.length - waiting.length
      if (ready !== before) onProgress?.({ ready, total })
      if (ready >= total) return
      before = ready
      const waitingIds = waiting.map(({ id }) => toNumber(id?.entityId ?? 0n, 'The id of a region'))
      await pace.pause(await watch.look(waitingIds, deadline.callOptions()))
    }
  }

  async #regions(table: Table, deadline: Deadline): Promise<RangeDistribution[]> {
    const request = { tableId: tableIdOf(table.schemaId, table.tableId) }
    const { tableRange } = await callCoordinators(this.#core, MetaService.method.getTableRange, request, deadline)
    return tableRange?.rangeDistribution ?? []
  }

  async #schemas(deadline: Deadline): Promise<Schema[]> {
    const request = { schemaId: schemaIdOf(ReservedSchemaIds.ROOT_SCHEMA) }
    return (await callCoordinators(this.#core, MetaService.method.getSchemas, request, deadline)).schemas
  }

  async #schema(name: string, deadline: Deadline): Promise<Schema> {
    const request = { schemaName: name }
    const schema = await absentAs(Errno.ESCHEMA_NOT_FOUND, async () => {
      return (await callCoordinators(this.#core, MetaService.method.getSchemaByName, request, deadline)).schema
    })
    if (schema?.id === undefined) {
      throw new SandboxError('CLIENT_NOT_FOUND', `The cluster has no schema ${name}.`, { details: { schema: name } })
    }
    return schema
  }

  async #named(name: string, schemaName: string | undefined, deadline: Deadline): Promise<Table> {
    const schema = await this.#schema(schemaName ?? DEFAULT_SCHEMA, deadline)
    const table = await this.#find(name, schema, deadline)
    if (table === undefined) throw noTable(name, schema.name)
    return table
  }

  async #find(name: string, schema: Schema, deadline: Deadline): Promise<Table | undefined> {
    const request = { schemaId: schemaIdOf(idOf(schema)), tableName: name }
    return absentAs(Errno.ETABLE_NOT_FOUND, async () => {
      const answer = await callCoordinators(this.#core, MetaService.method.getTableByName, request, deadline)
      const found = answer.tableDefinitionWithId
      return asTable(schema, found?.tableId, found?.tableDefinition)
    })
  }
}

async function absentAs<Found>(errno: Errno, find: () => Promise<Found | undefined>): Promise<Found | undefined> {
  try {
    return await find()
  } catch (thrown) {
    if (errnoOf(thrown) === errno) return undefined
    throw thrown
  }
}

function asTable(
  schema: Schema,
  tableId: { readonly entityId: bigint } | undefined,
  definition: TableDefinition | undefined,
): Table | undefined {
  // Some coordinators answer an unknown name with an empty table.
  if (tableId === undefined || tableId.entityId === 0n || definition === undefined) return undefined
  return {
    tableId: toNumber(tableId.entityId, 'The id of a table'),
    name: definition.name,
    schemaId: idOf(schema),
    schema: schema.name,
    definition,
  }
}

const idOf = (schema: Schema): number => toNumber(schema.id?.entityId ?? 0n, 'The id of a schema')
const schemaIdOf = (schemaId: number) => commonId(EntityType.SCHEMA, ReservedSchemaIds.ROOT_SCHEMA, schemaId)
const tableIdOf = (schemaId: number, tableId: number) => commonId(EntityType.TABLE, schemaId, tableId)

function noTable(name: string, schema: string): SandboxError {
  return new SandboxError('CLIENT_NOT_FOUND', `The schema ${schema} has no table ${name}.`, {
    details: { table: name, schema },
  })
}
