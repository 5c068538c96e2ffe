import type { SandboxError } from '../../base/sandbox-error'
import type { Clock } from '../../env'
import type { RaftNode } from '../../raft/node/raft-node'
import type { RaftNodeManager } from '../../raft/node/raft-node-manager'
import type { ApplyResult } from '../apply/apply-result'
import { encodeCommand } from '../command/encode-command'
import type { EngineContext } from '../engine-context'
import { replicaEnded } from '../engine-errors'
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

/** One replica of a region: its Raft node, its state machine and the writes on their way into it. */
export class RegionReplica {
  readonly regionId: number
  readonly leadership: RegionLeadership
  readonly node: RaftNode<ApplyResult>
  readonly #raftManager: RaftNodeManager
  readonly #writes: WriteQueue
  readonly #failure: ReplicaFailure

  private constructor(
    options: RegionReplicaOptions,
    machine: RegionStateMachine,
    leadership: RegionLeadership,
    node: RaftNode<ApplyResult>,
    failure: ReplicaFailure,
  ) {
    const { region, raftManager, timestamps, leaderWaitMs } = options
    this.regionId = region.id
    this.leadership = leadership
    this.node = node
    this.#raftManager = raftManager
    this.#failure = failure
    this.#writes = new WriteQueue(region.id, leadership, timestamps, leaderWaitMs, {
      get maxAppliedTs() {
        return machine.maxAppliedTs
      },
      propose: this.#propose.bind(this),
    })
    failure.noticed = () => {
      this.#endWrites()
    }
    // It may have failed as soon as it was opened.
    if (failure.error !== undefined) this.#endWrites()
  }

  /** @throws SandboxError of the raw engine, and those of {@link RaftNodeManager.open} */
  static async open(options: RegionReplicaOptions): Promise<RegionReplica> {
    const { region, peers, clock, store, raftManager, listener, usesLeases } = options
    const machine = await RegionStateMachine.open(region, store, listener)
    const leadership = new RegionLeadership(region.id, clock, listener)
    const failure: ReplicaFailure = { error: undefined, noticed: undefined }
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
        failed: (error) => {
          failure.error = error
          leadership.end()
          failure.noticed?.()
          listener.failed?.(region.id, error)
        },
      },
    })
    return new RegionReplica(options, machine, leadership, node, failure)
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
  async end({ deleteFiles }: { readonly deleteFiles: boolean }): Promise<void> {
    this.leadership.end()
    this.#endWrites()
    // A replica that has failed may have given way to another one, which did not come up.
    if (this.#raftManager.find(this.regionId) === this.node) {
      await this.#raftManager.remove(this.regionId, { deleteFiles })
    } else if (deleteFiles) await this.#raftManager.removeFiles(this.regionId)
  }

  #endWrites(): void {
    this.#writes.end(() => replicaEnded(this.regionId, this.failure))
  }

  async #propose(context: EngineContext, datums: readonly WriteDatum[], ts: bigint): Promise<WriteResult> {
    const { epoch } = context
    const command = encodeCommand({ regionId: this.regionId, epoch, ts, datums })
    const outcome = await this.node.propose(command).catch((thrown: unknown) => {
      throw proposalError(this.regionId, thrown)
    })
    return toWriteResult(this.regionId, outcome, this.failure)
  }
}

/** What the node's observer, which is there before the replica is, tells it. */
interface ReplicaFailure {
  error: SandboxError | undefined
  noticed: (() => void) | undefined
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
