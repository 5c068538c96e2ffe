import type { DescMessage, DescMethodUnary, MessageInitShape, MessageShape } from '@bufbuild/protobuf'
import { SandboxError } from '../base/sandbox-error'
import type { Random } from '../env'
import type { Error as ErrorMessage } from '../rpc/generated/dingodb/error_pb'
import type { ContextSchema } from '../rpc/generated/dingodb/store_pb'
import { responseError } from '../rpc/response-error'
import type { RpcChannels } from '../rpc/rpc-channel'
import { BackOff } from './back-off'
import type { CallObserver } from './call-observer'
import type { Deadline } from './deadline'
import { toHex } from './key-bytes'
import type { RegionRoute } from './region-route'
import { addressOf } from './region-route'
import type { RegionRouter } from './region-router'
import { errorIn } from './response-status'
import { reactionTo } from './retry-policy'
import { untimedCall } from './untimed-call'

/**
 * What repeating a call does whose answer was lost:
 * - `read`: nothing;
 * - `write`: the cluster ends up as the caller asked, but a write of somebody else in between may be undone, so that it is
 *   repeated only on request;
 * - `conditional`: the outcome would be another, so that it is never repeated.
 */
export type CallEffect = 'read' | 'write' | 'conditional'

/** A call to the region that holds a key. */
export interface RegionCall<Input extends DescMessage, Output extends DescMessage> {
  readonly method: DescMethodUnary<Input, Output>
  /** The region of this key is called. */
  readonly key: Uint8Array
  readonly effect: CallEffect
  /** Follows the call over the nodes. */
  readonly observer?: CallObserver
  /** Makes the request for the region as it is known now: anew at each try. */
  request(context: MessageInitShape<typeof ContextSchema>, route: RegionRoute): MessageInitShape<Input>
}

/** What a region answered, and how it was reached. */
export interface RegionAnswer<Output extends DescMessage> {
  readonly response: MessageShape<Output>
  readonly route: RegionRoute
  /** `host:port` of the node that answered. */
  readonly address: string
}

/** How long a node may take to answer a call that can be repeated elsewhere. */
const REPEATABLE_CALL_TIMEOUT_MS = 3_000
/** This many redirects are followed at once; more of them mean that the nodes do not agree yet on who leads. */
const REDIRECTS_WITHOUT_PAUSE = 2
/** After this many failures in a row what is known of the region is doubted altogether. */
const FAILURES_UNTIL_LOOK_UP = 3

/** Calls regions: finds the leader, honours what answers hint at, and repeats what may be repeated until the deadline. */
export class RegionCaller {
  readonly #router: RegionRouter
  readonly #channels: RpcChannels
  readonly #random: Random
  readonly #retryUnknown: boolean

  constructor(options: {
    readonly router: RegionRouter
    readonly channels: RpcChannels
    readonly random: Random
    readonly retryUnknown: boolean
  }) {
    this.#router = options.router
    this.#channels = options.channels
    this.#random = options.random
    this.#retryUnknown = options.retryUnknown
  }

  /**
   * @throws SandboxError CLIENT_OUTCOME_UNKNOWN (never for a read), CLIENT_TIMED_OUT, CLIENT_NO_REGION, CLIENT_READ_ONLY,
   * CANCELLED, RPC_FAILED, DINGODB_ERROR for what the region refuses for good
   */
  async call<Input extends DescMessage, Output extends DescMessage>(
    call: RegionCall<Input, Output>,
    deadline: Deadline,
  ): Promise<RegionAnswer<Output>> {
    const attempt = new Attempts(call, deadline, this.#random, this.#retryUnknown)
    for (;;) {
      attempt.checkCancelled()
      const foundBy = call.observer === undefined || this.#router.knows(call.key) ? 'cache' : 'coordinators'
      const route = await attempt.guard(() => this.#router.routeOf(call.key, deadline))
      if (route === undefined) {
        await attempt.pause()
        continue
      }
      const address = route.leader ?? attempt.pickVoter(route)
      if (address === undefined) {
        this.#router.drop(route)
        await attempt.pause()
        continue
      }
      const { failures, lastFailure } = attempt
      const told = call.observer?.routed({ route, address, foundBy, attempt: failures + 1, lastFailure })
      if (told !== undefined) {
        await told
        attempt.checkCancelled()
      }
      const response = await this.#try(call, attempt, route, address)
      if (response === undefined) continue
      const error = errorIn(response)
      if (error === undefined) {
        this.#router.setLeader(route, address)
        return { response, route, address }
      }
      await this.#react(error, attempt, route, address)
    }
  }

  /** One call to one node; undefined if it did not answer and others should be asked. */
  async #try<Input extends DescMessage, Output extends DescMessage>(
    call: RegionCall<Input, Output>,
    attempt: Attempts,
    route: RegionRoute,
    address: string,
  ): Promise<MessageShape<Output> | undefined> {
    const context = {
      regionId: BigInt(route.regionId),
      regionEpoch: { confVersion: route.confVersion, version: route.version },
    }
    try {
      const { deadline } = attempt
      const atMostMs = attempt.mayRepeat ? REPEATABLE_CALL_TIMEOUT_MS : Infinity
      const channel = this.#channels.to(address)
      const request = call.request(context, route)
      if (call.observer === undefined) return await channel.unary(call.method, request, deadline.callOptions(atMostMs))
      const { traceId } = call.observer
      return await untimedCall(deadline, atMostMs, (signal) =>
        channel.unary(call.method, request, { untimed: true, traceId, signal }),
      )
    } catch (thrown) {
      attempt.noAnswer(thrown, address)
      this.#router.setLeader(route, undefined)
      if (attempt.failures % FAILURES_UNTIL_LOOK_UP === 0) this.#router.drop(route)
      await attempt.pause()
      return undefined
    }
  }

  async #react(error: ErrorMessage, attempt: Attempts, route: RegionRoute, address: string): Promise<void> {
    attempt.refused(error)
    const reaction = reactionTo(error.errcode)
    switch (reaction) {
      case 'redirect': {
        const leader = addressOf(error.leaderLocation)
        this.#router.setLeader(route, leader === address ? undefined : leader)
        attempt.lastAsked = address
        if (leader === undefined || leader === address || ++attempt.redirects > REDIRECTS_WITHOUT_PAUSE) {
          // Who was elected meanwhile may be known to the coordinators, too.
          if (attempt.failures % FAILURES_UNTIL_LOOK_UP === 0) this.#router.drop(route)
          await attempt.pause()
        }
        return
      }
      case 'replace':
        if (!this.#router.replace(route, error.storeRegionInfo)) {
          this.#router.drop(route)
          await attempt.pause()
        }
        return
      case 'look-up':
        this.#router.drop(route)
        await attempt.pause()
        return
      case 'moving':
        this.#router.vacate(route)
        await attempt.pause()
        return
      case 'wait':
        await attempt.pause()
        return
      case 'unknown':
        attempt.mayHaveHappened()
        await attempt.pause()
        return
      case 'fail':
        throw attempt.final(attempt.lastFailure)
    }
  }
}

