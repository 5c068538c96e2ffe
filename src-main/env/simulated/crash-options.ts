import type { Random } from '../random'

/** The unit in which a device writes all or nothing. */
export const SECTOR_BYTES = 512

/**
 * Which of the changes that were not synced survive: `none`, `all`, a `prefix` of them in the order in which they were
 * made, any `subset`, or whatever chance says (`random` draws one of the four).
 */
export type Survival = 'none' | 'all' | 'prefix' | 'subset' | 'random'

/** What a loss of power does to what was not synced. All chance is the disk's own Random. */
export interface CrashOptions {
  /** Unsynced writes and truncations, drawn for each file. Default `random`. */
  readonly writes?: Survival
  /** Unsynced creations, renames, removals and new directories, drawn for the whole disk. Default `random`. */
  readonly names?: Survival
  /** How likely a surviving write of `prefix` or `subset` keeps only some of its 512-byte sectors. Default 0.5. */
  readonly tearProbability?: number
  /** How likely a surviving write has one bit turned over. Default 0: most formats can only detect that, not survive it. */
  readonly corruptProbability?: number
}

/** {@link CrashOptions} with every choice made. */
export type CrashPolicy = Required<CrashOptions>

export function crashPolicy(options: CrashOptions): CrashPolicy {
  return {
    writes: options.writes ?? 'random',
    names: options.names ?? 'random',
    tearProbability: options.tearProbability ?? 0.5,
    corruptProbability: options.corruptProbability ?? 0,
  }
}

const drawn = ['none', 'all', 'prefix', 'subset'] as const

/** A {@link Survival} without `random`. */
export type DrawnSurvival = (typeof drawn)[number]

export function drawSurvival(survival: Survival, random: Random): DrawnSurvival {
  return survival === 'random' ? random.pick(drawn) : survival
}

/** Says for each of `count` changes, in their order, whether it survives. */
export function drawSurvivors(survival: DrawnSurvival, count: number, random: Random): boolean[] {
  switch (survival) {
    case 'none':
      return new Array<boolean>(count).fill(false)
    case 'all':
      return new Array<boolean>(count).fill(true)
    case 'prefix': {
      const kept = random.integer(0, count)
      return Array.from({ length: count }, (_, index) => index < kept)
    }
    case 'subset':
      return Array.from({ length: count }, () => random.chance(0.5))
  }
}
