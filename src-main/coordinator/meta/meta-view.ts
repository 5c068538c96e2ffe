import type { MetaTable } from './meta-table'

/** The coordinators' metadata as a reader sees it. Rows are never changed in place: whoever changes one puts another. */
export interface MetaView {
  get<Row>(table: MetaTable<Row>, key: number): Row | undefined
  /** All rows of a table in the order of their keys. */
  list<Row>(table: MetaTable<Row>): readonly Row[]
}
