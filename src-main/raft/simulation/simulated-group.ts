import type { SandboxError } from '../../base/sandbox-error'
import type { SeededRandom } from '../../env'
import type { SimulatedClock, Simulation, SimulationEvent } from '../../env/simulated'
import { simulatedEnv } from '../../env/simulated'
import type { ConfState } from '../core/model/conf-state'
import { LEAVE_JOINT } from '../core/model/conf-change'
import { NO_MEMBERS } from '../core/model/conf-state'
import { GROUP_START } from '../node/node-recovery'
import { InProcessNetwork } from '../transport/in-process-transport'
import type { FaultMix } from './fault-mix'
import { GroupWatch } from './group-watch'
import { RunTrace } from './run-trace'
import type { Seams } from './seams'
import { SimulatedMember } from './simulated-member'

/** How a group is made. */
export interface SimulatedGroupOptions {
  readonly seed: number
  readonly mix: FaultMix
  readonly seams: Seams
  /** Told of everything that happens, a line for each. */
  readonly print: ((line: string) => void) | undefined
  /** A member's node failed, or did not start, without a fault of its disk. */
  readonly onFailure: (member: SimulatedMember, error: SandboxError) => void
}

/** How long a member that failed by itself, or whose machine lost power on request, stays down, in ms. */
export const RESTART_DELAY_MS = 100

/** The machines of one group with its members, on one simulated clock and network, watched by all checks. */
export class SimulatedGroup {
  readonly trace: RunTrace
  readonly watch: GroupWatch
  readonly network: InProcessNetwork
  readonly members: readonly SimulatedMember[]
  /** For whoever stages the run: which fault comes when, what clients ask. */
  readonly random: SeededRandom
  readonly #simulation: Simulation

  constructor({ seed, mix, seams, print, onFailure }: SimulatedGroupOptions) {
    const ids = Array.from({ length: mix.nodes }, (_, position) => position + 1)
    const simulation = simulatedEnv({
      seed,
      diskLatency: mix.diskLatency,
      trace: (event) => {
        this.#traceDisk(event)
      },
    })
    this.#simulation = simulation
    this.random = simulation.random
    this.trace = new RunTrace(simulation.clock, print)
    this.watch = new GroupWatch({ start: GROUP_START, describeResult: JSON.stringify, trace: this.trace })
    this.network = new InProcessNetwork(simulation.clock, simulation.random.fork('network'))
    this.network.setAllLinks(mix.link)
    this.network.trace = (event) => {
      this.trace.message(event)
      if (event.kind === 'sent' && event.message.kind === 'raft') {
        this.watch.messageSent(event.from, event.to, event.message.message)
      }
    }
    const founders: ConfState = { ...NO_MEMBERS, voters: ids.slice(0, mix.founders) }
    const parts = { network: this.network, watch: this.watch, mix, seams, founders }
    this.members = ids.map((id) => {
      const drift = 1 + (2 * this.random.fraction() - 1) * mix.clockDrift
      const machine = simulation.addNode(String(id), { rate: drift })
      return new SimulatedMember(id, machine, {
        ...parts,
        onFailure: (member, error) => {
          this.#memberFailed(member, error, onFailure)
        },
      })
    })
  }

  get clock(): SimulatedClock {
    return this.#simulation.clock
  }

  startAll(): void {
    for (const member of this.members) member.start()
  }

  /** Leaves a joint membership that nobody else leaves. */
  leaveJoint(): void {
    for (const { working } of this.members) {
      if (working?.node.isLeader !== true) continue
      const { votersOutgoing, autoLeave } = working.node.confState
      if (votersOutgoing.length > 0 && !autoLeave) void working.node.proposeMembershipChange(LEAVE_JOINT)
    }
  }

  /** The members of the leader's membership; none if nobody leads. */
  get currentMembers(): readonly SimulatedMember[] {
    const leader = this.members.find(({ working }) => working?.node.isLeader === true)?.working?.node
    return leader === undefined ? [] : this.membersOf(leader.confState)
  }

  /** Whether one member leads, all others in the membership know it, and all have applied all there is. */
  hasConverged(): boolean {
    const leader = this.members.find(({ working }) => working?.node.isLeader === true)?.working?.node
    if (leader === undefined || leader.confState.votersOutgoing.length > 0) return false
    const { applied, term, confState } = leader
    if (this.watch.group.node(leader.id).log?.lastIndex !== applied.index || applied.term !== term) return false
    return this.membersOf(confState).every(({ working }) => {
      if (working === undefined) return false
      const { node } = working
      return node.leader === leader.id && node.applied.index === applied.index
    })
  }

  /** The members that the membership names, learners included. */
  membersOf({ voters, learners }: ConfState): readonly SimulatedMember[] {
    return this.members.filter(({ id }) => voters.includes(id) || learners.includes(id))
  }

  /** A supervisor starts what has failed again. That it failed is a violation unless its disk was made to. */
  #memberFailed(
    member: SimulatedMember,
    error: SandboxError,
    onFailure: (member: SimulatedMember, error: SandboxError) => void,
  ): void {
    this.trace.event('failed', member.id, 0)
    if (!member.hasFaultyDisk) onFailure(member, error)
    this.clock.setTimer(RESTART_DELAY_MS, () => {
      member.start()
    })
  }

  #traceDisk(event: SimulationEvent): void {
    if (event.component === 'disk') this.trace.disk(Number(event.node), event.event)
  }
}
