import { SandboxError } from '../base/sandbox-error'
import { murmurHash } from '../env/murmur-hash'
import { compareKeys, endOfPrefix } from './key-bytes'
import type { KeyRange } from './key-range'

/** The first byte of a key: `r` belongs to the SQL layer, `w` to programs that use the store by themselves; both hold raw key-value pairs. */
export type KeyNamespace = 'r' | 'w'

/** How a table's keys are spread over its partitions. */
export type PartitionLayout =
  | { readonly strategy: 'single' }
  /** A partition starts at each boundary, and one before the first: ascending user keys, one fewer than partitions. */
  | { readonly strategy: 'range'; readonly boundaries: readonly Uint8Array[] }
  /** The partition is the 32-bit MurmurHash3 (seed 0) of the user key, modulo the number of partitions. */
  | { readonly strategy: 'hash' }
  /** The table's definition does not say; made by other programs. */
  | { readonly strategy: 'unknown' }

/** Namespace byte and partition id, big-endian. */
const PARTITION_PREFIX_LENGTH = 9

/** The keys of a partition as DingoDB lays them out: namespace byte, partition id in 8 bytes big-endian, user key. */
export function partitionRange(namespace: KeyNamespace, partitionId: number): KeyRange {
  return { startKey: partitionPrefix(namespace, partitionId), endKey: partitionPrefix(namespace, partitionId + 1) }
}

/** What all keys of a partition start with. */
export function partitionPrefix(namespace: KeyNamespace, partitionId: number): Uint8Array {
  const prefix = new Uint8Array(PARTITION_PREFIX_LENGTH)
  prefix[0] = namespace.charCodeAt(0)
  new DataView(prefix.buffer).setBigUint64(1, BigInt(partitionId))
  return prefix
}

/** Turns the user's keys of one table into keys of the store, and back. */
export class TableKeys {
  readonly tableName: string
  readonly layout: PartitionLayout
  /** What the keys of each partition start with. */
  readonly #prefixes: readonly Uint8Array[]

  /** @param prefixes the start of each partition's range, in the order of the table's definition; at least one */
  constructor(tableName: string, prefixes: readonly Uint8Array[], layout: PartitionLayout) {
    this.tableName = tableName
    this.layout = layout
    this.#prefixes = prefixes
  }

  get partitionCount(): number {
    return this.#prefixes.length
  }

  /** The key of the store for a user's key, which may be empty. @throws SandboxError INVALID_ARGUMENT if the layout is unknown */
  encode(userKey: Uint8Array): Uint8Array {
    const prefix = this.#prefixes[this.partitionOf(userKey)] ?? new Uint8Array(0)
    return joined(prefix, userKey)
  }

  /** What the keys of the store begin with whose user keys begin with a prefix, which may be empty: one a partition, in their order. */
  encodePrefix(userPrefix: Uint8Array): Uint8Array[] {
    return this.#prefixes.map((prefix) => joined(prefix, userPrefix))
  }

  /** The user's key of a key of the store; undefined if that is not of this table. */
  decode(key: Uint8Array): Uint8Array | undefined {
    const prefix = this.#prefixes.find((each) => compareKeys(each, key.subarray(0, each.length)) === 0)
    return prefix === undefined ? undefined : key.subarray(prefix.length)
  }

  /** Which partition holds a user's key, counted from 0. @throws SandboxError INVALID_ARGUMENT if the layout is unknown */
  partitionOf(userKey: Uint8Array): number {
    switch (this.layout.strategy) {
      case 'single':
        return 0
      case 'range': {
        const behind = this.layout.boundaries.findIndex((boundary) => compareKeys(userKey, boundary) < 0)
        return behind < 0 ? this.layout.boundaries.length : behind
      }
      case 'hash':
        return murmurHash(userKey, 0) % this.partitionCount
      case 'unknown':
        throw new SandboxError(
          'INVALID_ARGUMENT',
          `The table ${this.tableName} has ${String(this.partitionCount)} partitions, and its definition does not say how keys are spread over them: name the whole key, with namespace byte and partition id.`,
        )
    }
  }

  /**
   * The ranges of the store that hold the user's keys from `start` up to but not including `end`, one a partition, in
   * the order of the partitions. With a range layout that is the order of the user's keys, too.
   *
   * @param end undefined for the end of the table
   */
  ranges(start: Uint8Array, end: Uint8Array | undefined): KeyRange[] {
    return this.#prefixes.flatMap((prefix) => {
      const endKey = end === undefined ? endOfPrefix(prefix) : joined(prefix, end)
      const range = { startKey: joined(prefix, start), endKey: endKey ?? prefix }
      return compareKeys(range.startKey, range.endKey) < 0 ? [range] : []
    })
  }
}

function joined(prefix: Uint8Array, userKey: Uint8Array): Uint8Array {
  const key = new Uint8Array(prefix.length + userKey.length)
  key.set(prefix)
  key.set(userKey, prefix.length)
  return key
}
