import { SandboxError } from '../../base/sandbox-error'
import type { DelayDistribution } from './delay-distribution'
import { checkDelayDistribution } from './delay-distribution'

/** How messages travel in one direction between two addresses. */
export interface LinkOptions {
  /** How long a message is on its way, in ms. Default: uniform from 0.5 to 1.5. */
  readonly delay?: DelayDistribution
  /** How likely a message is lost, 0 to 1. Default 0. */
  readonly lossProbability?: number
  /** How likely a message arrives twice, each copy with a delay of its own. Default 0. */
  readonly duplicateProbability?: number
  /** How likely a message may overtake earlier ones; all others keep their order. Default 0. */
  readonly reorderProbability?: number
  /** How many messages may be on their way at once; more are lost. Default: no limit. */
  readonly capacity?: number
}

const DEFAULT_LINK: Required<LinkOptions> = {
  delay: { kind: 'uniform', minMs: 0.5, maxMs: 1.5 },
  lossProbability: 0,
  duplicateProbability: 0,
  reorderProbability: 0,
  capacity: Infinity,
}

/** Fills in what is not said from `base`. @throws SandboxError INVALID_ARGUMENT */
export function completeLinkOptions(
  options: LinkOptions,
  base: Required<LinkOptions> = DEFAULT_LINK,
): Required<LinkOptions> {
  const complete = { ...base, ...options }
  checkDelayDistribution(complete.delay)
  for (const name of ['lossProbability', 'duplicateProbability', 'reorderProbability'] as const) {
    const probability = complete[name]
    if (probability >= 0 && probability <= 1) continue
    throw new SandboxError(
      'INVALID_ARGUMENT',
      `The ${name} of a link lies from 0 to 1, but it is ${String(probability)}.`,
    )
  }
  if (!(complete.capacity >= 0)) {
    throw new SandboxError(
      'INVALID_ARGUMENT',
      `The capacity of a link must be 0 or more, but it is ${String(complete.capacity)}.`,
    )
  }
  return complete
}

/** One direction between two addresses, with what is on its way. */
export class NetworkLink {
  options: Required<LinkOptions>
  isCut = false
  inFlight = 0
  /** The moment at which the last message that keeps its order arrives. */
  lastArrivalUs = 0

  constructor(options: Required<LinkOptions>) {
    this.options = options
  }
}
