import type { Clock } from '../../env'
import type { Schema } from '../../rpc/generated/dingodb/meta_pb'
import type { ClusterClient } from '../cluster-client'
import type { Table } from '../table-client'
import type { TableNames } from './decode-key'

/** Ms for which a catalogue is good enough for names. */
const GOOD_FOR_MS = 5_000

/** Schemas and tables at one moment. */
export interface Catalogue extends TableNames {
  /** Wall time in ms. */
  readonly takenAtMs: number
  readonly schemas: readonly Schema[]
  readonly tables: readonly Table[]
  table(tableId: number): Table | undefined
}

/** Reads the schemas and tables of the cluster that is open, and keeps them for those who only need names. */
export class ClusterCatalogue {
  readonly #client: () => ClusterClient
  readonly #clock: Clock
  #changes = 0
  /** What was asked last, and of which cluster. */
  #asked: { readonly client: ClusterClient; readonly atMs: number; readonly answer: Promise<Catalogue> } | undefined

  /** @param client the cluster that is open now; throws SESSION_NOT_RUNNING without one */
  constructor(client: () => ClusterClient, clock: Clock) {
    this.#client = client
    this.#clock = clock
  }

  /** At most so many ms old, 5 s unless told. @throws what the client throws */
  current({ atMostMs = GOOD_FOR_MS }: { readonly atMostMs?: number } = {}): Promise<Catalogue> {
    const client = this.#client()
    const asked = this.#asked
    const isGood = asked?.client === client && this.#clock.monotonicMs() - asked.atMs < atMostMs
    return isGood ? asked.answer : this.#ask(client)
  }

  /** Asked for after this call: knows what was made or dropped before. @throws as {@link current} */
  fresh(): Promise<Catalogue> {
    return this.#ask(this.#client())
  }

  /** How often something was made or dropped: what else was read of the cluster before counts no longer either. */
  get changes(): number {
    return this.#changes
  }

  /** Something was made or dropped: what is known counts no longer. */
  forget(): void {
    this.#changes += 1
    this.#asked = undefined
  }

  #ask(client: ClusterClient): Promise<Catalogue> {
    const answer = read(client, this.#clock)
    const asked = { client, atMs: this.#clock.monotonicMs(), answer }
    this.#asked = asked
    answer.catch(() => {
      // Its callers are told; whoever comes next asks anew.
      if (this.#asked === asked) this.#asked = undefined
    })
    return answer
  }
}

async function read(client: ClusterClient, clock: Clock): Promise<Catalogue> {
  const [schemas, tables] = await Promise.all([client.tables.schemas(), client.tables.list()])
  const byId = new Map(tables.map((table) => [table.tableId, table]))
  const byPartition = new Map<number, Table>()
  for (const table of tables) {
    for (const { id } of table.definition.tablePartition?.partitions ?? []) {
      if (id !== undefined) byPartition.set(Number(id.entityId), table)
    }
  }
  return {
    takenAtMs: clock.wallTimeMs(),
    schemas,
    tables,
    table: (tableId) => byId.get(tableId),
    tableOfPartition: (partitionId) => byPartition.get(partitionId),
  }
}
