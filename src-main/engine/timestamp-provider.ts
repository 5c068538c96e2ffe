/** Hands out the timestamps of writes: unique and growing over the whole cluster, batches of them kept in advance. */
export interface TimestampProvider {
  /**
   * A timestamp above every one handed out here before and above `after`. At once when the batch at hand has one.
   *
   * @param after the greatest timestamp that the region has applied, so that a new leader never writes below its predecessor
   * @throws SandboxError DINGODB_ERROR ETSO_NOT_AVAILABLE
   */
  next(after: bigint): bigint | Promise<bigint>
}
