/**
 * The only source of chance in the core: it spreads the election timeouts. Injected, so that the same seed gives the
 * same run.
 */
export interface RandomSource {
  /** A whole number from `low` to `high`, both included. */
  integer(low: number, high: number): number
}
