import type { SandboxError } from '../../base/sandbox-error'
import type { Clock } from '../../env'
import type { FlowProbe, RequestTrace } from '../../flow/flow-probe'
import { passStage } from '../../flow/pass-stage'
import { bytesDatum, jsonDatum } from '../../flow/stage-data'
import type { RaftNode } from '../../raft/node/raft-node'
import type { OnNodeStep, RaftNodeManager } from '../../raft/node/raft-node-manager'
import type { ApplyResult } from '../apply/apply-result'
import { encodeCommand } from '../command/encode-command'
import type { EngineContext } from '../engine-context'
import { notLeader, replicaEnded } from '../engine-errors'
import type { EngineListener, EngineRegion, EngineRegionPeers } from '../engine-region'
import type { MvccStore } from '../mvcc/mvcc-store'
import { causes } from '../stage-causes'
import type { TimestampProvider } from '../timestamp-provider'
import type { WriteDatum, WriteResult } from '../write-data'
import { proposalError, toWriteResult } from './proposal-outcome'
import { RegionLeadership } from './region-leadership'
import { RegionStateMachine } from './region-state-machine'
import type { WriteContext } from './write-context'
import { proposalTrace } from './write-context'
import { WriteQueue } from './write-queue'

/** What a replica is made of. */
export interface RegionReplicaOptions {
  readonly region: EngineRegion
  /** With whom the group was founded; undefined for a replica that joins. */
  readonly peers: EngineRegionPeers | undefined
  /** Told of the steps by which the replica comes up. */
  readonly onStep?: OnNodeStep | undefined
  readonly clock: Clock
  readonly store: MvccStore
  readonly raftManager: RaftNodeManager
  readonly timestamps: TimestampProvider
  readonly listener: EngineListener
  readonly probe: FlowProbe
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
  readonly #clock: Clock
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
    const { region, clock, raftManager, timestamps, leaderWaitMs } = options
    this.regionId = region.id
    this.leadership = leadership
    this.node = node
    this.#clock = clock
    this.#raftManager = raftManager
    this.#failure = failure
    this.#writes = new WriteQueue(region.id, leadership, timestamps, leaderWaitMs, {
      get maxAppliedTs() {
        return machine.maxAppliedTs
      },
      propose: this.#propose.bind(this),
      proposeFollowed: this.#proposeFollowed.bind(this),
    })
    failure.noticed = () => {
      this.#endWrites()
    }
    // It may have failed as soon as it was opened.
    if (failure.error !== undefined) this.#endWrites()
  }

  /** @throws SandboxError of the raw engine, and those of {@link RaftNodeManager.open} */
  static async open(options: RegionReplicaOptions): Promise<RegionReplica> {
    const { region, peers, clock, store, raftManager, listener, probe, usesLeases, onStep } = options
    const machine = await RegionStateMachine.open(region, store, listener, probe, clock)
    const leadership = new RegionLeadership(region.id, clock, listener)
    const failure: ReplicaFailure = { error: undefined, noticed: undefined }
    const node = await raftManager.open<ApplyResult>({
      regionId: region.id,
      stateMachine: machine,
      onStep,
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
    return context.trace === undefined
      ? this.#writes.write(context, datums)
      : this.#writeFollowed(context, context.trace, datums)
  }

  /** Stops the node and answers what waits. @throws SandboxError of {@link RaftNodeManager.remove} */
  async end({
    deleteFiles,
    onStep,
  }: {
    readonly deleteFiles: boolean
    readonly onStep?: OnNodeStep | undefined
  }): Promise<void> {
    this.leadership.end()
    this.#endWrites()
    // A replica that has failed may have given way to another one, which did not come up.
    if (this.#raftManager.find(this.regionId) === this.node) {
      await this.#raftManager.remove(this.regionId, { deleteFiles, onStep })
    } else if (deleteFiles) {
      await onStep?.('raft.closePeer')
      await this.#raftManager.removeFiles(this.regionId)
    }
  }

  #endWrites(): void {
    this.#writes.end(() => replicaEnded(this.regionId, this.failure))
  }

  async #propose(context: EngineContext, datums: readonly WriteDatum[], ts: bigint): Promise<WriteResult> {
    const { epoch } = context
    return this.#proposeCommand(encodeCommand({ regionId: this.regionId, epoch, ts, datums }))
  }

  async #writeFollowed(
    context: EngineContext,
    trace: RequestTrace,
    datums: readonly WriteDatum[],
  ): Promise<WriteResult> {
    const asyncWrite = trace.enter('engine.asyncWrite', () => ({
      before: [jsonDatum('write data', 'write-data', { datums })],
      cause: causes.asyncWrite(this.regionId),
    }))
    if (asyncWrite.held !== undefined) await asyncWrite.held
    try {
      return await this.#writes.write({ ...context, asyncWrite }, datums)
    } catch (error) {
      asyncWrite.leave(() => ({ error }))
      throw error
    }
  }

  async #proposeFollowed(
    { epoch, trace, asyncWrite }: WriteContext,
    datums: readonly WriteDatum[],
    ts: bigint,
    placed: () => void,
  ): Promise<WriteResult> {
    const command = encodeCommand({ regionId: this.regionId, epoch, ts, datums })
    asyncWrite?.leave(() => ({ after: [bytesDatum('command', 'dingodb.pb.raft.RaftCmdRequest', command)] }))
    if (trace === undefined) return this.#proposeCommand(command)
    const { term } = this.leadership
    await passStage(
      trace,
      'raftManager.route',
      () => ({ before: [], cause: causes.route(this.regionId) }),
      () => {
        // Who led meanwhile may have written above the timestamp that this command carries.
        if (!this.leadership.isReady || this.leadership.term !== term) {
          throw notLeader(this.regionId, this.leadership.leader)
        }
      },
    )
    return this.#proposeCommand(command, proposalTrace(trace, placed))
  }

  async #proposeCommand(command: Uint8Array, trace?: RequestTrace): Promise<WriteResult> {
    const proposedMs = this.#clock.monotonicMs()
    const outcome = await this.node.propose(command, trace).catch((thrown: unknown) => {
      throw proposalError(this.regionId, thrown)
    })
    return toWriteResult(this.regionId, outcome, proposedMs, this.failure)
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
