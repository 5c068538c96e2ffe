import { SandboxError } from '../../base/sandbox-error'
import type { Disk } from '../disk'
import type { Env } from '../env'
import type { Random } from '../random'
import type { CrashOptions } from './crash-options'
import type { SimulatedClock } from './simulated-clock'
import type { SimulatedDisk } from './simulated-disk'
import type { NodeNetwork, SimulatedNetwork } from './simulated-network'
import type { NodeClockOptions } from './simulated-node-clock'
import { SimulatedNodeClock } from './simulated-node-clock'

/** What one run of a node's process holds; all of it ends with the process. */
interface ProcessRun {
  readonly env: Env
  readonly clock: SimulatedNodeClock
  readonly network: NodeNetwork
  readonly disk: Disk
}

/** What the nodes of a simulation share. */
export interface SimulationParts {
  readonly clock: SimulatedClock
  readonly network: SimulatedNetwork
}

/**
 * A machine of a simulation: a disk that stays, and a process that is killed, crashed and started again. Each run of the
 * process has an Env of its own. Code of an ended run that still has it can do no harm: its timers never fire, its disk
 * gives DISK_CLOSED, its endpoints NETWORK_CLOSED.
 */
export class SimulatedNode {
  readonly name: string
  readonly disk: SimulatedDisk
  readonly #parts: SimulationParts
  readonly #random: Random
  #clockOptions: NodeClockOptions
  #run: ProcessRun | undefined
  #runCount = 0

  constructor(name: string, parts: SimulationParts, disk: SimulatedDisk, random: Random, clock: NodeClockOptions) {
    this.name = name
    this.disk = disk
    this.#parts = parts
    this.#random = random
    this.#clockOptions = clock
    this.start()
  }

  get isRunning(): boolean {
    return this.#run !== undefined
  }

  /** How often the process has been started. */
  get runCount(): number {
    return this.#runCount
  }

  /** The Env of the running process. @throws SandboxError INVALID_ARGUMENT when none runs */
  get env(): Env {
    return this.#running().env
  }

  /** The clock of the running process, to pause it or make it wrong. @throws SandboxError INVALID_ARGUMENT when none runs */
  get clock(): SimulatedNodeClock {
    return this.#running().clock
  }

  /** Starts the process, which must not run. @returns its Env @throws SandboxError INVALID_ARGUMENT */
  start(): Env {
    if (this.#run !== undefined) {
      throw new SandboxError(
        'INVALID_ARGUMENT',
        `The simulated node ${this.name} runs already: kill or crash it first.`,
      )
    }
    this.#runCount++
    const clock = new SimulatedNodeClock(this.#parts.clock, this.#clockOptions)
    const network = this.#parts.network.forNode(clock)
    const disk = this.disk.mount(clock)
    const random = this.#random.fork(`run ${String(this.#runCount)}`)
    this.#run = { clock, network, disk, env: { clock, random, disk, network } }
    return this.#run.env
  }

  /** Ends the process as SIGKILL does: what it wrote stays in the machine, synced or not. Harmless when none runs. */
  kill(): void {
    const run = this.#run
    if (run === undefined) return
    this.#run = undefined
    run.clock.stop()
    run.network.end()
    this.disk.unmount(run.disk)
  }

  /** The machine loses power: the process ends, and what was not synced may be lost; see {@link SimulatedDisk.crash}. */
  crash(options: CrashOptions = {}): void {
    this.kill()
    this.disk.crash(options)
  }

  /**
   * Crashes at a mutation of the disk that is still to come.
   *
   * @param mutation counted from 1 since the disk was made; see {@link SimulatedDisk.mutationCount}
   */
  crashAt(mutation: number, moment: 'before' | 'after', options: CrashOptions = {}): void {
    this.disk.crashAt({
      mutation,
      moment,
      options,
      onCrash: () => {
        this.kill()
      },
    })
  }

  /** Kills the process if it runs, and starts it again. @returns the Env of the new run */
  restart(): Env {
    this.kill()
    return this.start()
  }

  /** How the clocks of later runs differ from the simulation's. */
  setClockOptions(options: NodeClockOptions): void {
    this.#clockOptions = options
  }

  #running(): ProcessRun {
    if (this.#run !== undefined) return this.#run
    throw new SandboxError('INVALID_ARGUMENT', `The simulated node ${this.name} does not run: start it first.`)
  }
}
