import type { ClusterClient } from '../../client/cluster-client'
import { MAX_PARTITIONS, storageEngineNames } from '../../client/table-description'
import type { ComposedRequest } from '../../flow/flow-views'
import type { RequestTrace } from '../../flow/flow-probe'
import { PlainData } from '../plain-data'

const MOST_REPLICAS = 9
/** Its clock stands still while a person reads; in between every region has to find a leader. */
const TIMEOUT_MS = 600_000

/** A creation or drop of a table that a person composed. */
export interface TableOperation {
  readonly name: string
  /** Runs it under its trace, and waits until the table can be used, or is dropped. @throws what TableClient throws */
  run(client: ClusterClient, trace: RequestTrace): Promise<void>
}

/**
 * Reads a composed `CreateTable` (`{"name", "schema"?, "partitions"?, "replicas"?, "engine"?}`) or `DropTable` (`{"name", "schema"?}`).
 *
 * @returns undefined for other operations
 * @throws SandboxError INVALID_ARGUMENT
 */
export function readTableOperation({ operation, json }: ComposedRequest): TableOperation | undefined {
  if (operation !== 'CreateTable' && operation !== 'DropTable') return undefined
  const data = PlainData.parse(json, `a composed ${operation}`)
  const name = data.field('name').text()
  const schemaField = data.field('schema')
  const schema = schemaField.exists ? schemaField.text() : undefined
  if (operation === 'DropTable') {
    return {
      name,
      run: (client, { traceId }) => client.tables.drop(name, { schema, traceId, timeoutMs: TIMEOUT_MS }),
    }
  }
  const partitions = optionalNumber(data.field('partitions'), MAX_PARTITIONS)
  const replicas = optionalNumber(data.field('replicas'), MOST_REPLICAS)
  const engineField = data.field('engine')
  const engine = engineField.exists ? engineField.oneOf(storageEngineNames) : undefined
  return {
    name,
    async run(client, { traceId }) {
      await client.tables.create({ name, schema, replicas, partitions, engine }, { traceId, timeoutMs: TIMEOUT_MS })
    },
  }
}

function optionalNumber(field: PlainData, greatest: number): number | undefined {
  return field.exists ? field.wholeNumber(1, greatest) : undefined
}
