import { SandboxError } from '../../base/sandbox-error'
import type { Env, Timer } from '../../env'
import type { CrashOptions, SimulatedNode } from '../../env/simulated'
import type { ConfState } from '../core/model/conf-state'
import { NO_MEMBERS } from '../core/model/conf-state'
import type { NodeId } from '../core/model/node-id'
import { SegmentedRaftLogStore } from '../log/segmented-raft-log-store'
import { RaftNode } from '../node/raft-node'
import type { StateMachine } from '../node/state-machine'
import type { InProcessNetwork } from '../transport/in-process-transport'
import type { FaultMix } from './fault-mix'
import type { GroupWatch } from './group-watch'
import type { KeyValueResult } from './key-value-state-machine'
import { KeyValueStateMachine } from './key-value-state-machine'
import { MemberTransport } from './member-transport'
import type { Seams } from './seams'

/** The region of every simulated group. */
export const REGION_ID = 1

/** What the members of a group share. */
export interface MemberParts {
  readonly network: InProcessNetwork
  readonly watch: GroupWatch
  readonly mix: FaultMix
  readonly seams: Seams
  readonly founders: ConfState
  /** A member's node has failed or did not start; its process has ended. */
  readonly onFailure: (member: SimulatedMember, error: SandboxError) => void
}

/** A loss of power at one operation of a machine's disk. */
export interface PowerLoss {
  /** Which of the operations that change something, counted from 1 since the machine was made. */
  readonly mutation: number
  /** `before`: the operation does not happen. `after`: it does, but its caller never hears of it. */
  readonly moment: 'before' | 'after'
  readonly options?: CrashOptions
}

/** One run of a member's process. */
export interface MemberRun {
  readonly env: Env
  readonly transport: MemberTransport
  stateMachine: KeyValueStateMachine
  node: RaftNode<KeyValueResult> | undefined
  ticks: Timer | undefined
  isOver: boolean
}

/** A machine with a member of the group on it: its process is started, killed and paused, its power is lost. */
export class SimulatedMember {
  readonly id: NodeId
  readonly machine: SimulatedNode
  readonly #parts: MemberParts
  #run: MemberRun | undefined
  /** How many faults make operations of the disk fail now. */
  #diskFaults = 0
  #hasFaultyDisk = false
  #waitingForResume: Array<() => void> = []

  constructor(id: NodeId, machine: SimulatedNode, parts: MemberParts) {
    this.id = id
    this.machine = machine
    this.#parts = parts
    machine.kill()
  }

  /** What was asked of a process that stands still waits in its sockets; undefined while it runs. */
  get awake(): Promise<void> | undefined {
    if (!this.isPaused) return undefined
    return new Promise((resolve) => {
      this.#waitingForResume.push(resolve)
    })
  }

  /** Whether the process runs, paused or still starting included. */
  get isUp(): boolean {
    return this.#run !== undefined
  }

  get isPaused(): boolean {
    return this.#run !== undefined && this.machine.clock.paused
  }

  /** The run whose node is at work; undefined while the process is down or still starting. */
  get working(): (MemberRun & { readonly node: RaftNode<KeyValueResult> }) | undefined {
    const run = this.#run
    return run !== undefined && hasNode(run) ? run : undefined
  }

  /** Whether operations of the disk were made to fail in this run, so that the node may fail as well. */
  get hasFaultyDisk(): boolean {
    return this.#hasFaultyDisk
  }

  /** Operations of the disk fail from now on. @returns what to call when they do not any more */
  diskBreaks(): () => void {
    this.#diskFaults += 1
    this.#hasFaultyDisk = true
    return () => {
      this.#diskFaults -= 1
    }
  }

