import { SandboxError } from '../../base/sandbox-error'
import type { ConfState } from '../core/model/conf-state'
import type { Entry } from '../core/model/entry'
import type { Message } from '../core/model/message'
import type { StageWatch } from './stage-watch'
import type { AppliedState, StateMachine, StateMachineSnapshot } from './state-machine'

/** What the apply queue needs of its node. */
export interface ApplyQueueHost<Result> {
  /** Puts a membership change into force. @returns the membership from now on */
  changeMembership(entry: Entry): ConfState
  /** A batch is applied. */
  applied(entries: readonly Entry[], results: readonly Result[]): void
  /** Everything that an order asked for is applied. */
  deliver(responses: readonly Message[]): void
  fail(thrown: unknown): void
}

/** What the core asked to have applied. */
interface ApplyOrder {
  readonly kind: 'apply'
  entries: readonly Entry[]
  /** How many of the entries are applied or being applied. */
  taken: number
  readonly responses: readonly Message[]
}

interface ExclusiveWork {
  readonly kind: 'exclusive'
  readonly run: () => Promise<void>
  /** The queue was stopped before its turn. */
  readonly cancel?: () => void
}

interface Batch {
  readonly entries: readonly Entry[]
  /** Of the orders that are done with this batch. */
  readonly responses: readonly Message[]
}

/** Entries in one batch, at most. */
const MAX_BATCH_ENTRIES = 4096

/**
 * The apply thread of a node: the one place from which the state machine is called. Commands are applied in runs as long as
 * possible; a membership change comes into force by itself, between the commands before and after it.
 */
export class ApplyQueue<Result> {
  readonly #stateMachine: StateMachine<Result>
  readonly #host: ApplyQueueHost<Result>
  readonly #watch: StageWatch
  #confState: ConfState
  #tasks: Array<ApplyOrder | ExclusiveWork> = []
  #applyingIndex: number
  #running: Promise<void> | undefined
  #isStopped = false

  constructor(
    stateMachine: StateMachine<Result>,
    applied: AppliedState,
    host: ApplyQueueHost<Result>,
    watch: StageWatch,
  ) {
    this.#stateMachine = stateMachine
    this.#host = host
    this.#watch = watch
    this.#confState = applied.confState
    this.#applyingIndex = applied.last.index
  }

  /** The last index that was handed to the state machine. */
  get applyingIndex(): number {
    return this.#applyingIndex
  }

  /** The membership behind the last entry that was handed to the state machine. */
  get confState(): ConfState {
    return this.#confState
  }

  /** Takes committed entries that follow those before without gap. */
  apply(entries: readonly Entry[], responses: readonly Message[]): void {
    this.#add({ kind: 'apply', entries, taken: 0, responses })
  }