/** What one operation has lived through so far. */
class Attempts {
  readonly deadline: Deadline
  readonly mayRepeat: boolean
  lastFailure: unknown
  lastAsked: string | undefined
  redirects = 0
  failures = 0
  readonly #method: string
  readonly #key: Uint8Array
  readonly #backOff: BackOff
  readonly #isRead: boolean
  #outcomeUnknown = false

  constructor(
    call: { readonly method: DescMethodUnary; readonly key: Uint8Array; readonly effect: CallEffect },
    deadline: Deadline,
    random: Random,
    retryUnknown: boolean,
  ) {
    this.deadline = deadline
    this.#isRead = call.effect === 'read'
    this.mayRepeat = this.#isRead || (call.effect === 'write' && retryUnknown)
    this.#method = call.method.name
    this.#key = call.key
    this.#backOff = new BackOff(random)
  }

  /** Names the operation in errors. */
  get #what(): string {
    return `${this.#method} at the key 0x${toHex(this.#key.subarray(0, 64))}`
  }

  /** Any voter can name the leader: another one than was asked last. */
  pickVoter(route: RegionRoute): string | undefined {
    const { voters } = route
    return voters[(voters.indexOf(this.lastAsked ?? '') + 1) % Math.max(1, voters.length)]
  }

  /** @throws SandboxError CANCELLED if the caller gave the operation up before this try */
  checkCancelled(): void {
    const { signal } = this.deadline
    if (signal?.aborted !== true) return
    throw this.final(
      new SandboxError('CANCELLED', `${this.#what} was given up by its caller.`, { cause: signal.reason }),
    )
  }

  refused(error: ErrorMessage): void {
    this.failures++
    this.lastFailure = responseError({ error })
  }

  /** @throws SandboxError if asking others makes no sense, or might do the work twice */
  noAnswer(thrown: unknown, address: string): void {
    this.failures++
    this.lastAsked = address
    this.lastFailure = thrown
    const failure = SandboxError.from(thrown)
    const mayHaveHappened = failure.code === 'RPC_DEADLINE_EXCEEDED' || failure.code === 'CANCELLED'
    if (mayHaveHappened || (failure.code === 'RPC_UNAVAILABLE' && failure.details.sent !== false)) {
      if (failure.code === 'CANCELLED') throw this.#isRead ? failure : this.#unknown(failure)
      this.mayHaveHappened()
    } else if (failure.code !== 'RPC_UNAVAILABLE') {
      throw this.final(failure)
    }
  }

  /** @throws SandboxError CLIENT_OUTCOME_UNKNOWN unless the call may be repeated */
  mayHaveHappened(): void {
    if (this.#isRead) return
    this.#outcomeUnknown = true
    if (!this.mayRepeat) throw this.#unknown(this.lastFailure)
  }

  async pause(): Promise<void> {
    this.redirects = 0
    await this.guard(() => this.deadline.pause(this.#backOff.nextPauseMs(), this.lastFailure, this.#what))
  }

  /** Runs a step whose failure ends the operation. */
  async guard<Result>(step: () => Promise<Result>): Promise<Result> {
    try {
      return await step()
    } catch (thrown) {
      throw this.final(thrown)
    }
  }

  /** The error that the operation ends with: an earlier try may have done the work. */
  final(failure: unknown): unknown {
    return this.#outcomeUnknown ? this.#unknown(failure) : failure
  }

  #unknown(failure: unknown): SandboxError {
    if (SandboxError.is(failure, 'CLIENT_OUTCOME_UNKNOWN')) return failure
    const reason = failure instanceof Error ? ` The last answer was: ${failure.message}` : ''
    return new SandboxError(
      'CLIENT_OUTCOME_UNKNOWN',
      `${this.#what} may or may not have taken effect: read the key to learn which.${reason}`,
      { details: { method: this.#method, key: toHex(this.#key) }, cause: failure },
    )
  }
}
