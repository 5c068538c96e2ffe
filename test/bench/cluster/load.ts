import { credentials, makeGenericClientConstructor } from '@grpc/grpc-js'
import { performance } from 'node:perf_hooks'
import type { Dialect } from './dialect'
import { dingoDialect } from './dingo-dialect'
import { etcdDialect } from './etcd-dialect'

// The load program: keeps a number of requests under way against one address, in a process of its own, the same for every
// server. What differs between servers is the method's path and the bytes of its messages (dialect.ts).

/** One measurement to make. */
export interface LoadOrder {
  readonly dialect: 'dingo' | 'etcd'
  /** `host:port` of the leader. */
  readonly address: string
  readonly operation: 'put' | 'get'
  /** Requests under way at any time. */
  readonly underWay: number
  readonly warmUpMs: number
  readonly measureMs: number
  /** Puts take so many keys in turn, gets draw from them evenly. */
  readonly keyCount: number
  readonly valueBytes: number
  /** What the dialect needs to know of the server, for instance region and epoch. */
  readonly target: Readonly<Record<string, string>>
}

/** What was measured. */
export interface LoadResult {
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly errors: number
  /** The first error's sentence, if there was one. */
  readonly firstError: string | undefined
}

const dialects: Readonly<Record<LoadOrder['dialect'], Dialect>> = { dingo: dingoDialect, etcd: etcdDialect }

/** Carries out one order. */
export async function load(order: LoadOrder): Promise<LoadResult> {
  const method = dialects[order.dialect].method(order)
  const Client = makeGenericClientConstructor({}, 'load')
  const client = new Client(order.address, credentials.createInsecure())
  const latencies: number[] = []
  let calls = 0
  let errors = 0
  let firstError: string | undefined
  const begun = performance.now()
  const from = begun + order.warmUpMs
  const until = from + order.measureMs
  const call = () =>
    new Promise<void>((resolve) => {
      const started = performance.now()
      // Puts take the keys in turn, so that the gets that follow find all of them.
      const keyNumber =
        order.operation === 'put' ? calls++ % order.keyCount : Math.floor(Math.random() * order.keyCount)
      client.makeUnaryRequest(method.path, method.encode, method.decode, keyNumber, (error, problem) => {
        const ended = performance.now()
        const failure = error?.message ?? problem
        if (failure !== undefined) {
          errors += 1
          firstError ??= failure
        } else if (started >= from && ended <= until) latencies.push(ended - started)
        resolve()
      })
    })
  const lane = async () => {
    while (performance.now() < until && errors < 1000) await call()
  }
  await Promise.all(Array.from({ length: order.underWay }, lane))
  client.close()
  latencies.sort((a, b) => a - b)
  const at = (share: number) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? NaN
  return { perSecond: (latencies.length * 1000) / order.measureMs, p50Ms: at(0.5), p99Ms: at(0.99), errors, firstError }
}
