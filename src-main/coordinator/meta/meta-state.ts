import type { MetaTable } from './meta-table'
import { metaTables } from './meta-table'
import type { MetaView } from './meta-view'

/** What is applied of the coordinators' metadata, in memory. Only the state machine changes it. */
export class MetaState implements MetaView {
  readonly #rows = new Map<string, Map<number, unknown>>()
  /** Rows in the order of their keys, made when they are asked for and dropped with every change of their table. */
  readonly #lists = new Map<string, readonly unknown[]>()

  constructor() {
    for (const { prefix } of metaTables) this.#rows.set(prefix, new Map())
  }

  get<Row>(table: MetaTable<Row>, key: number): Row | undefined {
    return this.#table(table.prefix).get(key) as Row | undefined
  }

  list<Row>(table: MetaTable<Row>): readonly Row[] {
    let list = this.#lists.get(table.prefix)
    if (list === undefined) {
      const rows = [...this.#table(table.prefix)]
      list = rows.sort(([left], [right]) => left - right).map(([, row]) => row)
      this.#lists.set(table.prefix, list)
    }
    return list as readonly Row[]
  }

  /** How many rows a table has. */
  count(table: MetaTable<unknown>): number {
    return this.#table(table.prefix).size
  }

  put(prefix: string, key: number, row: unknown): void {
    this.#table(prefix).set(key, row)
    this.#lists.delete(prefix)
  }

  delete(prefix: string, key: number): void {
    this.#table(prefix).delete(key)
    this.#lists.delete(prefix)
  }

  clear(): void {
    for (const rows of this.#rows.values()) rows.clear()
    this.#lists.clear()
  }

  #table(prefix: string): Map<number, unknown> {
    const rows = this.#rows.get(prefix)
    if (rows !== undefined) return rows
    throw new RangeError(`There is no table ${prefix} in the coordinators' metadata.`)
  }
}
