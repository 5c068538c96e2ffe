import { SandboxError } from '../../base/sandbox-error'
import type { Clock } from '../../env'

/** How often it is looked again, in ms. */
const PAUSE_MS = 50

/** Resolves when something is so. @throws SandboxError LESSON_FAILED when it is not within the time; what looking throws */
export async function until(
  clock: Clock,
  withinMs: number,
  isSo: () => boolean | Promise<boolean>,
  signal?: AbortSignal,
): Promise<void> {
  const endsAtMs = clock.monotonicMs() + withinMs
  while (!(await isSo())) {
    if (clock.monotonicMs() >= endsAtMs) {
      throw new SandboxError('LESSON_FAILED', `It did not come about within ${String(withinMs)} ms.`)
    }
    await clock.sleep(PAUSE_MS, signal)
  }
}
