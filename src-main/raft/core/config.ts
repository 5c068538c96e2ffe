import { RaftError } from './errors'
import type { RaftStorage } from './log/storage'
import type { RaftLogger } from './logger'
import { silentLogger } from './logger'
import { NO_LIMIT } from './model/entry'
import type { NodeId } from './model/node-id'
import { isMemberId } from './model/node-id'
import type { RandomSource } from './random'

/**
 * How a leader proves that it may answer a read without writing to the log. `safe`: it asks a quorum whether it still
 * leads. `lease`: it trusts that nobody can have been elected since a quorum last answered it, which costs no round
 * trip and rests on clocks that run about equally fast; where the lease does not hold, it asks the quorum.
 */
export type ReadMode = 'safe' | 'lease'

/** What a node is started with. Times are counted in ticks, whose length is the driver's affair. */
export interface RaftConfig {
  /** This node's id, a positive safe integer. */
  readonly id: NodeId
  readonly storage: RaftStorage
  readonly random: RandomSource
  /** Silent if left out. */
  readonly logger?: RaftLogger
  /**
   * Ticks without a sign of a leader after which a follower may campaign; the actual time is drawn from this up to
   * twice this minus one. Greater than heartbeatTicks; ten times as much is usual.
   */
  readonly electionTicks: number
  /** Ticks between heartbeats of a leader, at least 1. */
  readonly heartbeatTicks: number
  /** The last index that the state machine has applied already, when a node starts again. Default 0. */
  readonly applied?: number
  /** Whether writes are asked for by messages to storage threads, acknowledged one by one. Default false. */
  readonly asyncStorageWrites?: boolean
  /** Bytes of entries in one append message; one entry always goes. Default NO_LIMIT. */
  readonly maxMessageBytes?: number
  /** Bytes of entries handed out for applying and not acknowledged; one entry always goes. Default maxMessageBytes. */
  readonly maxApplyingBytes?: number
  /** Payload bytes that may wait to be committed before proposals are dropped. Default NO_LIMIT. */
  readonly maxUncommittedBytes?: number
  /** Append messages under way to one follower, at least 1. Default 256. */
  readonly maxInflightMessages?: number
  /** Payload bytes under way to one follower, not less than maxMessageBytes. Default NO_LIMIT. */
  readonly maxInflightBytes?: number
  /**
   * Whether a leader steps down when it does not hear from a quorum, and voters ignore candidates while they hear a
   * leader. Default true.
   */
  readonly checkQuorum?: boolean
  /**
   * Whether a candidate first asks whether it could win, so that a node that was cut off does not disturb. Default
   * true.
   */
  readonly preVote?: boolean
  /** Default safe. Lease needs checkQuorum. */
  readonly readMode?: ReadMode
  /** Lease only, counted in ticks: by how many two clocks may drift apart during one election timeout. Default 0. */
  readonly maxClockDriftTicks?: number
  /**
   * Lease only: how long a lease lasts, in ms of the time that the driver tells with {@link RawNode.leaseTimeIs}, shorter
   * than any voter counts election timeouts; 0 if none is ever to hold. Left out: leases are counted in ticks, which is safe only where
   * no process ever stands still. Default: undefined.
   */
  readonly leaseMs?: number | undefined
  /**
   * Lease only: whether this node, when it starts with a term, may have promised a leader to ignore candidates before it
   * was restarted. It then ignores them for one election timeout. Default true; false only if no leader can be left
   * from then.
   */
  readonly mayOweLease?: boolean
  /** Whether a follower passes proposals on to the leader. Default false: it refuses them and names the leader. */
  readonly forwardProposals?: boolean
  /** Whether a leader that applies its own removal becomes a follower. Default true. */
  readonly stepDownOnRemoval?: boolean
  /**
   * Whether proposed membership changes are checked against the configuration in force. Default true; off is for
   * experiments.
   */
  readonly validateConfChanges?: boolean
}

