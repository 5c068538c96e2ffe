import type { ServerUnaryCall } from '@grpc/grpc-js'
import type { Clock } from '../../env'
import type { CallContext } from '../call'
import { readTraceId, TRACE_ID_HEADER } from '../trace-id'

/** What a handler learns of a call that came over gRPC. Everything is worked out when it is asked for. */
export class ServerCallContext implements CallContext {
  readonly method: string
  readonly #call: ServerUnaryCall<Uint8Array, Uint8Array>
  readonly #clock: Clock
  #abort: AbortController | undefined

  constructor(method: string, call: ServerUnaryCall<Uint8Array, Uint8Array>, clock: Clock) {
    this.method = method
    this.#call = call
    this.#clock = clock
  }

  get peer(): string {
    return this.#call.getPeer()
  }

  get aborted(): boolean {
    return this.#call.cancelled
  }

  get signal(): AbortSignal {
    if (this.#abort === undefined) {
      const abort = new AbortController()
      this.#abort = abort
      if (this.#call.cancelled) {
        abort.abort()
      } else {
        this.#call.once('cancelled', () => {
          abort.abort()
        })
      }
    }
    return this.#abort.signal
  }

  get remainingMs(): number | undefined {
    const deadline = Number(this.#call.getDeadline())
    return deadline === Infinity ? undefined : Math.max(0, deadline - this.#clock.wallTimeMs())
  }

  get traceId(): string | undefined {
    return readTraceId(this.#call.metadata.get(TRACE_ID_HEADER)[0])
  }
}
