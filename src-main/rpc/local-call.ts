import { SandboxError } from '../base/sandbox-error'
import type { Clock, Timer } from '../env'
import type { CallContext } from './call'
import { callCancelled, deadlineExceeded, messageTooLarge, nodeUnavailable } from './call-errors'
import { callRefused } from './grpc-status'
import type { DirectedLink } from './directed-link'
import type { ServiceRegistry } from './service-registry'

/** What serves an address while a call is under way. */
export interface LocalServer {
  readonly address: string
  readonly registry: ServiceRegistry
  readonly calls: Set<LocalCall>
}

/** The surroundings of a call within the process. */
export interface LocalCallOptions {
  readonly clock: Clock
  readonly caller: string
  readonly address: string
  readonly path: string
  readonly request: Uint8Array
  /** Infinity for none. */
  readonly timeoutMs: number
  readonly traceId: string | undefined
  readonly signal: AbortSignal | undefined
  readonly maxMessageBytes: number
  /** The way there and the way back, asked at the moment of each trip. */
  readonly there: DirectedLink
  readonly back: DirectedLink
  findServer(): LocalServer | undefined
  /** The call is over, once, with the response's bytes or an error. */
  settled(error: SandboxError | undefined, response: Uint8Array | undefined): void
}

/** One call within the process: it travels there, is answered, and travels back, on the clock of the network. */
export class LocalCall implements CallContext {
  readonly #options: LocalCallOptions
  readonly #method: string
  readonly #timers: Timer[] = []
  readonly #stop = (): void => {
    this.#settle(callCancelled(this.#options.address, this.#method))
  }
  readonly #deadlineMs: number
  #remainingMs: number
  #server: LocalServer | undefined
  #abort: AbortController | undefined
  #isSettled = false

  constructor(options: LocalCallOptions) {
    this.#options = options
    this.#method = options.path.slice(1)
    this.#deadlineMs = options.clock.monotonicMs() + options.timeoutMs
    this.#remainingMs = options.timeoutMs
  }

  get method(): string {
    return this.#method
  }

  get peer(): string {
    return this.#options.caller
  }

  get remainingMs(): number | undefined {
    return this.#remainingMs === Infinity ? undefined : this.#remainingMs
  }

  get traceId(): string | undefined {
    return this.#options.traceId
  }

  get aborted(): boolean {
    return this.#isSettled
  }

  get signal(): AbortSignal {
    this.#abort ??= new AbortController()
    if (this.#isSettled) this.#abort.abort()
    return this.#abort.signal
  }

  start(): void {
    const { clock, signal, timeoutMs, address } = this.#options
    if (signal?.aborted === true) {
      this.#stop()
      return
    }
    signal?.addEventListener('abort', this.#stop, { once: true })
    if (timeoutMs !== Infinity) {
      this.#timers.push(
        clock.setTimer(timeoutMs, () => {
          this.#settle(deadlineExceeded(address, this.#method, timeoutMs))
        }),
      )
    }
    this.#travel(this.#options.there, false, () => {
      this.#arrive()
    })
  }

  /** The caller's channels or the node went away. */
  breakOff(reason: string): void {
    this.#settle(nodeUnavailable(this.#options.address, this.#method, this.#server !== undefined, reason))
  }

  #arrive(): void {
    const { request, maxMessageBytes, path } = this.#options
    const server = this.#options.findServer()
    if (server === undefined) {
      this.breakOff('nobody serves this address')
      return
    }
    this.#server = server
    this.#remainingMs = Math.max(0, this.#deadlineMs - this.#options.clock.monotonicMs())
    server.calls.add(this)
    const method = server.registry.find(path)
    if (request.length > maxMessageBytes) {
      this.#answer(messageTooLarge('request', this.#method, request.length, maxMessageBytes), undefined)
    } else if (method === undefined) {
      this.#answer(callRefused('UNIMPLEMENTED', `The node does not know the method ${path}.`), undefined)
    } else {
      method.answer(request, this, this.#options.clock).then(
        (response) => {
          this.#answer(undefined, response)
        },
        (thrown: unknown) => {
          this.#answer(SandboxError.from(thrown), undefined)
        },
      )
    }
  }

  #answer(error: SandboxError | undefined, response: Uint8Array | undefined): void {
    if (this.#isSettled) return
    const { maxMessageBytes } = this.#options
    const isTooLarge = response !== undefined && response.length > maxMessageBytes
    const outcome = isTooLarge ? messageTooLarge('response', this.#method, response.length, maxMessageBytes) : error
    this.#travel(this.#options.back, true, () => {
      this.#settle(outcome, isTooLarge ? undefined : response)
    })
  }

  #travel(link: DirectedLink, sent: boolean, arrive: () => void): void {
    const { clock, address } = this.#options
    const { cuts } = link
    const isCutNow = link.isCut
    this.#timers.push(
      clock.setTimer(link.delayMs, () => {
        if (this.#isSettled) return
        if (isCutNow || link.cuts !== cuts) {
          this.#settle(nodeUnavailable(address, this.#method, sent, 'the link between the nodes is cut'))
        } else {
          arrive()
        }
      }),
    )
  }

  #settle(error: SandboxError | undefined, response?: Uint8Array): void {
    if (this.#isSettled) return
    this.#isSettled = true
    for (const timer of this.#timers) timer.cancel()
    this.#server?.calls.delete(this)
    this.#options.signal?.removeEventListener('abort', this.#stop)
    this.#abort?.abort()
    this.#options.settled(error, response)
  }
}