  /** Starts the process if it does not run. */
  start(): void {
    if (this.#run !== undefined) return
    const env = this.machine.start()
    const inner = this.#parts.network.join(this.id)
    const run: MemberRun = {
      env,
      transport: new MemberTransport(inner, () => !run.isOver && this.machine.clock.paused),
      stateMachine: new KeyValueStateMachine(),
      node: undefined,
      ticks: undefined,
      isOver: false,
    }
    this.#run = run
    this.#hasFaultyDisk = this.#diskFaults > 0
    this.#open(run).catch((error: unknown) => {
      this.#failed(run, SandboxError.from(error))
    })
  }

  /** The process is killed; the machine keeps what was written. */
  kill(): void {
    this.machine.kill()
    this.#endRun()
  }

  /** The machine loses power. */
  losePower(options: CrashOptions): void {
    this.machine.crash(options)
    this.#endRun()
  }

  /** The process stands still. */
  pause(): void {
    if (this.#run !== undefined) this.machine.clock.pause()
  }

  resume(): void {
    const run = this.#run
    if (run === undefined || !this.machine.clock.paused) return
    this.machine.clock.resume()
    // Requests come before what other members sent: the worst order for a leader that does not know it was deposed.
    this.machine.clock.setTimer(0, () => {
      run.transport.resume()
    })
    const waiting = this.#waitingForResume
    this.#waitingForResume = []
    for (const goOn of waiting) goOn()
  }

  /** The machine loses power at an operation of its disk that is still to come. @param crashed is told when it does */
  losePowerAt(point: PowerLoss, crashed: () => void): void {
    const { mutation, moment, options = {} } = point
    this.machine.disk.crashAt({
      ...{ mutation, moment, options },
      onCrash: () => {
        this.kill()
        crashed()
      },
    })
  }

  async #open(run: MemberRun): Promise<void> {
    const { watch, mix, seams, founders } = this.#parts
    const disk = seams.disk?.(run.env.disk) ?? run.env.disk
    const env = { ...run.env, disk }
    const { flushEveryEntries, flushesOnRequest: onRequest } = mix
    if (flushEveryEntries !== undefined) {
      const persistence = { disk, path: '/state/pairs', flushEveryEntries, onRequest }
      run.stateMachine = await KeyValueStateMachine.open(persistence)
    }
    // As long as a few records, so that every run lays zeros out, uses them up and gives them back.
    const spaceAheadBytes = mix.segmentBytes / 8
    const options = { disk, directory: '/raft', regionId: REGION_ID, segmentBytes: mix.segmentBytes, spaceAheadBytes }
    const stored = await SegmentedRaftLogStore.open({ ...options, appliedIndex: run.stateMachine.applied.last.index })
    if (run.isOver) return
    const observed = watch.watchLog(this.id, stored)
    const log = seams.log?.(observed, this.id) ?? observed
    const stateMachine: StateMachine<KeyValueResult> = seams.stateMachine?.(run.stateMachine) ?? run.stateMachine
    const isFounder = founders.voters.includes(this.id)
    const node = await RaftNode.open<KeyValueResult>({
      regionId: REGION_ID,
      env,
      transport: seams.transport?.(run.transport) ?? run.transport,
      log,
      stateMachine,
      snapshotDirectory: '/snapshot',
      ...(isFounder && { initialMembers: founders }),
      ...(seams.core !== undefined && { createCore: seams.core }),
      settings: mix.settings,
      observer: watch.observer(this.id, () => !run.isOver),
      onFailure: (error) => {
        this.#failed(run, error)
      },
      onWarning: () => {
        // What the node can live with shows, if at all, in what the checks see.
      },
    })
    if (run.isOver) return
    const confState =
      stateMachine.applied.last.index > 0 ? stateMachine.applied.confState : isFounder ? founders : NO_MEMBERS
    watch.nodeStarted(this.id, { last: node.applied, confState })
    run.node = node
    run.transport.listen((from, message) => {
      node.receive(from, message)
    })
    run.ticks = run.env.clock.setRepeatingTimer(mix.tickMs, () => {
      node.tick()
    })
  }

  #failed(run: MemberRun, error: SandboxError): void {
    if (run.isOver) return
    this.kill()
    this.#parts.onFailure(this, error)
  }

  #endRun(): void {
    const run = this.#run
    if (run === undefined) return
    run.isOver = true
    this.#run = undefined
    this.#waitingForResume = []
    void run.transport.close()
    this.#parts.watch.nodeEnded(this.id)
  }
}

function hasNode(run: MemberRun): run is MemberRun & { readonly node: RaftNode<KeyValueResult> } {
  return run.node !== undefined
}
