import { SandboxError } from '../base/sandbox-error'
import type { Clock, Random } from '../env'
import type { CoordinatorChannel } from '../rpc/coordinator-channel'
import type { RpcChannels } from '../rpc/rpc-channel'
import { BackOff } from './back-off'
import type { OperationOptions } from './deadline'
import { Deadline } from './deadline'
import { toHex } from './key-bytes'
import type { KeyRange } from './key-range'
import { holdsKey } from './key-range'
import { RegionCaller } from './region-caller'
import type { RegionRoute } from './region-route'
import { RegionRouter } from './region-router'

/** Ms that an operation may take, unless it or the client says otherwise. */
export const DEFAULT_TIMEOUT_MS = 10_000

/** What the parts of a client share. */
export class ClientCore {
  readonly clock: Clock
  readonly random: Random
  readonly channels: RpcChannels
  readonly coordinators: CoordinatorChannel
  readonly caller: RegionCaller
  /** Which protocol of scans the stores have: the newer one until one of them refuses it. */
  scanVersion: 1 | 2 = 2
  readonly #router: RegionRouter
  readonly #timeoutMs: number
  #closed = false

  constructor(options: {
    readonly clock: Clock
    readonly random: Random
    readonly channels: RpcChannels
    readonly coordinators: CoordinatorChannel
    readonly timeoutMs: number
    readonly retryUnknown: boolean
  }) {
    this.clock = options.clock
    this.random = options.random
    this.channels = options.channels
    this.coordinators = options.coordinators
    this.#timeoutMs = options.timeoutMs
    this.#router = new RegionRouter(options.coordinators)
    this.caller = new RegionCaller({ ...options, router: this.#router })
  }

  /** The end of an operation that starts now. @throws SandboxError CLIENT_CLOSED, INVALID_ARGUMENT for a time that is no time */
  deadline(options: OperationOptions, defaultTimeoutMs = this.#timeoutMs): Deadline {
    if (this.#closed) throw new SandboxError('CLIENT_CLOSED', 'The client was closed: open another one.')
    const timeoutMs = options.timeoutMs ?? defaultTimeoutMs
    if (!(timeoutMs >= 0)) {
      throw new SandboxError('INVALID_ARGUMENT', `A time-out is 0 ms or more, but this one is ${String(timeoutMs)}.`)
    }
    return new Deadline(this.clock, timeoutMs, options)
  }

  /** The region that holds the key; waits while a split or merge moves it. */
  async routeOf(key: Uint8Array, deadline: Deadline): Promise<RegionRoute> {
    return this.#patiently(key, deadline, () => this.#router.routeOf(key, deadline))
  }

  /** The first key from the range's start on that a region holds, whether it has a value or not. */
  async firstHeldKey(range: KeyRange, deadline: Deadline): Promise<Uint8Array | undefined> {
    const route = await this.#patiently(range.startKey, deadline, () => this.#router.firstRouteIn(range, deadline))
    if (route === 'none') return undefined
    if (holdsKey(route, range.startKey)) return range.startKey
    return holdsKey(range, route.startKey) ? route.startKey : undefined
  }

  /** Forgets everything that was learned of the cluster's regions. */
  forgetRoutes(): void {
    this.#router.clear()
  }

  close(): void {
    this.#closed = true
  }

  async #patiently<Result>(
    key: Uint8Array,
    deadline: Deadline,
    look: () => Promise<Result | undefined>,
  ): Promise<Result> {
    const backOff = new BackOff(this.random)
    for (;;) {
      const found = await look()
      if (found !== undefined) return found
      await deadline.pause(backOff.nextPauseMs(), undefined, `Looking up the region of the key 0x${toHex(key)}`)
    }
  }
}
