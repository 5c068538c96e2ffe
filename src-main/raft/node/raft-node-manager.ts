import { SandboxError } from '../../base/sandbox-error'
import type { Env } from '../../env'
import { joinPath } from '../../env'
import type { FlowProbe } from '../../flow/flow-probe'
import { noProbe } from '../../flow/flow-probe'
import type { NodeId } from '../core/model/node-id'
import type { RaftLogStore } from '../log/raft-log-store'
import { inspectRecords } from '../log/log-inspection'
import { SegmentedRaftLogStore } from '../log/segmented-raft-log-store'
import type { PeerMessage } from '../transport/peer-message'
import type { RaftTransport } from '../transport/raft-transport'
import { leaseLengthMs } from './lease-clock'
import { RaftNode } from './raft-node'
import type { RaftNodeOptions, RaftSettings } from './raft-node-options'
import type { ReadRecord } from './stage-watch'
import { StageWatch } from './stage-watch'
import { Ticker } from './ticker'

/** How long the phases of Raft take. All are rounded to whole ticks, at least one. */
export interface RaftTiming {
  /** How often the groups of a node are looked at, in ms. Shorter draws election timeouts more finely and costs more. */
  readonly tickMs: number
  /** Time without a leader after which a follower may campaign, at the earliest, in ms. */
  readonly electionTimeoutMs: number
  readonly heartbeatMs: number
}

/** The timing of a DingoDB store. */
export const STORE_TIMING: RaftTiming = { tickMs: 500, electionTimeoutMs: 15_000, heartbeatMs: 1_500 }

/** What all groups of a node share. */
export interface RaftNodeManagerOptions {
  readonly env: Pick<Env, 'clock' | 'random' | 'disk'>
  readonly transport: RaftTransport
  /** The node's directory: logs are kept in `raft/<region id>` below it, snapshots in `snapshot/<region id>`. */
  readonly directory: string
  /** Default {@link STORE_TIMING}. */
  readonly timing?: RaftTiming
  /** Settings of all groups; a group's own go before them. Ticks and the length of leases follow from the timing. */
  readonly settings?: Partial<RaftSettings>
  /**
   * Whether all nodes of the cluster start together now and nothing of an earlier start is left: then no leader can rely on
   * what a member promised before, and members that start again need not wait. Default false.
   */
  readonly startsWithAll?: boolean
  /** Stepping. Default: nobody steps. */
  readonly probe?: FlowProbe
  /** Opens the log of a group. Default: a segmented log on the disk. */
  readonly openLog?: (regionId: number, directory: string, appliedIndex: number) => Promise<RaftLogStore>
  /** A message came for a region that has no node here. Default: it is dropped; its sender sends again. */
  readonly onUnknownRegion?: (from: NodeId, message: PeerMessage) => void
  /** A node has failed. It stays listed, in STATE_ERROR, until it is removed. */
  readonly onFailure: (regionId: number, error: SandboxError) => void
  /** Something went wrong that a node can live with. */
  readonly onWarning: (regionId: number, error: SandboxError) => void
}

/** The steps of bringing a node up and down (flows.md, Create and Delete region). */
export type NodeStep = 'raft.initPeer' | 'raftManager.add' | 'raft.closePeer'
/** Told that a step is about to begin; it waits until what is returned resolves. Must not throw. */
export type OnNodeStep = (step: NodeStep) => Promise<void> | void

/** What one group is made of. */
export type RaftGroupOptions<Result> = Pick<
  RaftNodeOptions<Result>,
  'regionId' | 'stateMachine' | 'initialMembers' | 'observer' | 'logger' | 'settings'
> & { readonly onStep?: OnNodeStep | undefined }

/** What managed nodes have in common, whatever their state machines answer. */
export type ManagedNode = Omit<RaftNode<unknown>, 'propose'>

