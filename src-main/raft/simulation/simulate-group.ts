import { SandboxError } from '../../base/sandbox-error'
import { SeededRandom } from '../../env'
import type { NodeId } from '../core/model/node-id'
import { findDifferentStates } from './checkers/same-state'
import type { ClientHistory } from './client-history'
import { FaultInjector } from './fault-injector'
import type { FaultKind, FaultMix } from './fault-mix'
import { drawFaultMix } from './fault-mix'
import { KeyChoice, KeyValueClient } from './key-value-client'
import type { Seams } from './seams'
import { RESTART_DELAY_MS, SimulatedGroup } from './simulated-group'
import type { PowerLoss } from './simulated-member'
import type { Violation } from './violation'

/** What to simulate. */
export interface SimulationRequest {
  /** Decides everything: same seed, same numbers below, same code, same run. */
  readonly seed: number
  /** Events of the clock with faults; those of healing, restart and last reads come on top. */
  readonly events: number
  /** How many machines; default: drawn from the seed, 3 to 7. */
  readonly nodes?: number
  /** Where clients write down what they learn; it is judged at the end. */
  readonly history: ClientHistory
  readonly seams?: Seams
  /** One machine loses power at this operation of its disk, and starts again a little later. */
  readonly powerLoss?: PowerLoss & { readonly nodeId: NodeId }
  /** Told of everything that happens, a line for each. */
  readonly print?: (line: string) => void
}

/** A violation and when it was found. */
export interface FoundViolation extends Violation {
  /** How many events of the clock had run. */
  readonly event: number
  /** Simulated time in ms. */
  readonly atMs: number
}

/** What a simulation was like. */
export interface SimulationReport {
  readonly seed: number
  readonly mix: FaultMix
  readonly violation: FoundViolation | undefined
  /** Steps of the simulated clock: ticks, arrivals of messages, ends of disk operations, what clients and faults do. */
  readonly events: number
  /** Simulated time in ms. */
  readonly virtualMs: number
  /** Whether the loss of power that was asked for has happened. */
  readonly powerLost: boolean
  /** The fingerprint of everything that happened. */
  readonly traceHash: string
  readonly committedEntries: number
  readonly terms: number
  readonly faults: ReadonlyMap<FaultKind, number>
}

/** Time within which a healed group must work again, in ms. */
const CONVERGENCE_LIMIT_MS = 60_000
/** How often a joint membership is looked for that somebody has to end, in ms. */
const LEAVE_JOINT_PERIOD_MS = 200
const LAST_READ_ATTEMPTS = 100

/**
 * Runs one group through one seed: clients work while things break; then everything is put right, and the group must
 * come together; then all machines lose power at once and start again, and every key is read. Every event is looked at
 * by every check. Ends at the first violation.
 */
export async function simulateGroup(request: SimulationRequest): Promise<SimulationReport> {
  return new GroupSimulation(request).run()
}

class GroupSimulation {
  readonly #request: SimulationRequest
  readonly #mix: FaultMix
  readonly #group: SimulatedGroup
  readonly #injector: FaultInjector
  readonly #clients: readonly KeyValueClient[]
  readonly #keys: KeyChoice
  readonly #faults = new Map<FaultKind, number>()
  #events = 0
  #powerLost = false

