import { SandboxError } from '../../base/sandbox-error'
import type { Random } from '../random'

/** How long something takes, in ms: always the same, anything between two bounds, or at least so much and rarely much more. */
export type DelayDistribution =
  | number
  | { readonly kind: 'uniform'; readonly minMs: number; readonly maxMs: number }
  | { readonly kind: 'exponential'; readonly minMs: number; readonly meanMs: number }

/** @throws SandboxError INVALID_ARGUMENT for delays below 0, without end, or in the wrong order */
export function checkDelayDistribution(distribution: DelayDistribution): void {
  const [low, high] =
    typeof distribution === 'number'
      ? [distribution, distribution]
      : [distribution.minMs, distribution.kind === 'uniform' ? distribution.maxMs : distribution.meanMs]
  if (low >= 0 && high >= low && high < Infinity) return
  throw new SandboxError(
    'INVALID_ARGUMENT',
    `A delay distribution needs finite bounds from 0 ms up in ascending order, but they are ${String(low)} ms and ${String(high)} ms.`,
  )
}

/** Draws a delay in ms. A fixed one uses no chance. */
export function drawDelayMs(distribution: DelayDistribution, random: Random): number {
  if (typeof distribution === 'number') return distribution
  const { minMs } = distribution
  if (distribution.kind === 'uniform') return minMs + random.fraction() * (distribution.maxMs - minMs)
  return minMs - Math.log(1 - random.fraction()) * (distribution.meanMs - minMs)
}
