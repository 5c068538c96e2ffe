import type { ConfState } from '../core/model/conf-state'
import type { Entry, EntryId } from '../core/model/entry'

/** How far a state machine is, and who was a member at that point. Changes in one step with the data. */
export interface AppliedState {
  /** The last entry that is applied; index 0 if none is. */
  readonly last: EntryId
  readonly confState: ConfState
}

/** Committed entries to apply together, in order and without gap behind what is applied. */
export interface ApplyBatch {
  /** Entries of type EntryNormal carry commands (no data: nothing to do). Membership changes stand alone in a batch and are already in force. */
  readonly entries: readonly Entry[]
  /** The membership behind the last entry, to be stored with it. */
  readonly confState: ConfState
}

/** The state at one moment, to be read while the state machine goes on. */
export interface StateMachineSnapshot {
  readonly applied: AppliedState
  /** The bytes of the state, in pieces of any length; read once. */
  read(): AsyncIterable<Uint8Array>
  /** Lets go of what the snapshot holds. Twice is harmless. */
  close(): Promise<void>
}

/**
 * What a Raft group replicates (StateMachine of the design document). Its node calls it from one place, one call at a time;
 * only {@link StateMachineSnapshot.read} and {@link StateMachine.persist} run beside other calls.
 *
 * Applied index and data change in one step: after a crash the state is that of some earlier moment, and `applied` says of
 * which. The node applies again what is missing, or restores a snapshot if the log does not reach back so far.
 */
export interface StateMachine<Result> {
  readonly applied: AppliedState
  /** Applies a batch and gives one result an entry, in order. What it throws ends the node: a state machine that cannot apply a committed entry must not go on. */
  apply(batch: ApplyBatch): Promise<readonly Result[]>
  /** Takes a snapshot of what is applied now. */
  createSnapshot(): Promise<StateMachineSnapshot>
  /**
   * Makes what is applied now survive a loss of power, at the cost of what is new and not of all that is there. The log may
   * be cut behind it, without a snapshot. Left out by a state machine that can keep its state only by writing all of it.
   *
   * @returns the last entry that is durable now
   */
  readonly persist?: (() => Promise<EntryId>) | undefined
  /**
   * Replaces the whole state. When it resolves, `applied` is that of the snapshot. A crash in between leaves the old state,
   * the new one, or one whose `applied` lies before both, so that it is restored again.
   *
   * @param bytes may be walked over more than once: to check them all before anything is replaced, for instance
   */
  restoreSnapshot(applied: AppliedState, bytes: AsyncIterable<Uint8Array>): Promise<void>
}
