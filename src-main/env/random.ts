/**
 * Where chance comes from. Seeded: the same seed gives the same numbers on every machine. A clone goes on from the same
 * place without disturbing the original, which is what forking a run needs. Not for secrets.
 */
export interface Random {
  /** A whole number from 0 to 2^32 - 1, all equally likely. */
  uint32(): number
  /** A fraction from 0 up to but not including 1, with 53 random bits. */
  fraction(): number
  /** A whole number from `low` to `high`, both included, without bias. Both safe integers, `low <= high`; else INVALID_ARGUMENT. */
  integer(low: number, high: number): number
  /** True with the given probability, 0 to 1. */
  chance(probability: number): boolean
  /** `length` random bytes. */
  bytes(length: number): Uint8Array
  /** One of the items; an empty list is refused: INVALID_ARGUMENT. */
  pick<T>(items: readonly T[]): T
  /** An independent copy that will give the same numbers as this one from here on. */
  clone(): Random
  /** A new generator derived from this one by a name, so that one component's use of chance does not shift another's. Leaves this one unmoved. */
  fork(name: string): Random
}
