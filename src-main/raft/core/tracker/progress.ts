import { RaftInvariantError } from '../errors'
import { Inflights } from './inflights'

/**
 * How the leader feeds a follower: probe finds out where their logs agree, one message at a time; replicate streams
 * ahead of the answers; snapshot waits, because the log no longer holds what the follower lacks.
 */
export type ProgressState = 'StateProbe' | 'StateReplicate' | 'StateSnapshot'

/** How far a leader may send ahead to one follower. */
export interface FlowLimits {
  /** Append messages under way at once, at least 1. */
  readonly maxInflightMessages: number
  /** Payload bytes under way at once; NO_LIMIT for none. */
  readonly maxInflightBytes: number
}

/**
 * What a leader knows of one member. All transitions are here; the rest of the core calls them and never assigns.
 *
 * Invariants: 0 <= match < next; entries between match and next are under way; while a snapshot is under way, next
 * is the index after it.
 */
export class Progress {
  #match: number
  #next: number
  #state: ProgressState = 'StateProbe'
  #pendingSnapshot = 0
  #flowPaused = false
  /**
   * The highest commit index already sent; never beyond next - 1 in effect, because a follower cannot commit what it
   * lacks.
   */
  #sentCommit = 0
  #leaseTime = 0
  #inflights: Inflights
  readonly #limits: FlowLimits
  readonly isLearner: boolean
  /** Whether the member was heard of since the leader last looked. */
  recentActive = false

  constructor(match: number, next: number, isLearner: boolean, limits: FlowLimits) {
    this.#match = match
    this.#next = next
    this.isLearner = isLearner
    this.#limits = limits
    this.#inflights = new Inflights(limits.maxInflightMessages, limits.maxInflightBytes)
    this.#assertOrder()
  }

  /** The highest index up to which the member's log is known to agree with the leader's. */
  get match(): number {
    return this.#match
  }

  /** The index of the next entry to send. */
  get next(): number {
    return this.#next
  }

  get state(): ProgressState {
    return this.#state
  }

  /** In StateSnapshot the index of the snapshot under way, otherwise 0. */
  get pendingSnapshot(): number {
    return this.#pendingSnapshot
  }

  /** Append messages under way. */
  get inflightCount(): number {
    return this.#inflights.count
  }

  /** Payload bytes under way. */
  get inflightBytes(): number {
    return this.#inflights.bytes
  }

  /** Whether the window of messages under way is full. */
  get inflightFull(): boolean {
    return this.#inflights.full
  }

  /** When the newest heartbeat left that the member answered, by the time in which its leader counts leases; 0 for none. */
  get leaseTime(): number {
    return this.#leaseTime
  }

  /** Whether no append message may go to this member for now. Heartbeats always may. */
  get paused(): boolean {
    return this.#state === 'StateSnapshot' || this.#flowPaused
  }

  /** Starts afresh for a new term, keeping only whether it is a learner. */
  reset(match: number, next: number): void {
    this.#match = match
    this.#next = next
    this.#sentCommit = 0
    this.#leaseTime = 0
    this.recentActive = false
    this.#enter('StateProbe')
    this.#assertOrder()
  }

  /** Looks for the point of agreement again, after a pending snapshot if there was one, otherwise after match. */
  becomeProbe(): void {
    const afterSnapshot = this.#state === 'StateSnapshot' ? this.#pendingSnapshot + 1 : 0
    this.#enter('StateProbe')
    this.#next = Math.max(this.#match + 1, afterSnapshot)
    this.#sentCommit = Math.min(this.#sentCommit, this.#next - 1)
  }

  /** Streams from match on. */
  becomeReplicate(): void {
    this.#enter('StateReplicate')
    this.#next = this.#match + 1
  }

  /** Waits until the member has the snapshot. */
  becomeSnapshot(index: number): void {
    this.#enter('StateSnapshot')
    this.#pendingSnapshot = index
    this.#next = index + 1
    this.#sentCommit = index
    this.#assertOrder()
  }

