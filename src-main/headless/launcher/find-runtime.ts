import { SandboxError } from '../../base/sandbox-error'
import { findCarriedRuntime } from './carried-runtime'
import { downloadElectron } from './electron-download'
import { findInstalledRuntime } from './installed-runtime'
import type { LaunchContext } from './launch-context'
import { findOverrideRuntime } from './override-runtime'
import type { Runtime, RuntimeSource, RuntimeStepResult } from './runtime'

/** Why one step of the search has no runtime. */
export interface StepReason {
  readonly step: RuntimeSource
  readonly sentence: string
  /** Whether it has been said to the person already. */
  readonly wasSaid: boolean
}

/** The outcome of the search: a runtime, and for every step before it the reason why that one has none. */
export interface RuntimeSearch {
  readonly runtime: Runtime | null
  readonly reasons: readonly StepReason[]
}

export type RuntimeStep = (context: LaunchContext) => RuntimeStepResult | Promise<RuntimeStepResult>

/** The steps in their order: what the person wishes, what is there, what can be had, what can be had as a makeshift. */
export const runtimeSteps: ReadonlyArray<readonly [RuntimeSource, RuntimeStep]> = [
  ['override', findOverrideRuntime],
  ['installed', findInstalledRuntime],
  ['downloaded', (context) => downloadElectron(context)],
  ['carried', (context) => findCarriedRuntime(context)],
]

/**
 * Looks for an Electron that can be started, step by step, and stops at the first. A step that fails, say because a disk
 * is full, is a step without a result: that is said, and the next one is tried.
 */
export async function findRuntime(context: LaunchContext, steps = runtimeSteps): Promise<RuntimeSearch> {
  const reasons: StepReason[] = []
  for (const [step, find] of steps) {
    const result = await attempt(context, find)
    if (result.found) return { runtime: result.found, reasons }
    const { missing: sentence, isNews: wasSaid = false } = result
    if (wasSaid) context.say(sentence)
    reasons.push({ step, sentence, wasSaid })
  }
  return { runtime: null, reasons }
}

async function attempt(context: LaunchContext, find: RuntimeStep): Promise<RuntimeStepResult> {
  try {
    return await find(context)
  } catch (thrown) {
    return { missing: SandboxError.from(thrown, 'RUNTIME_NOT_AVAILABLE').message, isNews: true }
  }
}