/** All Raft nodes of one store: opens, finds and removes them, routes messages to them, and ticks them all with one timer. */
export class RaftNodeManager {
  readonly #options: RaftNodeManagerOptions
  readonly #settings: Partial<RaftSettings>
  readonly #nodes = new Map<number, ManagedNode>()
  /** Regions whose node is being opened or removed. */
  readonly #changing = new Set<number>()
  /** Regions that had a node here since the manager was made: their members may have promised something. */
  readonly #opened = new Set<number>()
  readonly #ticker: Ticker
  #closing: Promise<void> | undefined

  /** Takes what arrives at the transport from now on. */
  constructor(options: RaftNodeManagerOptions) {
    this.#options = options
    const { tickMs, electionTimeoutMs, heartbeatMs } = options.timing ?? STORE_TIMING
    const ticks = (ms: number) => Math.max(1, Math.round(ms / tickMs))
    const electionTicks = Math.max(ticks(electionTimeoutMs), ticks(heartbeatMs) + 1)
    this.#settings = {
      ...options.settings,
      electionTicks,
      heartbeatTicks: ticks(heartbeatMs),
      leaseMs: leaseLengthMs(electionTicks, tickMs),
    }
    this.#ticker = new Ticker(options.env.clock, tickMs, ticks(heartbeatMs), {
      // The heartbeats of all groups leave together: a message to another node costs far more than what it holds.
      tick: (tickNumber) => {
        for (const node of this.#nodes.values()) node.tick(tickNumber)
      },
      ticksUntilUrgent: () => {
        let urgent = Infinity
        for (const node of this.#nodes.values()) urgent = Math.min(urgent, node.ticksUntilUrgent)
        return urgent
      },
    })
    options.transport.listen((from, message) => {
      this.#ticker.catchUp()
      const node = this.#nodes.get(message.regionId)
      if (node === undefined) options.onUnknownRegion?.(from, message)
      else node.receive(from, message)
    })
  }

  /** The node of a region, failed ones included; undefined if there is none. */
  find(regionId: number): ManagedNode | undefined {
    return this.#nodes.get(regionId)
  }

  /** All nodes, in the order in which they were opened. */
  get nodes(): Iterable<ManagedNode> {
    return this.#nodes.values()
  }

  /**
   * Brings up the node of a region from what is stored, founding its group if it has never run and initial members are given.
   *
   * @throws SandboxError RAFT_NODE_EXISTS, RAFT_NODE_STOPPED if the manager is closed, and those of {@link RaftNode.open}
   */
  async open<Result>({ onStep, ...group }: RaftGroupOptions<Result>): Promise<RaftNode<Result>> {
    const { regionId, stateMachine } = group
    if (this.#nodes.has(regionId)) throw nodeExists(regionId)
    return this.#exclusively(regionId, async () => {
      const { env, transport, probe = noProbe, onFailure, onWarning } = this.#options
      const log = await this.#openLog(regionId, stateMachine.applied.last.index)
      await onStep?.('raft.initPeer')
      const mayOweLease = this.#options.startsWithAll !== true || this.#opened.has(regionId)
      this.#opened.add(regionId)
      const node = await RaftNode.open<Result>({
        ...group,
        env,
        transport,
        log,
        snapshotDirectory: this.#snapshotDirectory(regionId),
        watch: new StageWatch(probe, regionId, transport.nodeId, this.#recordReader(regionId)),
        settings: { ...this.#settings, mayOweLease, ...group.settings },
        catchUpTicks: () => {
          this.#ticker.catchUp()
        },
        onFailure: (error) => {
          onFailure(regionId, error)
        },
        onWarning: (error) => {
          onWarning(regionId, error)
        },
      })
      if (this.#closing !== undefined) {
        await node.stop()
        throw managerClosed()
      }
      await onStep?.('raftManager.add')
      // Ticks from before are not the node's: they would shorten what it promised when it was made.
      this.#ticker.catchUp()
      this.#nodes.set(regionId, node)
      return node
    })
  }

  /**
   * Stops the node of a region and forgets it.
   *
   * @param options `deleteFiles`: its log and snapshots go, too; what its state machine keeps is its owner's affair
   * @throws SandboxError RAFT_NODE_NOT_FOUND, RAFT_NODE_EXISTS while it is being opened or removed, DISK_*
   */
  async remove(
    regionId: number,
    options: { readonly deleteFiles: boolean; readonly onStep?: OnNodeStep | undefined },
  ): Promise<void> {
    await this.#exclusively(regionId, async () => {
      const node = this.#nodes.get(regionId)
      if (node === undefined) {
        const message = `Region ${String(regionId)} has no Raft node on this store.`
        throw new SandboxError('RAFT_NODE_NOT_FOUND', message, { details: { regionId } })
      }
      await options.onStep?.('raft.closePeer')
      // However it stops: a node that cannot close its log must not be in the way of its files' removal or of another one.
      await node.stop().finally(() => this.#nodes.delete(regionId))
      if (options.deleteFiles) await this.#deleteFiles(regionId)
    })
  }

  /**
   * Removes what the removal of a node left that did not come to its end. Harmless if there is nothing.
   *
   * @throws SandboxError RAFT_NODE_EXISTS, DISK_*
   */
  async removeFiles(regionId: number): Promise<void> {
    if (this.#nodes.has(regionId)) throw nodeExists(regionId)
    await this.#exclusively(regionId, () => this.#deleteFiles(regionId))
  }

  /** Where the log of a region is kept, if it is kept on the disk; a Disk path. */
  logDirectory(regionId: number): string {
    return joinPath(this.#options.directory, `raft/${String(regionId)}`)
  }

  /** Stops all nodes and the ticker. Twice is harmless. @throws SandboxError of the first log that could not be closed */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    this.#ticker.stop()
    const stops = await Promise.allSettled([...this.#nodes.values()].map((node) => node.stop()))
    const failed = stops.find((stop) => stop.status === 'rejected')
    if (failed !== undefined) throw SandboxError.from(failed.reason)
  }

  async #exclusively<T>(regionId: number, work: () => Promise<T>): Promise<T> {
    if (this.#closing !== undefined) throw managerClosed()
    if (this.#changing.has(regionId)) throw nodeExists(regionId)
    this.#changing.add(regionId)
    try {
      return await work()
    } finally {
      this.#changing.delete(regionId)
    }
  }

  #openLog(regionId: number, appliedIndex: number): Promise<RaftLogStore> {
    const { openLog, env } = this.#options
    const directory = this.logDirectory(regionId)
    return (
      openLog?.(regionId, directory, appliedIndex) ??
      SegmentedRaftLogStore.open({ disk: env.disk, directory, regionId, appliedIndex })
    )
  }

  /** Reads records beside the writer, for stepping. */
  #recordReader(regionId: number): ReadRecord {
    const { disk } = this.#options.env
    const directory = this.logDirectory(regionId)
    return async ({ segment, offset }) => {
      try {
        const { records } = await inspectRecords(disk, directory, segment, offset, 1)
        return records[0]?.bytes
      } catch (error) {
        // A segment that was closed or removed meanwhile has another name; then there is nothing to show.
        if (SandboxError.is(error, 'DISK_NOT_FOUND')) return undefined
        throw error
      }
    }
  }

  /** Durably: files that come back after a loss of power would belong to nobody. */
  async #deleteFiles(regionId: number): Promise<void> {
    const { disk } = this.#options.env
    for (const path of [this.logDirectory(regionId), this.#snapshotDirectory(regionId)]) {
      if ((await disk.status(path)) === undefined) continue
      await disk.remove(path)
      await disk.syncDirectory(path.slice(0, path.lastIndexOf('/')))
    }
  }

  #snapshotDirectory(regionId: number): string {
    return joinPath(this.#options.directory, `snapshot/${String(regionId)}`)
  }
}

function nodeExists(regionId: number): SandboxError {
  const message = `Region ${String(regionId)} has a Raft node on this store already, or it is being opened or removed.`
  return new SandboxError('RAFT_NODE_EXISTS', message, { details: { regionId } })
}

function managerClosed(): SandboxError {
  return new SandboxError('RAFT_NODE_STOPPED', 'The Raft nodes of this store are closed: open the store again.')
}
