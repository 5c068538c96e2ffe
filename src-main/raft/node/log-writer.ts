import type { Message } from '../core/model/message'
import type { Snapshot } from '../core/model/snapshot'
import type { LogUpdate, RaftLogStore } from '../log/raft-log-store'
import type { RaftNodeObserver } from './raft-node-observer'

/** What the log writer needs of its node. */
export interface LogWriterHost {
  /** Delivers what waited for durability, in the order of the orders. */
  deliver(responses: readonly Message[]): void
  /** Puts the state of a snapshot, up to which the log is reset durably, into the state machine. Reports failures itself. */
  install(snapshot: Snapshot, done: () => void): void
  fail(thrown: unknown): void
}

/** Something to make durable, and what may be said once it is. */
interface AppendOrder {
  readonly responses: readonly Message[]
  /** The log was reset for this snapshot; it is installed before anything is said. */
  readonly snapshot: Snapshot | undefined
  isDurable: boolean
}

/**
 * The append thread of a node: hands updates to the log at once, and lets go of what waits for their durability in the
 * order in which it was asked for. How many syncs that takes is the log's affair.
 */
export class LogWriter {
  readonly #log: RaftLogStore
  readonly #host: LogWriterHost
  readonly #observer: RaftNodeObserver<never> | undefined
  /** Oldest first. */
  readonly #orders: AppendOrder[] = []
  #syncsUnderWay = 0
  /** Something that must be durable before anything is said was appended, and no sync covers it yet. */
  #owesSync = false
  #isInstalling = false
  #isStopped = false

  constructor(log: RaftLogStore, host: LogWriterHost, observer: RaftNodeObserver<never> | undefined) {
    this.#log = log
    this.#host = host
    this.#observer = observer
  }

  /** Whether something is being made durable. */
  get isSyncing(): boolean {
    return this.#syncsUnderWay > 0
  }

  /**
   * Appends now, makes durable, and then delivers the responses. Without responses nobody waits, so nothing is synced; and
   * where only the commit index moved, which every node can learn again, the responses wait for earlier orders alone.
   */
  append(update: LogUpdate, responses: readonly Message[], snapshot: Snapshot | undefined): void {
    this.#owesSync ||= this.#mustBeDurable(update)
    this.#log.append(update)
    this.#observer?.appended?.(update)
    if (responses.length === 0) return
    const order: AppendOrder = { responses, snapshot, isDurable: !this.#owesSync }
    this.#orders.push(order)
    if (order.isDurable) {
      // Not within this call: who appends is in the middle of handing out one Ready.
      if (this.#orders.length === 1) queueMicrotask(this.#deliverSoon)
      return
    }
    this.#owesSync = false
    this.#syncsUnderWay += 1
    const { lastIndex } = this.#log
    const written = this.#observer?.written
    const sync = this.#log.sync(
      written === undefined
        ? undefined
        : () => {
            written(lastIndex)
          },
    )
    sync.then(
      () => {
        this.#synced(order, lastIndex)
      },
      (error: unknown) => {
        this.#host.fail(error)
      },
    )
  }

  /** Nothing is delivered any more. */
  stop(): void {
    this.#isStopped = true
  }

  readonly #deliverSoon = (): void => {
    if (!this.#isStopped) this.#deliverNext()
  }

  #mustBeDurable({ entries, reset, hardState }: LogUpdate): boolean {
    if (entries !== undefined || reset !== undefined) return true
    const { term, vote } = this.#log.hardState
    return hardState !== undefined && (hardState.term !== term || hardState.vote !== vote)
  }

  #synced(order: AppendOrder, lastIndex: number): void {
    this.#syncsUnderWay -= 1
    if (this.#isStopped) return
    order.isDurable = true
    this.#observer?.durable?.(lastIndex)
    this.#deliverNext()
  }

  #deliverNext(): void {
    for (let order = this.#orders[0]; order?.isDurable === true; order = this.#orders[0]) {
      if (this.#isStopped || this.#isInstalling) return
      const { snapshot, responses } = order
      if (snapshot !== undefined) {
        this.#install(snapshot, responses)
        return
      }
      this.#orders.shift()
      this.#host.deliver(responses)
    }
  }

  #install(snapshot: Snapshot, responses: readonly Message[]): void {
    this.#isInstalling = true
    this.#host.install(snapshot, () => {
      this.#isInstalling = false
      this.#orders.shift()
      this.#host.deliver(responses)
      this.#deliverNext()
    })
  }
}
