/** Bits of the counter inside a millisecond, below the physical part (DingoDB, tso_control.h). */
const LOGICAL_BITS = 18n
/** The wall time in ms at which physical time 0 of a timestamp lies. */
const EPOCH_MS = 1_577_808_000_000

/** The wall time in ms at which a timestamp was handed out. */
export const timestampWallMs = (timestamp: bigint): number => Number(timestamp >> LOGICAL_BITS) + EPOCH_MS
