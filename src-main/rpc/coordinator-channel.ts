import type { DescMessage, DescMethodUnary, MessageInitShape, MessageShape } from '@bufbuild/protobuf'
import { SandboxError } from '../base/sandbox-error'
import type { Clock, Random } from '../env'
import { callCancelled, deadlineExceeded, methodName } from './call-errors'
import { dingoErrorHints, errnoOf } from './dingo-error'
import { Errno } from './generated/dingodb/error_pb'
import { nodeAddress } from './node-address'
import type { FallibleResponse } from './response-error'
import { responseError } from './response-error'
import type { RpcChannels } from './rpc-channel'

/** What a {@link CoordinatorChannel} needs. */
export interface CoordinatorChannelOptions {
  readonly channels: RpcChannels
  /** `host:port` of the coordinators' server ports; at least one. */
  readonly addresses: readonly string[]
  readonly clock: Clock
  readonly random: Random
  /** Ms after which a call is given up, all attempts together. Default 10 s. */
  readonly timeoutMs?: number
  /** Ms that one coordinator may keep a repeatable call waiting before the next is asked. Default 3 s. */
  readonly attemptTimeoutMs?: number
}

/** How to make a call to the coordinators. */
export interface CoordinatorCallOptions {
  /** Ms for all attempts together. Default: the channel's. */
  readonly timeoutMs?: number | undefined
  readonly signal?: AbortSignal | undefined
  /** The operation that the call belongs to: see trace-id.ts. */
  readonly traceId?: string | undefined
  /**
   * Whether the call may be made again when it is unknown if an earlier attempt had its effect. Default true. When false,
   * an attempt that broke off after it was sent ends the call.
   */
  readonly idempotent?: boolean | undefined
}

const MIN_BACKOFF_MS = 50
const MAX_BACKOFF_MS = 500

/**
 * Calls to whichever coordinator leads: remembers it, follows redirections, and goes on to the next coordinator when one
 * does not answer, with growing pauses, until the time is up.
 */
export class CoordinatorChannel {
  readonly #channels: RpcChannels
  readonly #addresses: readonly string[]
  readonly #clock: Clock
  readonly #random: Random
  readonly #timeoutMs: number
  readonly #attemptTimeoutMs: number
  #leader: string | undefined
  #next = 0

  /** @throws SandboxError INVALID_ARGUMENT if no address is given */
  constructor(options: CoordinatorChannelOptions) {
    if (options.addresses.length === 0) {
      throw new SandboxError('INVALID_ARGUMENT', 'The addresses of the coordinators are needed, but none is given.')
    }
    this.#channels = options.channels
    this.#addresses = options.addresses
    this.#clock = options.clock
    this.#random = options.random
    this.#timeoutMs = options.timeoutMs ?? 10_000
    this.#attemptTimeoutMs = options.attemptTimeoutMs ?? 3_000
  }

  /** Where the leader was last found, if it is known. */
  get leaderAddress(): string | undefined {
    return this.#leader
  }

  /**
   * The leader's answer.
   *
   * @throws SandboxError DINGODB_ERROR with its hints for every error but ERAFT_NOTLEADER; when the time is up the last
   * failure, or RPC_DEADLINE_EXCEEDED; CANCELLED; RPC_FAILED
   */
  async call<Input extends DescMessage, Output extends DescMessage>(
    method: DescMethodUnary<Input, Output>,
    request: MessageInitShape<Input>,
    options: CoordinatorCallOptions = {},
  ): Promise<MessageShape<Output>> {
    const { timeoutMs = this.#timeoutMs, signal, traceId, idempotent = true } = options
    const deadlineMs = this.#clock.monotonicMs() + timeoutMs
    let address = this.#leader ?? this.#rotate()
    let failures = 0
    let failure: SandboxError | undefined
    for (;;) {
      const remainingMs = Math.ceil(deadlineMs - this.#clock.monotonicMs())
      if (remainingMs <= 0) throw failure ?? deadlineExceeded(address, methodName(method), timeoutMs)
      let redirection: string | undefined
      try {
        const response = await this.#channels.to(address).unary(method, request, {
          timeoutMs: idempotent ? Math.min(remainingMs, this.#attemptTimeoutMs) : remainingMs,
          // Who follows a call may hold it for long, and would see it made twice.
          untimed: traceId !== undefined,
          signal,
          traceId,
        })
        const error = responseError(response as FallibleResponse)
        if (error === undefined) {
          this.#leader ??= address
          return response
        }
        if (errnoOf(error) !== Errno.ERAFT_NOTLEADER) throw error
        failure = error
        redirection = leaderOf(error)
      } catch (thrown) {
        const error = SandboxError.from(thrown)
        if (!mayBeRepeated(error, idempotent)) throw error
        failure = error
      }
      if (this.#leader === address) this.#leader = undefined
      failures += 1
      if (redirection !== undefined && redirection !== address) {
        address = redirection
        this.#leader = redirection
        // A fresh hint is followed at once; leaders that point at each other are given time to agree.
        if (failures === 1) continue
      } else {
        address = this.#leader ?? this.#rotate()
        if (failures % this.#addresses.length !== 0) continue
      }
      await this.#pause(failures, deadlineMs, signal, () => callCancelled(address, methodName(method)))
    }
  }

  #rotate(): string {
    const address = this.#addresses[this.#next % this.#addresses.length]
    this.#next = (this.#next + 1) % this.#addresses.length
    return address ?? ''
  }

  async #pause(
    failures: number,
    deadlineMs: number,
    signal: AbortSignal | undefined,
    cancelled: () => SandboxError,
  ): Promise<void> {
    const rounds = Math.ceil(failures / this.#addresses.length)
    const longestMs = Math.min(MAX_BACKOFF_MS, MIN_BACKOFF_MS * 2 ** Math.min(rounds, 10))
    const pauseMs = MIN_BACKOFF_MS + this.#random.fraction() * (longestMs - MIN_BACKOFF_MS)
    const remainingMs = Math.max(0, deadlineMs - this.#clock.monotonicMs())
    if (signal?.aborted === true) throw cancelled()
    await this.#clock.sleep(Math.min(pauseMs, remainingMs), signal)
  }
}

/** Where an error says that the leader is served; undefined if it does not say. */
function leaderOf(error: SandboxError): string | undefined {
  const { leaderLocation } = dingoErrorHints(error)
  const { host, port } = leaderLocation ?? {}
  if (host === undefined || host === '' || port === undefined || port <= 0) return undefined
  return nodeAddress({ host, port })
}

function mayBeRepeated(error: SandboxError, idempotent: boolean): boolean {
  if (error.code === 'RPC_UNAVAILABLE') return idempotent || error.details['sent'] === false
  return error.code === 'RPC_DEADLINE_EXCEEDED' && idempotent
}
