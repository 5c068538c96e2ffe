/** Each power of two is divided into so many buckets of the same width. */
const STEPS = 8
/** From 1 µs up to 2^27 µs, about two minutes; what is longer counts as that. */
const POWERS = 27

/**
 * How long things took, in buckets whose width grows with their value, so that a quantile is exact to an eighth whatever its
 * size. Recording costs no memory.
 */
export class LatencyHistogram {
  readonly #buckets = new Float64Array(POWERS * STEPS)
  #count = 0
  #sumMs = 0
  #maxMs = 0

  get count(): number {
    return this.#count
  }

  /** 0 if nothing was recorded. */
  get meanMs(): number {
    return this.#count === 0 ? 0 : this.#sumMs / this.#count
  }

  get maxMs(): number {
    return this.#maxMs
  }

  /** Counts one duration; below 0 counts as 0. */
  record(durationMs: number): void {
    const index = bucketOf(durationMs * 1000)
    this.#buckets[index] = (this.#buckets[index] as number) + 1
    this.#count++
    this.#sumMs += durationMs
    if (durationMs > this.#maxMs) this.#maxMs = durationMs
  }

  /** The buckets that are not empty, the shortest durations first: how many were up to so long, and longer than the bucket before. */
  filledBuckets(): Array<{ readonly upToMs: number; readonly count: number }> {
    const filled: Array<{ readonly upToMs: number; readonly count: number }> = []
    for (const [index, count] of this.#buckets.entries()) {
      if (count > 0) filled.push({ upToMs: upperBoundUs(index) / 1000, count })
    }
    return filled
  }

  /** The duration that this share of all, 0 to 1, did not exceed; 0 if nothing was recorded. */
  quantileMs(share: number): number {
    let left = Math.ceil(this.#count * share)
    if (left <= 0) return 0
    for (let index = 0; index < this.#buckets.length; index++) {
      left -= this.#buckets[index] as number
      if (left <= 0) return Math.min(upperBoundUs(index) / 1000, this.#maxMs)
    }
    return this.#maxMs
  }
}

function bucketOf(durationUs: number): number {
  if (durationUs <= 1) return 0
  const power = Math.min(Math.floor(Math.log2(durationUs)), POWERS - 1)
  const step = Math.floor((durationUs / 2 ** power - 1) * STEPS)
  return power * STEPS + Math.min(step, STEPS - 1)
}

function upperBoundUs(index: number): number {
  const power = Math.floor(index / STEPS)
  return 2 ** power * (1 + ((index % STEPS) + 1) / STEPS)
}
