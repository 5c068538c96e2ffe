import { SandboxError } from '../../base/sandbox-error'
import type { ConfState } from '../core/model/conf-state'
import type { EntryId } from '../core/model/entry'
import type { Snapshot } from '../core/model/snapshot'
import type { RaftLogStore } from '../log/raft-log-store'
import type { RaftNodeObserver } from './raft-node-observer'
import type { SnapshotStore } from './snapshot/snapshot-store'
import type { StoredSnapshot } from './snapshot/stored-snapshot'
import { toCoreSnapshot } from './snapshot/stored-snapshot'
import type { StateMachineSnapshot } from './state-machine'

/** What keeping snapshots needs of its node. */
export interface SnapshotKeeperHost {
  /** The last index at which the core looks no more, whatever comes. */
  readonly unneededIndex: number
  /** The membership behind the last applied entry. */
  readonly confState: ConfState
  createSnapshot(): Promise<StateMachineSnapshot>
  /** As the state machine's `persist` has it; undefined where the state machine has no such thing. */
  readonly persist: (() => Promise<EntryId>) | undefined
  fail(thrown: unknown): void
  warn(error: SandboxError): void
}

/** When snapshots are saved and how much of the log stays. */
export interface SnapshotPolicy {
  readonly snapshotLogGap: number
  readonly keepLogEntries: number
}

/**
 * So many gaps of the log stay behind a snapshot that a member may be getting. Without them a member that installs it while
 * many write would find the entries behind it gone, and need the next one.
 */
const GAPS_BEHIND_SNAPSHOT = 10

/**
 * Keeps the log short: when enough was applied, it is cut behind the state that was made durable, or behind a snapshot where
 * the state machine cannot do that; never before either is durable. Snapshots are saved when the core needs one for a
 * follower, too.
 */
export class SnapshotKeeper {
  readonly #store: SnapshotStore
  readonly #log: RaftLogStore
  readonly #policy: SnapshotPolicy
  readonly #host: SnapshotKeeperHost
  readonly #observer: RaftNodeObserver<never> | undefined
  #saving: Promise<EntryId | undefined> | undefined
  #persisting: Promise<void> | undefined
  /** The applied index from which the gap is counted: that of the last snapshot, of the last cut, or of the last try. */
  #lastIndex: number
  #isStopped = false

  constructor(
    store: SnapshotStore,
    log: RaftLogStore,
    policy: SnapshotPolicy,
    host: SnapshotKeeperHost,
    observer: RaftNodeObserver<never> | undefined,
  ) {
    this.#store = store
    this.#log = log
    this.#policy = policy
    this.#host = host
    this.#observer = observer
    this.#lastIndex = Math.max(store.newest?.last.index ?? 0, log.mark.index)
  }

  /**
   * The snapshot to send to a member, undefined while there is none that serves; then one is being saved when this returns.
   * It must reach up to the log, and it must know the members of today: who joined since would not find itself in it.
   */
  newestForMembers(): Snapshot | undefined {
    const { newest } = this.#store
    const serves =
      newest !== undefined &&
      newest.last.index >= this.#log.mark.index &&
      isSameMembership(newest.confState, this.#host.confState)
    if (serves) return toCoreSnapshot(newest)
    void this.save()
    return undefined
  }

  /** Everything up to an index is applied: cuts the log if enough came together. */
  appliedTo(index: number): void {
    if (index - this.#lastIndex < this.#policy.snapshotLogGap) return
    const { persist } = this.#host
    if (persist === undefined) void this.save()
    // A snapshot under way cuts the log itself, and must not end behind it.
    else if (this.#saving === undefined && this.#persisting === undefined) {
      this.#lastIndex = index
      this.#persisting = this.#cutBehindState(persist).finally(() => {
        this.#persisting = undefined
      })
    }
  }

  /** A snapshot of the leader was installed. */
  installed(index: number): void {
    this.#lastIndex = Math.max(this.#lastIndex, index)
  }

