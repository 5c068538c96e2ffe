import type { SandboxError } from '../../base/sandbox-error'
import type { Env } from '../../env'
import type { RaftConfig, ReadMode } from '../core/config'
import type { RaftLogger } from '../core/logger'
import type { ConfState } from '../core/model/conf-state'
import type { RawNode } from '../core/raw-node'
import type { RaftLogStore } from '../log/raft-log-store'
import type { RaftTransport } from '../transport/raft-transport'
import type { RaftNodeObserver } from './raft-node-observer'
import type { StageWatch } from './stage-watch'
import type { StateMachine } from './state-machine'

/** How a group works. All members of a group should have the same settings. */
export interface RaftSettings {
  /** Ticks without a leader after which a follower may campaign; drawn from this up to twice this minus one. Default 30. */
  readonly electionTicks: number
  /** Ticks between heartbeats of a leader. Default 3. */
  readonly heartbeatTicks: number
  /** How reads are confirmed. Default `safe`; `lease` needs leaseMs. */
  readonly readMode: ReadMode
  /** Lease reads only: how long a lease lasts, in ms, see leaseLengthMs. Default 0: none ever holds. */
  readonly leaseMs: number
  /**
   * Lease reads only: whether a member that starts again may have promised to ignore candidates before, so that it ignores
   * them for one election timeout. Default true; false only if all members of the group start together.
   */
  readonly mayOweLease: boolean
  /** Whether a candidate first asks whether it could win. Default true. */
  readonly preVote: boolean
  /** Whether a leader steps down that does not hear from a quorum. Default true. */
  readonly checkQuorum: boolean
  /** Commands that go into the log together, at most. Default 1024. */
  readonly maxBatchEntries: number
  /** Their bytes, at most, but at least one command. Default 1 MiB. */
  readonly maxBatchBytes: number
  /** Bytes of commands that may wait for their turn before more are refused. Default 64 MiB. */
  readonly maxWaitingBytes: number
  /** Bytes of entries in one message. Default 1 MiB. */
  readonly maxMessageBytes: number
  /** Bytes of entries handed to the state machine and not applied yet. Default 16 MiB. */
  readonly maxApplyingBytes: number
  /** Bytes that may be proposed and not applied before proposals are refused. Default 256 MiB. */
  readonly maxUncommittedBytes: number
  /** Append messages under way to one follower. Default 256. */
  readonly maxInflightMessages: number
  /** Bytes under way to one follower. Default 64 MiB. */
  readonly maxInflightBytes: number
  /**
   * When so many entries were applied since the log was cut, it is cut again, behind the state that was made durable or, where
   * the state machine cannot do that, behind a snapshot; infinite for never. Default 10 000.
   */
  readonly snapshotLogGap: number
  /** Entries that stay in the log where it is cut, for followers that are a little behind. Default 1000. */
  readonly keepLogEntries: number
  /** Bytes of a snapshot in one message. Default 256 KiB. */
  readonly snapshotChunkBytes: number
  /** Bytes of a snapshot under way to one member. Default 1 MiB. */
  readonly snapshotWindowBytes: number
}

const DEFAULT_SETTINGS: RaftSettings = {
  electionTicks: 30,
  heartbeatTicks: 3,
  readMode: 'safe',
  leaseMs: 0,
  mayOweLease: true,
  preVote: true,
  checkQuorum: true,
  maxBatchEntries: 1024,
  maxBatchBytes: 1024 * 1024,
  maxWaitingBytes: 64 * 1024 * 1024,
  maxMessageBytes: 1024 * 1024,
  maxApplyingBytes: 16 * 1024 * 1024,
  maxUncommittedBytes: 256 * 1024 * 1024,
  maxInflightMessages: 256,
  maxInflightBytes: 64 * 1024 * 1024,
  snapshotLogGap: 10_000,
  keepLogEntries: 1000,
  snapshotChunkBytes: 256 * 1024,
  snapshotWindowBytes: 1024 * 1024,
}

/** The settings with every default filled in. */
export function resolveSettings(settings: Partial<RaftSettings> = {}): RaftSettings {
  return { ...DEFAULT_SETTINGS, ...settings }
}

/** What one member of a group is made of. */
export interface RaftNodeOptions<Result> {
  readonly regionId: number
  readonly env: Pick<Env, 'clock' | 'random' | 'disk'>
  /** Its node id is the member's. Incoming messages are handed to {@link RaftNode.receive} by whoever listens. */
  readonly transport: RaftTransport
  /** Opened with the state machine's applied index; the node closes it when it stops. */
  readonly log: RaftLogStore
  /** Outlives the node; its owner closes it after the node has stopped. */
  readonly stateMachine: StateMachine<Result>
  /** Where the group's snapshots are kept; made when there is one. */
  readonly snapshotDirectory: string
  /**
   * The members with which the group was founded, the same on each of them and at every start. Left out by a node that
   * joins later: it learns who the members are from the leader's snapshot.
   */
  readonly initialMembers?: ConfState
  readonly settings?: Partial<RaftSettings>
  readonly observer?: RaftNodeObserver<Result>
  /** Through which stepping sees and stops the replication. Left out: nobody steps. */
  readonly watch?: StageWatch
  /** Where the core says what it does. Silent if left out. */
  readonly logger?: RaftLogger
  /**
   * Makes up for ticks that are over, to be called before a message is looked at that did not come straight from the
   * transport. Left out where every tick comes in its own time.
   */
  readonly catchUpTicks?: () => void
  /** Makes the core. For checks that put a faulty one in its place to see whether they notice. */
  readonly createCore?: (config: RaftConfig) => RawNode
  /** The node has failed: it is in STATE_ERROR, everything is answered, and it must be opened anew. */
  readonly onFailure: (error: SandboxError) => void
  /** Something went wrong that the node can live with, for instance a snapshot that could not be saved. */
  readonly onWarning: (error: SandboxError) => void
}
