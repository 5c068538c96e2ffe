import { LatencyHistogram } from './latency-histogram'

/** How one method of a service did since the store began. */
export interface MethodFigures {
  readonly method: string
  /** Calls that were answered, those with an error included. */
  readonly calls: number
  readonly errors: number
  /** Latency in ms; 0 without calls. Quantiles are exact to an eighth. */
  readonly meanMs: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly maxMs: number
}

/** Counts the calls of one method. */
export class MethodMetrics {
  readonly method: string
  readonly latency = new LatencyHistogram()
  #errors = 0

  constructor(method: string) {
    this.method = method
  }

  /** A call ended with an error; it is also {@link answered}. */
  failed(): void {
    this.#errors++
  }

  /** A call ended, in whatever way, after so many ms. */
  answered(durationMs: number): void {
    this.latency.record(durationMs)
  }

  get errors(): number {
    return this.#errors
  }

  figures(): MethodFigures {
    const { latency } = this
    return {
      method: this.method,
      calls: latency.count,
      errors: this.#errors,
      meanMs: latency.meanMs,
      p50Ms: latency.quantileMs(0.5),
      p99Ms: latency.quantileMs(0.99),
      maxMs: latency.maxMs,
    }
  }
}

/** The calls that a store has answered, by method. */
export class StoreMetrics {
  readonly #methods = new Map<string, MethodMetrics>()

  /** The counters of a method by its local name; the same object for the same name. */
  method(name: string): MethodMetrics {
    let metrics = this.#methods.get(name)
    if (metrics === undefined) {
      metrics = new MethodMetrics(name)
      this.#methods.set(name, metrics)
    }
    return metrics
  }

  /** The counters of all methods that were called. */
  called(): readonly MethodMetrics[] {
    return [...this.#methods.values()].filter(({ latency }) => latency.count > 0)
  }

  /** The figures of all methods that were called, in the order of their names. */
  figures(): readonly MethodFigures[] {
    return this.called()
      .map((metrics) => metrics.figures())
      .sort((left, right) => (left.method < right.method ? -1 : 1))
  }
}
