import type { SandboxError } from '../../base/sandbox-error'
import type { Clock, Timer } from '../../env'
import type { RaftNode } from '../../raft/node/raft-node'
import type { RaftNodeManager } from '../../raft/node/raft-node-manager'
import type { ApplyResult } from '../apply/apply-result'
import { encodeCommand } from '../command/encode-command'
import type { EngineContext } from '../engine-context'
import type { EngineListener, EngineRegion, EngineRegionPeers } from '../engine-region'
import type { MvccStore } from '../mvcc/mvcc-store'
import type { TimestampProvider } from '../timestamp-provider'
import type { WriteDatum, WriteResult } from '../write-data'
import { proposalError, toWriteResult } from './proposal-outcome'
import { RegionLeadership } from './region-leadership'
import { RegionStateMachine } from './region-state-machine'
import { WriteQueue } from './write-queue'

/** What a replica is made of. */
export interface RegionReplicaOptions {
  readonly region: EngineRegion
  /** With whom the group was founded; undefined for a replica that joins. */
  readonly peers: EngineRegionPeers | undefined
  readonly clock: Clock
  readonly store: MvccStore
  readonly raftManager: RaftNodeManager
  readonly timestamps: TimestampProvider
  readonly listener: EngineListener
  /** Whether the group's reads rest on leases. */
  readonly usesLeases: boolean
  /** How long a write waits at most for a new leader to become ready, in ms. */
  readonly leaderWaitMs: number
}

/**
 * When the first voter of a new region campaigns, in ms after it was opened, until it leads or somebody else does: the
 * others are opened about as early, and what reaches them before is lost.
 */
const CAMPAIGNS_AT_MS = [0, 10, 25, 50, 100, 200, 400]

/** One replica of a region: its Raft node, its state machine and the writes on their way into it. */
export class RegionReplica {
  readonly regionId: number
  readonly leadership: RegionLeadership
  readonly node: RaftNode<ApplyResult>
  readonly #options: RegionReplicaOptions
  readonly #writes: WriteQueue
  readonly #failure: { error?: SandboxError }
  #campaigning: Timer | undefined
  #isEnded = false

  private constructor(
    options: RegionReplicaOptions,
    machine: RegionStateMachine,
    leadership: RegionLeadership,
    node: RaftNode<ApplyResult>,
    failure: { error?: SandboxError },
  ) {
    const { region, timestamps, leaderWaitMs } = options
    this.regionId = region.id
    this.leadership = leadership
    this.node = node
    this.#options = options
    this.#failure = failure
    this.#writes = new WriteQueue(region.id, leadership, timestamps, leaderWaitMs, {
      get maxAppliedTs() {
        return machine.maxAppliedTs
      },
      propose: this.#propose.bind(this),
    })
  }

  /** @throws SandboxError of the raw engine, and those of {@link RaftNodeManager.open} */
  static async open(options: RegionReplicaOptions): Promise<RegionReplica> {
    const { region, peers, clock, store, raftManager, listener, usesLeases } = options
    const machine = await RegionStateMachine.open(region, store)
    const isNew = machine.applied.last.index === 0
    const leadership = new RegionLeadership(region.id, clock, listener)
    const failure: { error?: SandboxError } = {}
    const node = await raftManager.open<ApplyResult>({
      regionId: region.id,
      stateMachine: machine,
      ...(peers !== undefined && { initialMembers: toConfState(peers) }),
      settings: { readMode: usesLeases ? 'lease' : 'safe' },
      observer: {
        roleChanged: (state, term) => {
          leadership.roleChanged(state, term)
        },
        applied: (entries) => {
          leadership.applied(entries)
        },
        membershipChanged: ({ voters, learners, learnersNext }) => {
          listener.peersChanged?.(region.id, { voters, learners: [...learners, ...learnersNext] })
        },
        failed: (error) => {
          failure.error = error
          leadership.end()
          listener.failed?.(region.id, error)
        },
      },
    })
    const replica = new RegionReplica(options, machine, leadership, node, failure)
    const { voters } = node.confState
    // Nobody else can lead where there is one voter; and a new region need not wait for an election timeout: whoever placed it named
    // first who is to lead.
    const isOnlyVoter = voters.length === 1 && voters[0] === node.id
    if (isOnlyVoter || (isNew && peers?.voters[0] === node.id)) replica.#campaignSoon(0)
    return replica
  }

  /** Why the replica has ended by itself, if it has. */
  get failure(): SandboxError | undefined {
    return this.#failure.error
  }

  /** See `Engine.write`. */
  write(context: EngineContext, datums: readonly WriteDatum[]): Promise<WriteResult> {
    return this.#writes.write(context, datums)
  }

  /** Stops the node and answers what waits. @throws SandboxError of {@link RaftNodeManager.remove} */
  async end(options: { readonly deleteFiles: boolean }): Promise<void> {
    this.#isEnded = true
    this.#campaigning?.cancel()
    this.leadership.end()
    await this.#options.raftManager.remove(this.regionId, options)
  }

  async #propose(context: EngineContext, datums: readonly WriteDatum[], ts: bigint): Promise<WriteResult> {
    const { epoch } = context
    const command = encodeCommand({ regionId: this.regionId, epoch, ts, datums })
    const outcome = await this.node.propose(command).catch((thrown: unknown) => {
      throw proposalError(this.regionId, thrown)
    })
    return toWriteResult(this.regionId, outcome, this.failure)
  }

  #campaignSoon(attempt: number): void {
    const atMs = CAMPAIGNS_AT_MS[attempt]
    if (this.#isEnded || this.node.leader !== 0 || atMs === undefined) return
    // Not while votes are counted: that would begin anew what may be about to succeed.
    if (this.leadership.role !== 'StateCandidate') this.node.campaign()
    const nextMs = CAMPAIGNS_AT_MS[attempt + 1]
    if (nextMs === undefined) return
    this.#campaigning = this.#options.clock.setTimer(nextMs - atMs, () => {
      this.#campaignSoon(attempt + 1)
    })
  }
}

function toConfState({ voters, learners }: EngineRegionPeers) {
  const sorted = (ids: readonly number[]) => [...ids].sort((left, right) => left - right)
  return {
    voters: sorted(voters),
    votersOutgoing: [],
    learners: sorted(learners),
    learnersNext: [],
    autoLeave: false,
  }
}
