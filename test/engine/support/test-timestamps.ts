import { timestampAt } from '../../../src-main/engine/mvcc/timestamp'
import type { TimestampProvider } from '../../../src-main/engine/timestamp-provider'

/** Timestamps of a clock that can be wrong; every so many come late, as when a batch of them is used up. */
export class TestTimestamps implements TimestampProvider {
  readonly #nowMs: () => number
  #last = 0n
  #count = 0
  skewMs = 0
  /** Every so many timestamps one is promised only. */
  promiseEvery = 7

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs
  }

  next(after: bigint): bigint | Promise<bigint> {
    const now = timestampAt(this.#nowMs() + this.skewMs)
    const floor = (after > this.#last ? after : this.#last) + 1n
    const ts = now > floor ? now : floor
    this.#last = ts
    this.#count += 1
    return this.#count % this.promiseEvery === 0 ? Promise.resolve(ts) : ts
  }
}
