import type { Entry } from '../core/model/entry'
import type { Message } from '../core/model/message'
import type { Snapshot } from '../core/model/snapshot'
import type { LogUpdate, RaftLogStore } from '../log/raft-log-store'
import type { RaftNodeObserver } from './raft-node-observer'
import type { StageWatch } from './stage-watch'

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

/** An update on its way into the log. */
interface WaitingUpdate {
  readonly update: LogUpdate
  readonly responses: readonly Message[]
  readonly snapshot: Snapshot | undefined
}

/**
 * The append thread of a node: hands updates to the log at once, and lets go of what waits for their durability in the
 * order in which it was asked for. How many syncs that takes is the log's affair.
 */
export class LogWriter {
  readonly #log: RaftLogStore
  readonly #host: LogWriterHost
  readonly #observer: RaftNodeObserver<never> | undefined
  readonly #watch: StageWatch
  /** While somebody steps: an update that is held, and those that wait behind it. */
  readonly #line: WaitingUpdate[] = []
  /** Oldest first. */
  readonly #orders: AppendOrder[] = []
  #syncsUnderWay = 0
  /** Something that must be durable before anything is said was appended, and no sync covers it yet. */
  #owesSync = false
  #isInstalling = false
  #isStopped = false

  constructor(
    log: RaftLogStore,
    host: LogWriterHost,
    observer: RaftNodeObserver<never> | undefined,
    watch: StageWatch,
  ) {
    this.#log = log
    this.#host = host
    this.#observer = observer
    this.#watch = watch
  }

  /** Whether something is being made durable, or is held on its way there. */
  get isSyncing(): boolean {
    return this.#syncsUnderWay > 0 || this.#line.length > 0
  }

  /**
   * Appends now, makes durable, and then delivers the responses. Without responses nobody waits, so nothing is synced; and
   * where only the commit index moved, which every node can learn again, the responses wait for earlier orders alone.
   */
  append(update: LogUpdate, responses: readonly Message[], snapshot: Snapshot | undefined): void {
    if (this.#line.length === 0 && !this.#watch.isOn) {
      this.#appendNow(update)
      // Its failure is reported; only stages look at it here.
      void this.#makeDurable(responses, snapshot)
      return
    }
    this.#line.push({ update, responses, snapshot })
    if (this.#line.length === 1) void this.#workOffLine()
  }

  /** Nothing is delivered any more. */
  stop(): void {
    this.#isStopped = true
  }

  #appendNow(update: LogUpdate): void {
    this.#owesSync ||= this.#mustBeDurable(update)
    this.#log.append(update)
    this.#observer?.appended?.(update)
  }

  /** @returns resolves when what was appended so far is durable; undefined where nothing waits for that */
  #makeDurable(responses: readonly Message[], snapshot: Snapshot | undefined): Promise<void> | undefined {
    if (responses.length === 0) return undefined
    const order: AppendOrder = { responses, snapshot, isDurable: !this.#owesSync }
    this.#orders.push(order)
    if (order.isDurable) {
      // Not within this call: who appends is in the middle of handing out one Ready.
      if (this.#orders.length === 1) queueMicrotask(this.#deliverSoon)
      return undefined
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
    return sync
  }

  /** The way of updates while somebody steps: in their order, each as far as it is let go. Never rejects. */
  async #workOffLine(): Promise<void> {
    try {
      for (let next = this.#line[0]; next !== undefined && !this.#isStopped; next = this.#line[0]) {
        const { update, responses, snapshot } = next
        const { entries } = update
        const appending = entries === undefined ? undefined : this.#watch.appending(entries)
        if (entries === undefined || appending === undefined) {
          this.#appendNow(update)
          void this.#makeDurable(responses, snapshot)
        } else {
          await appending.held
          if (this.#isStopped) return
          this.#appendNow(update)
          appending.leave()
          await this.#makeDurableInStages(entries, responses, snapshot)
        }
        this.#line.shift()
      }
    } catch (error) {
      this.#host.fail(error)
    }
  }

  /** Resolves when the sync is under way, so that what comes next shares the disk with it as it always does. */
  async #makeDurableInStages(
    entries: readonly Entry[],
    responses: readonly Message[],
    snapshot: Snapshot | undefined,
  ): Promise<void> {
    const records = this.#watch.recording(entries)
    for (const { stage } of records) if (stage.held !== undefined) await stage.held
    const syncing = this.#watch.syncing(entries, 'log.sync')
    await syncing.held
    const confirming = this.#watch.syncing(entries, 'log.fsync')
    await confirming.held
    if (this.#isStopped) return
    const durable = this.#makeDurable(responses, snapshot)
    void durable?.then(
      () => {
        confirming.leave()
        syncing.leave()
        return this.#watch.recorded(records, this.#log)
      },
      (error: unknown) => {
        confirming.leave(() => ({ error }))
        syncing.leave(() => ({ error }))
      },
    )
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