  constructor(request: SimulationRequest) {
    const { seed, nodes, seams = {}, history } = request
    this.#request = request
    const drawn = drawFaultMix(new SeededRandom(seed).fork('mix'), nodes)
    this.#mix = seams.mix?.(drawn) ?? drawn
    const mix = this.#mix
    const group = new SimulatedGroup({
      seed,
      mix,
      seams,
      print: request.print,
      onFailure: (member, error) => {
        this.#report('node-failed', member.id, `Node ${String(member.id)} failed: ${error.code}: ${error.message}`)
      },
    })
    this.#group = group
    const { clock, random, members, network, watch } = group
    const parts = { clock, random: random.fork('faults'), mix, members, network }
    this.#injector = new FaultInjector(parts, (kind) => {
      this.#faults.set(kind, (this.#faults.get(kind) ?? 0) + 1)
      group.trace.event(kind, 0, 0)
    })
    this.#keys = new KeyChoice(mix.clients)
    const clientParts = {
      clock,
      members,
      mix: mix.clients,
      history,
      keys: this.#keys,
      answered: watch.answered.bind(watch),
    }
    this.#clients = Array.from({ length: mix.clients.count }, (_, position) => {
      const name = `client ${String(position + 1)}`
      return new KeyValueClient(name, clientParts, random.fork(name))
    })
  }

  async run(): Promise<SimulationReport> {
    const phases = [this.#work, this.#heal, this.#restart, this.#readAll, this.#judge]
    for (const phase of phases) {
      if (this.#violation !== undefined) break
      try {
        await phase()
      } catch (error) {
        this.#threw(error)
      }
    }
    return this.#reportOf()
  }

  get #violation(): Violation | undefined {
    return this.#group.watch.violation
  }

  readonly #work = async (): Promise<void> => {
    this.#preparePowerLoss()
    this.#group.startAll()
    this.#injector.start()
    for (const client of this.#clients) client.run().catch(this.#threw)
    await this.#runUntil(() => this.#events >= this.#request.events)
  }

  readonly #heal = async (): Promise<void> => {
    const group = this.#group
    for (const member of group.members) member.machine.disk.crashAt(undefined)
    for (const client of this.#clients) client.stop()
    this.#injector.heal()
    group.network.setAllLinks({ ...this.#mix.link, lossProbability: 0, isCut: false })
    for (const member of group.members) {
      member.machine.disk.faults.clear()
      member.resume()
      member.start()
    }
    await this.#converge('after everything was put right')
  }

  readonly #restart = async (): Promise<void> => {
    const group = this.#group
    for (const member of group.members) member.losePower({ writes: 'none', names: 'none' })
    group.startAll()
    await this.#converge('after a restart of all')
    const difference = findDifferentStates(group.currentMembers)
    if (difference !== undefined) this.#report('same-state', 0, difference)
  }

  readonly #readAll = async (): Promise<void> => {
    const [reader] = this.#clients
    let done = false
    const reading = async (): Promise<void> => {
      for (const key of this.#keys.used) {
        if ((await reader?.readUntilAnswered(key, LAST_READ_ATTEMPTS)) === true) continue
        this.#report('liveness', 0, `Nobody answers a read of ${key} although nothing is broken.`)
        break
      }
      done = true
    }
    reading().catch(this.#threw)
    await this.#runUntil(() => done)
  }

  readonly #judge = async (): Promise<void> => {
    const fault = this.#request.history.findFault()
    if (fault !== undefined) this.#report('linearizability', 0, fault)
    return Promise.resolve()
  }

  #preparePowerLoss(): void {
    const { powerLoss } = this.#request
    const { members, clock } = this.#group
    const member = members.find(({ id }) => id === powerLoss?.nodeId)
    if (powerLoss === undefined || member === undefined) return
    member.losePowerAt(powerLoss, () => {
      this.#powerLost = true
      clock.setTimer(RESTART_DELAY_MS, () => {
        member.start()
      })
    })
  }

  async #converge(when: string): Promise<void> {
    const group = this.#group
    const leaving = group.clock.setRepeatingTimer(LEAVE_JOINT_PERIOD_MS, () => {
      group.leaveJoint()
    })
    const converged = await this.#runUntil(() => group.hasConverged(), CONVERGENCE_LIMIT_MS)
    leaving.cancel()
    if (converged) return
    const states = group.members.map(
      ({ id, working }) => `${String(id)}: ${JSON.stringify(working?.node.status().raftState ?? 'down')}`,
    )
    this.#report(
      'liveness',
      0,
      `The group did not come together within ${String(CONVERGENCE_LIMIT_MS)} ms ${when}: ${states.join(', ')}.`,
    )
  }

  /**
   * Runs events until the condition holds or a check has found something. @returns whether the condition came to hold
   */
  async #runUntil(condition: () => boolean, timeMs?: number): Promise<boolean> {
    let holds = false
    const isOver = (): boolean => {
      if (this.#violation !== undefined) return true
      holds = condition()
      if (!holds) this.#events += 1
      return holds
    }
    await this.#group.clock.runUntil(isOver, timeMs === undefined ? {} : { timeMs })
    return holds || this.#violation !== undefined
  }

  /** An error that nobody expects is as much a finding as a broken rule. */
  readonly #threw = (error: unknown): void => {
    this.#report('no-exception', 0, SandboxError.from(error).message)
  }

  #report(check: string, nodeId: number, message: string): void {
    this.#group.watch.group.report(check, nodeId, message)
  }

  #reportOf(): SimulationReport {
    const { clock, trace, watch, members } = this.#group
    const violation = this.#violation
    const atMs = clock.monotonicMs()
    for (const member of members) member.kill()
    return {
      seed: this.#request.seed,
      mix: this.#mix,
      violation: violation === undefined ? undefined : { ...violation, event: this.#events, atMs },
      events: this.#events,
      virtualMs: atMs,
      powerLost: this.#powerLost,
      traceHash: trace.digest,
      committedEntries: watch.group.history.lastIndex,
      terms: Math.max(...[...watch.group.nodes].map(({ term }) => term)),
      faults: this.#faults,
    }
  }
}
