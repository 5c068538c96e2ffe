import { expect } from 'vitest'
import type { SandboxError } from '../../../../src-main/base/sandbox-error'
import type { Env, Timer } from '../../../../src-main/env'
import type { CrashOptions, DiskLatency, SimulatedNode, Simulation } from '../../../../src-main/env/simulated'
import { simulatedEnv } from '../../../../src-main/env/simulated'
import type { ConfState } from '../../../../src-main/raft/core/model/conf-state'
import { NO_MEMBERS } from '../../../../src-main/raft/core/model/conf-state'
import type { NodeId } from '../../../../src-main/raft/core/model/node-id'
import type { RaftLogStore } from '../../../../src-main/raft/log/raft-log-store'
import type { SegmentedRaftLogOptions } from '../../../../src-main/raft/log/segmented-raft-log-store'
import { SegmentedRaftLogStore } from '../../../../src-main/raft/log/segmented-raft-log-store'
import { RaftNode } from '../../../../src-main/raft/node/raft-node'
import type { ProposalResult } from '../../../../src-main/raft/node/outcome'
import type { RaftNodeObserver } from '../../../../src-main/raft/node/raft-node-observer'
import type { RaftSettings } from '../../../../src-main/raft/node/raft-node-options'
import type { StateMachine } from '../../../../src-main/raft/node/state-machine'
import type { KeyValueCommand, KeyValueResult } from '../../../../src-main/raft/simulation/key-value-state-machine'
import { KeyValueStateMachine, encodeCommand } from '../../../../src-main/raft/simulation/key-value-state-machine'
import { InProcessNetwork } from '../../../../src-main/raft/transport/in-process-transport'

export const TICK_MS = 100
export const REGION_ID = 7
export const LOG_DIRECTORY = '/node/raft/7'
export const STATE_PATH = '/node/data/state'
export const SNAPSHOT_DIRECTORY = '/node/snapshot/7'
/** More than any election, or the resending of anything, takes. */
const SETTLE_MS = 20_000

export interface TestGroupOptions {
  readonly seed?: number
  readonly settings?: Partial<RaftSettings>
  readonly log?: Partial<SegmentedRaftLogOptions>
  readonly diskLatency?: DiskLatency
  readonly flushEveryEntries?: number
  /** Whether nodes may ask their state machines for it. */
  readonly flushOnRequest?: boolean
  readonly observer?: (id: NodeId) => RaftNodeObserver<KeyValueResult>
  /** Puts something around a part before the node gets it. */
  readonly wrapLog?: (log: RaftLogStore, id: NodeId) => RaftLogStore
  readonly wrapStateMachine?: (machine: StateMachine<KeyValueResult>, id: NodeId) => StateMachine<KeyValueResult>
}

/** One run of a member. */
export interface TestMember {
  readonly id: NodeId
  readonly machine: SimulatedNode
  readonly env: Env
  readonly node: RaftNode<KeyValueResult>
  readonly state: KeyValueStateMachine
  readonly failures: SandboxError[]
  readonly warnings: SandboxError[]
  readonly ticker: Timer
}

export function members(...voters: readonly NodeId[]): ConfState {
  return { ...NO_MEMBERS, voters }
}

/** A group of simulated machines on one virtual clock. */
export class TestGroup {
  readonly simulation: Simulation
  readonly network: InProcessNetwork
  readonly #options: TestGroupOptions
  readonly #founders: readonly NodeId[]
  readonly #members = new Map<NodeId, TestMember>()

  private constructor(founders: readonly NodeId[], options: TestGroupOptions) {
    const { seed = 1, diskLatency } = options
    this.simulation = simulatedEnv({ seed, ...(diskLatency !== undefined && { diskLatency }) })
    this.network = new InProcessNetwork(this.simulation.clock, this.simulation.random.fork('network'))
    this.network.setAllLinks({ minDelayMs: 1, maxDelayMs: 3 })
    this.#options = options
    this.#founders = founders
  }

  /** A group whose founding members run. */
  static async start(founders: readonly NodeId[], options: TestGroupOptions = {}): Promise<TestGroup> {
    const group = new TestGroup(founders, options)
    for (const id of founders) {
      group.simulation.addNode(String(id))
      await group.open(id)
    }
    return group
  }

  get clock() {
    return this.simulation.clock
  }