  /**
   * Saves what is applied now and cuts the log behind it; a save under way is waited for instead. Never rejects: what fails
   * is reported to the node.
   *
   * @returns where the newest snapshot ends now; undefined if there was nothing to save, it failed, or the node stopped
   */
  save(): Promise<EntryId | undefined> {
    this.#saving ??= this.#save().finally(() => {
      this.#saving = undefined
    })
    return this.#saving
  }

  /** Saves nothing more; resolves when what runs is over. */
  async stop(): Promise<void> {
    this.#isStopped = true
    await this.#saving
    await this.#persisting
  }

  /** Never rejects. What cannot be made durable is a warning: the log is still whole, and the next try may succeed. */
  async #cutBehindState(persist: () => Promise<EntryId>): Promise<void> {
    let durable: EntryId
    try {
      durable = await persist()
    } catch (error) {
      if (!this.#isStopped) this.#host.warn(SandboxError.from(error))
      return
    }
    // A snapshot that was begun meanwhile reaches at least as far.
    if (this.#isStopped) return
    const { newest } = this.#store
    const gap = newest === undefined ? Infinity : durable.index - newest.last.index
    const isForMembers = gap < this.#policy.snapshotLogGap * GAPS_BEHIND_SNAPSHOT
    await this.#cutLog(isForMembers ? Math.min(durable.index, newest?.last.index ?? 0) : durable.index)
    if (!isForMembers && !this.#isStopped) await this.#discardStale()
  }

  /**
   * A snapshot that ends before the log begins serves neither a member nor a recovery, and a damaged one would be warned of at
   * each start. The file may be there again after a crash, which does no harm.
   */
  async #discardStale(): Promise<void> {
    try {
      await this.#store.discardBefore(this.#log.mark.index)
    } catch (error) {
      if (!this.#isStopped) this.#host.warn(SandboxError.from(error))
    }
  }

  async #save(): Promise<EntryId | undefined> {
    // The node's own business comes first: the core is in the middle of something when it asks.
    await Promise.resolve()
    if (this.#isStopped) return undefined
    let state: StateMachineSnapshot
    try {
      state = await this.#host.createSnapshot()
    } catch (error) {
      // A node that stops takes no snapshot any more; that is no failure.
      if (!this.#isStopped) this.#host.fail(error)
      return undefined
    }
    const stored = await this.#storeState(state)
    if (stored === undefined || this.#isStopped) return undefined
    const { index } = state.applied.last
    if (stored.last.index === index) this.#observer?.snapshotSaved?.(stored.last)
    // A snapshot that has arrived and is not installed can be newer than this one, and end behind this node's log.
    await this.#cutLog(Math.min(index, stored.last.index))
    return stored.last
  }

  /** A snapshot that cannot be written is a warning: the log is still whole, and the next try may succeed. */
  async #storeState(state: StateMachineSnapshot): Promise<StoredSnapshot | undefined> {
    const { applied } = state
    this.#lastIndex = Math.max(this.#lastIndex, applied.last.index)
    try {
      if (applied.last.index === 0) return undefined
      const { newest } = this.#store
      const isThere = newest?.last.index === applied.last.index && isSameMembership(newest.confState, applied.confState)
      return isThere ? newest : await this.#store.save(applied, state.read(), () => this.#isStopped)
    } catch (error) {
      if (!this.#isStopped) this.#host.warn(SandboxError.from(error))
      return undefined
    } finally {
      await this.#release(state)
    }
  }

  async #release(state: StateMachineSnapshot): Promise<void> {
    try {
      await state.close()
    } catch (error) {
      this.#host.warn(SandboxError.from(error))
    }
  }

  /** @param index up to which the state is durable, in the state machine or in a snapshot */
  async #cutLog(index: number): Promise<void> {
    // A state can be durable that ends within what the core asked to have applied; it hears of that when all of it is.
    const lastIndexToDrop = Math.min(index - this.#policy.keepLogEntries, this.#host.unneededIndex)
    if (lastIndexToDrop <= this.#log.mark.index) return
    try {
      await this.#log.cutPrefix(lastIndexToDrop)
      this.#observer?.logCut?.(this.#log.mark)
    } catch (error) {
      this.#host.fail(error)
    }
  }
}

function isSameMembership(left: ConfState, right: ConfState): boolean {
  return (
    left.autoLeave === right.autoLeave &&
    isSameList(left.voters, right.voters) &&
    isSameList(left.votersOutgoing, right.votersOutgoing) &&
    isSameList(left.learners, right.learners) &&
    isSameList(left.learnersNext, right.learnersNext)
  )
}

function isSameList(left: readonly number[], right: readonly number[]): boolean {
  return left.length === right.length && left.every((id, position) => id === right[position])
}
