import type { MessageInitShape } from '@bufbuild/protobuf'
import { create, toBinary } from '@bufbuild/protobuf'
import type { MessageShape } from '@bufbuild/protobuf'
import { IdEpochInternalSchema } from '../../rpc/generated/dingodb/coordinator_internal_pb'
import type { IdEpochType } from '../../rpc/generated/dingodb/coordinator_pb'
import { MetaIncrementSchema } from '../../rpc/generated/sandbox/coordinator_meta_pb'
import type { MetaTable } from './meta-table'
import { idEpochs, metaTables } from './meta-table'
import type { MetaView } from './meta-view'

const REMOVED = Symbol('removed')

/** Ids below are reserved: the first one of every counter is 1001 (dingodb.md 3.6). */
export const MAX_RESERVED_ID = 1000

/** Changes that are planned on top of a view, seen by whoever reads the draft, and turned into one increment. */
export class MetaDraft implements MetaView {
  readonly #base: MetaView
  readonly #changes = new Map<string, Map<number, unknown>>()

  constructor(base: MetaView) {
    this.#base = base
  }

  get isEmpty(): boolean {
    return this.#changes.size === 0
  }

  get<Row>(table: MetaTable<Row>, key: number): Row | undefined {
    const changes = this.#changes.get(table.prefix)
    if (changes?.has(key) !== true) return this.#base.get(table, key)
    const row = changes.get(key)
    return row === REMOVED ? undefined : (row as Row)
  }

  list<Row>(table: MetaTable<Row>): readonly Row[] {
    const changes = this.#changes.get(table.prefix)
    const rows = this.#base.list(table)
    if (changes === undefined) return rows
    const byKey = new Map<number, unknown>()
    for (const row of rows) byKey.set(keyOf(row), row)
    for (const [key, row] of changes) {
      if (row === REMOVED) byKey.delete(key)
      else byKey.set(key, row)
    }
    return [...byKey].sort(([left], [right]) => left - right).map(([, row]) => row as Row)
  }

  put<Row>(table: MetaTable<Row>, key: number, row: Row): void {
    this.#of(table.prefix).set(key, row)
  }

  delete(table: MetaTable<unknown>, key: number): void {
    this.#of(table.prefix).set(key, REMOVED)
  }

  /** The next id of a counter, never handed out before. */
  nextId(type: IdEpochType): number {
    const last = Math.max(MAX_RESERVED_ID, Number(this.get(idEpochs, type)?.value ?? 0n))
    this.setCounter(type, BigInt(last + 1))
    return last + 1
  }

  setCounter(type: IdEpochType, value: bigint): void {
    this.put(idEpochs, type, create(IdEpochInternalSchema, { id: BigInt(type), value }))
  }

  /** Takes over what another draft, made on top of this one, has planned. */
  absorb(inner: MetaDraft): void {
    for (const [prefix, changes] of inner.#changes) {
      const own = this.#of(prefix)
      for (const [key, row] of changes) own.set(key, row)
    }
  }

  /** Counts the epochs of the changed tables up. Once, when nothing more is planned. */
  countEpochs(): void {
    for (const { prefix, epoch } of metaTables) {
      if (epoch === undefined || !this.#changes.has(prefix)) continue
      this.setCounter(epoch, (this.get(idEpochs, epoch)?.value ?? 0n) + 1n)
    }
  }

  /** The planned changes as the data of one log entry. */
  toIncrement(term: number, baseIndex: number): Uint8Array {
    type Change = NonNullable<MessageInitShape<typeof MetaIncrementSchema>['changes']>[number]
    const changes: Change[] = []
    for (const { prefix, schema } of metaTables) {
      for (const [key, row] of this.#changes.get(prefix) ?? []) {
        const change =
          row === REMOVED
            ? ({ case: 'delete', value: true } as const)
            : ({ case: 'put', value: toBinary(schema, row as MessageShape<typeof schema>) } as const)
        changes.push({ table: prefix, key: BigInt(key), change })
      }
    }
    const increment = { term: BigInt(term), baseIndex: BigInt(baseIndex), changes }
    return toBinary(MetaIncrementSchema, create(MetaIncrementSchema, increment))
  }

  #of(prefix: string): Map<number, unknown> {
    let changes = this.#changes.get(prefix)
    if (changes === undefined) {
      changes = new Map()
      this.#changes.set(prefix, changes)
    }
    return changes
  }
}

/** Every row names its own key; only the one-row tables do not, and those are never listed. */
function keyOf(row: unknown): number {
  return Number((row as { readonly id: bigint }).id)
}