  /** Records that the snapshot under way did not arrive, so that probing does not start after it. */
  snapshotFailed(): void {
    this.#pendingSnapshot = 0
  }

  /** Holds append messages back until the member answers something. */
  pauseFlow(): void {
    this.#flowPaused = true
  }

  /** The member answered: one more message may go. */
  resumeFlow(): void {
    this.#flowPaused = false
  }

  /** Records an append message with that many entries from next on. */
  sentEntries(count: number, bytes: number): void {
    if (this.#state === 'StateReplicate') {
      if (count > 0) {
        this.#next += count
        if (!this.#inflights.add(this.#next - 1, bytes)) {
          throw new RaftInvariantError(`entries up to ${this.#next - 1} were sent although the window is full`)
        }
      }
      // A message that fills the window, or an empty one sent into a full window, is a probe: wait for its answer.
      this.#flowPaused = this.#inflights.full
    } else if (this.#state === 'StateProbe') {
      // An empty message while probing carries a commit index only; it must not use up the one probe.
      if (count > 0) this.#flowPaused = true
    } else {
      throw new RaftInvariantError('entries were sent to a member that waits for a snapshot')
    }
  }

  /** Whether telling the member this commit index could let it commit more than it was told already. */
  canBumpCommit(index: number): boolean {
    return index > this.#sentCommit && this.#sentCommit < this.#next - 1
  }

  /** Records the commit index of a message just sent. */
  sentCommit(index: number): void {
    this.#sentCommit = index
  }

  /**
   * The member acknowledged everything up to an index.
   *
   * @returns false if that was known already, for example from a message that was overtaken
   */
  maybeUpdate(index: number): boolean {
    if (index <= this.#match) return false
    this.#match = index
    this.#next = Math.max(this.#next, index + 1)
    this.#flowPaused = false
    return true
  }

  /** Takes acknowledged messages out of the window. */
  freeInflightsUpTo(index: number): void {
    this.#inflights.freeUpTo(index)
  }

  /**
   * The member rejected the append after `rejected` and suggests that the logs may agree at `matchHint`.
   *
   * @returns false, with nothing changed, if the rejection is stale: messages can be overtaken and repeated
   */
  maybeDecreaseTo(rejected: number, matchHint: number): boolean {
    // Nothing is under way but the snapshot, so the rejection is of something sent before it.
    if (this.#state === 'StateSnapshot') return false
    if (this.#state === 'StateReplicate') {
      if (rejected <= this.#match) return false
      this.#next = this.#match + 1
    } else {
      // While probing there is one message under way, the one sent from next.
      if (this.#next - 1 !== rejected) return false
      // Never at or below match: what was acknowledged once is not asked for again.
      this.#next = Math.max(Math.min(rejected, matchHint + 1), this.#match + 1)
      this.#flowPaused = false
    }
    // What lies after next has probably not arrived, so neither has the right to commit it.
    this.#sentCommit = Math.min(this.#sentCommit, this.#next - 1)
    return true
  }

  /** The member answered the heartbeat that left at this lease time of the leader. Answers may overtake each other. */
  renewLease(leaseTime: number): void {
    if (leaseTime > this.#leaseTime) this.#leaseTime = leaseTime
  }

  /** A copy that goes its own way, as a learner or not. */
  clone(isLearner = this.isLearner): Progress {
    const copy = new Progress(this.#match, this.#next, isLearner, this.#limits)
    copy.#state = this.#state
    copy.#pendingSnapshot = this.#pendingSnapshot
    copy.#flowPaused = this.#flowPaused
    copy.#sentCommit = this.#sentCommit
    copy.#leaseTime = this.#leaseTime
    copy.#inflights = this.#inflights.clone()
    copy.recentActive = this.recentActive
    return copy
  }

  #enter(state: ProgressState): void {
    this.#state = state
    this.#pendingSnapshot = 0
    this.#flowPaused = false
    this.#inflights.reset()
  }

  #assertOrder(): void {
    if (this.#match < 0 || this.#match >= this.#next) {
      throw new RaftInvariantError(`progress match=${this.#match} must be below next=${this.#next}`)
    }
  }
}
