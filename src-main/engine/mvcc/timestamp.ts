/** Bits of the counter inside a millisecond, below the physical part. */
export const LOGICAL_BITS = 18n
/** The wall time in ms, since 1970-01-01 UTC, at which physical time 0 of a timestamp lies (DingoDB, tso_control.h). */
export const TIMESTAMP_EPOCH_MS = 1_577_808_000_000

/**
 * The wall time in ms at which a timestamp was handed out. What depends on time is decided by it when a command is
 * applied, never by a clock: all replicas decide alike, whenever they apply.
 */
export function timestampWallMs(ts: bigint): number {
  return Number(ts >> LOGICAL_BITS) + TIMESTAMP_EPOCH_MS
}

/** The first timestamp of a moment. */
export function timestampAt(wallTimeMs: number): bigint {
  return BigInt(Math.max(0, Math.floor(wallTimeMs) - TIMESTAMP_EPOCH_MS)) << LOGICAL_BITS
}
