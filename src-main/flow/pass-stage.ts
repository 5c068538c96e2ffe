import type { OpenStage, StageDescription, StageOutcome } from './flow-probe'
import type { StageName } from './stages'

/** Whoever can enter stages: a request that is followed, or an entry of its. */
export type EnterStage = (stage: StageName, describe: () => StageDescription) => OpenStage

/**
 * Passes a stage: waits while it is held, does its work and leaves it, with the error if it throws.
 *
 * @param outcome what the stage tells of what it made
 */
export async function passStage<T>(
  { enter }: { readonly enter: EnterStage },
  stage: StageName,
  describe: () => StageDescription,
  work: () => T | Promise<T>,
  outcome?: (made: T) => StageOutcome,
): Promise<T> {
  const open = enter(stage, describe)
  if (open.held !== undefined) await open.held
  try {
    const made = await work()
    open.leave(outcome && (() => outcome(made)))
    return made
  } catch (error) {
    open.leave(() => ({ error }))
    throw error
  }
}