  get running(): readonly TestMember[] {
    return [...this.#members.values()]
  }

  member(id: NodeId): TestMember {
    const member = this.#members.get(id)
    if (member === undefined) throw new Error(`Member ${String(id)} does not run.`)
    return member
  }

  /** Adds a machine that nobody has told of the group. */
  async join(id: NodeId): Promise<TestMember> {
    this.simulation.addNode(String(id))
    return this.open(id)
  }

  /** Opens a member on its machine, whose process must run. */
  async open(id: NodeId): Promise<TestMember> {
    const opening = this.#open(id)
    let isOver = false
    const over = () => {
      isOver = true
    }
    opening.then(over, over)
    await this.clock.runUntil(() => isOver, { timeMs: SETTLE_MS })
    return opening
  }

  async #open(id: NodeId): Promise<TestMember> {
    const {
      flushEveryEntries = 1,
      flushOnRequest = false,
      settings,
      observer,
      wrapLog,
      wrapStateMachine,
    } = this.#options
    const machine = this.simulation.node(String(id))
    const { env } = machine
    const { disk } = env
    const persistence = { disk, path: STATE_PATH, flushEveryEntries, onRequest: flushOnRequest }
    const state = await KeyValueStateMachine.open(persistence)
    const stored = await SegmentedRaftLogStore.open({
      disk,
      directory: LOG_DIRECTORY,
      regionId: REGION_ID,
      appliedIndex: state.applied.last.index,
      ...this.#options.log,
    })
    const failures: SandboxError[] = []
    const warnings: SandboxError[] = []
    const transport = this.network.join(id)
    const node = await RaftNode.open<KeyValueResult>({
      regionId: REGION_ID,
      env,
      transport,
      log: wrapLog?.(stored, id) ?? stored,
      stateMachine: wrapStateMachine?.(state, id) ?? state,
      snapshotDirectory: SNAPSHOT_DIRECTORY,
      ...(this.#founders.includes(id) && { initialMembers: members(...this.#founders) }),
      settings: { electionTicks: 10, heartbeatTicks: 1, ...settings },
      ...(observer !== undefined && { observer: observer(id) }),
      onFailure: (error) => failures.push(error),
      onWarning: (error) => warnings.push(error),
    })
    transport.listen((from, message) => {
      node.receive(from, message)
    })
    const ticker = env.clock.setRepeatingTimer(TICK_MS, () => {
      node.tick()
    })
    const member: TestMember = { id, machine, env, node, state, failures, warnings, ticker }
    this.#members.set(id, member)
    return member
  }

  /** Stops a member in good order; its machine goes on. */
  async stop(id: NodeId): Promise<void> {
    const { node, ticker } = this.member(id)
    ticker.cancel()
    this.#members.delete(id)
    await this.wait(node.stop())
  }

  /** Kills a member's process. */
  kill(id: NodeId): void {
    this.member(id).machine.kill()
    this.#members.delete(id)
  }

  /** A member's machine loses power. */
  crash(id: NodeId, options: CrashOptions): void {
    this.member(id).machine.crash(options)
    this.#members.delete(id)
  }

  /** Starts the process of a machine that was killed or crashed, and the member in it. */
  async restart(id: NodeId): Promise<TestMember> {
    this.simulation.node(String(id)).start()
    return this.open(id)
  }

  /** Lets virtual time pass until a promise is settled. */
  async wait<T>(promise: Promise<T>): Promise<T> {
    let isSettled = false
    const settled = () => {
      isSettled = true
    }
    promise.then(settled, settled)
    await this.clock.runUntil(() => isSettled, { timeMs: SETTLE_MS })
    if (!isSettled) throw new Error('It does not come to an end.')
    return promise
  }

  /** Lets virtual time pass until a condition holds. */
  async until(condition: () => boolean, what: string, timeMs = SETTLE_MS): Promise<void> {
    if (!(await this.clock.runUntil(condition, { timeMs }))) throw new Error(`It does not happen: ${what}.`)
  }

  /** The one who leads and is known as leader by all who run and have heard of the group. */
  async leader(): Promise<TestMember> {
    const leaders = () => this.running.filter(({ node }) => node.isLeader)
    const agrees = () => {
      const [leader, ...others] = leaders()
      return (
        leader !== undefined &&
        others.length === 0 &&
        this.running.every(
          ({ node }) =>
            node.confState.voters.length === 0 || (node.leader === leader.id && node.term === leader.node.term),
        )
      )
    }
    await this.until(agrees, 'there is one leader')
    return leaders()[0]!
  }

  /** Those who run and do not lead. */
  async followers(): Promise<readonly TestMember[]> {
    const leader = await this.leader()
    return this.running.filter((member) => member !== leader)
  }

  execute(member: TestMember, command: KeyValueCommand): Promise<ProposalResult<KeyValueResult>> {
    return this.wait(member.node.propose(encodeCommand(command)))
  }

  /** Puts through the leader, and expects it to be applied. */
  async put(key: string, value: string): Promise<void> {
    expect(await this.execute(await this.leader(), { kind: 'put', key, value })).toMatchObject({
      kind: 'applied',
      result: true,
    })
  }

  /** All who run have applied what the leader has committed, and hold the same. */
  async converge(): Promise<ReadonlyMap<string, string>> {
    const leader = await this.leader()
    const isLevel = () => this.running.every(({ node }) => node.applied.index >= leader.node.coreStatus().log.lastIndex)
    await this.until(isLevel, 'all have applied everything')
    for (const { state, failures } of this.running) {
      expect(failures).toEqual([])
      expect(Object.fromEntries(state.pairs)).toEqual(Object.fromEntries(leader.state.pairs))
    }
    return leader.state.pairs
  }
}

export { encodeCommand }