/** The configuration with every default filled in. */
export type ResolvedConfig = Required<Omit<RaftConfig, 'leaseMs'>> & Pick<RaftConfig, 'leaseMs'>

/**
 * Fills in the defaults and checks that the whole makes sense.
 *
 * @throws RaftError INVALID_CONFIG
 */
export function resolveConfig(config: RaftConfig): ResolvedConfig {
  const maxMessageBytes = config.maxMessageBytes ?? NO_LIMIT
  const resolved: ResolvedConfig = {
    id: config.id,
    storage: config.storage,
    random: config.random,
    logger: config.logger ?? silentLogger,
    electionTicks: config.electionTicks,
    heartbeatTicks: config.heartbeatTicks,
    applied: config.applied ?? 0,
    asyncStorageWrites: config.asyncStorageWrites ?? false,
    maxMessageBytes,
    maxApplyingBytes: config.maxApplyingBytes ?? Math.max(1, maxMessageBytes),
    maxUncommittedBytes: config.maxUncommittedBytes ?? NO_LIMIT,
    maxInflightMessages: config.maxInflightMessages ?? 256,
    maxInflightBytes: config.maxInflightBytes ?? NO_LIMIT,
    checkQuorum: config.checkQuorum ?? true,
    preVote: config.preVote ?? true,
    readMode: config.readMode ?? 'safe',
    maxClockDriftTicks: config.maxClockDriftTicks ?? 0,
    leaseMs: config.leaseMs,
    mayOweLease: config.mayOweLease ?? true,
    forwardProposals: config.forwardProposals ?? false,
    stepDownOnRemoval: config.stepDownOnRemoval ?? true,
    validateConfChanges: config.validateConfChanges ?? true,
  }
  check(resolved)
  return resolved
}

function check(config: ResolvedConfig): void {
  demand(isMemberId(config.id), `id must be a positive safe integer, not ${config.id}`)
  demandWhole('heartbeatTicks', config.heartbeatTicks, 1)
  demandWhole('electionTicks', config.electionTicks, 1)
  demand(config.electionTicks > config.heartbeatTicks, 'electionTicks must be greater than heartbeatTicks')
  demandWhole('applied', config.applied, 0)
  demandBytes('maxMessageBytes', config.maxMessageBytes, 0)
  demandBytes('maxApplyingBytes', config.maxApplyingBytes, 1)
  demandBytes('maxUncommittedBytes', config.maxUncommittedBytes, 1)
  demandWhole('maxInflightMessages', config.maxInflightMessages, 1)
  demandBytes('maxInflightBytes', config.maxInflightBytes, 1)
  demand(
    config.maxInflightBytes >= config.maxMessageBytes || config.maxMessageBytes === NO_LIMIT,
    'maxInflightBytes must not be less than maxMessageBytes',
  )
  demandWhole('maxClockDriftTicks', config.maxClockDriftTicks, 0)
  if (config.readMode !== 'lease') return
  demand(config.checkQuorum, 'readMode lease needs checkQuorum: without it voters would not wait for the lease to end')
  demand(
    config.electionTicks - config.maxClockDriftTicks >= 2,
    'maxClockDriftTicks must be less than electionTicks by 2 or more, or no lease would ever hold',
  )
  const { leaseMs = 0 } = config
  demand(leaseMs >= 0 && leaseMs < Infinity, `leaseMs must be a time of at least 0, not ${leaseMs}`)
}

function demand(condition: boolean, sentence: string): void {
  if (!condition) throw new RaftError('INVALID_CONFIG', `The configuration cannot work: ${sentence}.`)
}

function demandWhole(name: string, value: number, low: number): void {
  demand(Number.isSafeInteger(value) && value >= low, `${name} must be a whole number of at least ${low}, not ${value}`)
}

function demandBytes(name: string, value: number, low: number): void {
  demand(
    value === NO_LIMIT || (Number.isSafeInteger(value) && value >= low),
    `${name} must be NO_LIMIT or a whole number of at least ${low}, not ${value}`,
  )
}