  /** Applies nothing that comes after this before a promise has resolved, which must not reject. */
  waitFor(promise: Promise<unknown>): void {
    this.#add({
      kind: 'exclusive',
      run: async () => {
        await promise
      },
    })
  }

  /**
   * Drops the entries that wait: a snapshot takes their place, and the membership in force is the snapshot's already, so
   * that changes before it must not be made any more. What is being applied is finished.
   */
  dropWaiting(): void {
    for (const task of this.#tasks) if (task.kind === 'apply') task.entries = task.entries.slice(0, task.taken)
  }

  /** Takes a snapshot of the state between two batches. Rejects with what the state machine throws. */
  createSnapshot(): Promise<StateMachineSnapshot> {
    return new Promise((resolve, reject) => {
      this.#add({
        kind: 'exclusive',
        run: async () => {
          try {
            resolve(await this.#stateMachine.createSnapshot())
          } catch (error) {
            reject(toStateMachineError(error))
          }
        },
        cancel: () => {
          reject(new SandboxError('RAFT_NODE_STOPPED', 'The Raft node stopped before it took the snapshot.'))
        },
      })
    })
  }

  /** Replaces the state after everything before is done; then calls back. Failures end the node. */
  restore(applied: AppliedState, state: AsyncIterable<Uint8Array>, done: () => void): void {
    this.#add({
      kind: 'exclusive',
      run: async () => {
        await this.#stateMachine.restoreSnapshot(applied, state)
        this.#applyingIndex = applied.last.index
        this.#confState = applied.confState
        if (!this.#isStopped) done()
      },
    })
  }

  /** Starts nothing more; resolves when what runs is over. */
  async stop(): Promise<void> {
    this.#isStopped = true
    const waiting = this.#tasks
    this.#tasks = []
    for (const task of waiting) cancel(task)
    await this.#running
  }

  #add(task: ApplyOrder | ExclusiveWork): void {
    if (this.#isStopped) {
      cancel(task)
      return
    }
    this.#tasks.push(task)
    this.#running ??= this.#run()
  }

  /** Never rejects. */
  async #run(): Promise<void> {
    // What arrives in this turn of the loop goes along with the first batch.
    await Promise.resolve()
    try {
      for (let task = this.#tasks[0]; task !== undefined && !this.#isStopped; task = this.#tasks[0]) {
        if (task.kind === 'apply') await this.#applyBatch(this.#takeBatch())
        else {
          this.#tasks.shift()
          await task.run()
        }
      }
    } catch (error) {
      this.#isStopped = true
      this.#host.fail(toStateMachineError(error))
    }
    this.#running = undefined
  }

  /** The next run of commands, over several orders where they follow each other, or one membership change. */
  #takeBatch(): Batch {
    let entries: readonly Entry[] = []
    let joined: Entry[] | undefined
    const responses: Message[] = []
    for (let order = this.#tasks[0]; order?.kind === 'apply'; order = this.#tasks[0]) {
      const run = nextRun(order)
      const startsWithChange = run[0] !== undefined && run[0].type !== 'EntryNormal'
      if (entries.length > 0 && (startsWithChange || entries.length + run.length > MAX_BATCH_ENTRIES)) break
      if (entries.length === 0) entries = run
      else {
        // Most batches are one order as it came; only where several are joined are they copied.
        joined ??= [...entries]
        joined.push(...run)
        entries = joined
      }
      order.taken += run.length
      if (order.taken < order.entries.length) break
      this.#tasks.shift()
      responses.push(...order.responses)
      if (startsWithChange) break
    }
    return { entries, responses }
  }

  async #applyBatch({ entries, responses }: Batch): Promise<void> {
    const [first] = entries
    const last = entries.at(-1)
    if (first !== undefined && last !== undefined) {
      const stages = this.#watch.isOn ? this.#watch.applying(entries) : undefined
      if (stages?.held !== undefined) {
        await stages.held
        if (this.#isStopped) return
      }
      if (first.type !== 'EntryNormal') this.#confState = this.#host.changeMembership(first)
      this.#applyingIndex = last.index
      const results = await this.#stateMachine.apply({ entries, confState: this.#confState })
      if (results.length !== entries.length) throw wrongResultCount(entries.length, results.length)
      if (this.#isStopped) return
      stages?.leave()
      this.#host.applied(entries, results)
      if (this.#watch.isOn) this.#watch.applied(last.index)
    }
    this.#host.deliver(responses)
  }
}

function cancel(task: ApplyOrder | ExclusiveWork): void {
  if (task.kind === 'exclusive') task.cancel?.()
}

/** The entries of an order up to the next membership change, or that change alone. */
function nextRun({ entries, taken }: ApplyOrder): readonly Entry[] {
  let end = taken
  while (end < entries.length && entries[end]?.type === 'EntryNormal') end += 1
  if (end === taken && end < entries.length) end += 1
  return taken === 0 && end === entries.length ? entries : entries.slice(taken, end)
}

function wrongResultCount(expected: number, found: number): SandboxError {
  return new SandboxError(
    'RAFT_STATE_MACHINE_FAILED',
    `The state machine answered ${String(expected)} entries with ${String(found)} results. It must give one for each.`,
    { details: { expected, found } },
  )
}

function toStateMachineError(thrown: unknown): SandboxError {
  if (SandboxError.is(thrown)) return thrown
  const reason = thrown instanceof Error ? thrown.message : String(thrown)
  return new SandboxError(
    'RAFT_STATE_MACHINE_FAILED',
    `The state machine failed: ${reason} The node stops, because a committed entry that was not applied must not be passed over.`,
    { cause: thrown },
  )
}
