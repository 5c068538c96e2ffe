import type { Clock } from './clock'
import type { Disk } from './disk'
import type { Network } from './network'
import type { Random } from './random'

/**
 * Everything that a component may learn of the outside world. Components take an Env and touch nothing else, so that the
 * Lab runs the same code as the Sandbox, on a virtual clock, disk and network (architecture.md rule 2).
 */
export interface Env {
  readonly clock: Clock
  readonly random: Random
  readonly disk: Disk
  readonly network: Network
}
