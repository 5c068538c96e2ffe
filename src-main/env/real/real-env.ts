import { randomBytes } from 'node:crypto'
import type { Env } from '../env'
import { SeededRandom } from '../seeded-random'
import { RealClock } from './real-clock'
import { RealDisk } from './real-disk'
import type { RealNetworkOptions } from './real-network'
import { RealNetwork } from './real-network'

/** The outside world: the machine's time, disk and network, and chance that nobody can repeat. */
export function realEnv(options: { readonly network?: RealNetworkOptions } = {}): Env {
  return {
    clock: new RealClock(),
    random: new SeededRandom(randomBytes(16)),
    disk: new RealDisk(),
    network: new RealNetwork(options.network),
  }
}
