import type { ClusterClient, TableKeys } from '../../client/cluster-client'
import type { Option } from './option'
import type { ParsedOptions } from './parsed-options'
import { refused } from './parsed-options'

/** Options of the commands that name keys. */
export const keyOptions: readonly Option[] = [
  {
    name: 'table',
    kind: 'text',
    placeholder: 'NAME',
    help: 'keys are those of this table; else they are whole keys of the store, namespace byte included',
  },
  { name: 'schema', kind: 'text', placeholder: 'NAME', help: 'the schema of the table; DINGO if not given' },
]

/** Between the keys that a person names and the keys of the store. */
export interface KeyWords {
  encode(key: Uint8Array): Uint8Array
  decode(key: Uint8Array): Uint8Array
  /** Of a table; undefined for whole keys. */
  readonly table: TableKeys | undefined
}

/** @throws SandboxError CLIENT_NOT_FOUND if there is no such table, INVALID_ARGUMENT */
export async function keyWords(client: ClusterClient, options: ParsedOptions): Promise<KeyWords> {
  const name = options.text('table')
  if (name === undefined) {
    if (options.text('schema') !== undefined) throw refused('--schema says nothing without --table')
    return { encode: (key) => key, decode: (key) => key, table: undefined }
  }
  const table = client.tables.keys(await client.tables.get(name, { schema: options.text('schema') }))
  return { encode: (key) => table.encode(key), decode: (key) => table.decode(key) ?? key, table }
}
