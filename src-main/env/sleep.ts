import { SandboxError } from '../base/sandbox-error'
import type { Clock } from './clock'

/** {@link Clock.sleep} in terms of {@link Clock.setTimer}, the same for every clock. */
export function sleepOn(clock: Pick<Clock, 'setTimer'>, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal === undefined) {
      clock.setTimer(delayMs, resolve)
      return
    }
    const cancelled = (): SandboxError =>
      new SandboxError('CANCELLED', 'A wait was given up because its caller asked for that.', { cause: signal.reason })
    if (signal.aborted) {
      reject(cancelled())
      return
    }
    const onAbort = (): void => {
      timer.cancel()
      reject(cancelled())
    }
    const timer = clock.setTimer(delayMs, () => {
      signal.removeEventListener('abort', onAbort)
      resolve()
    })
    signal.addEventListener('abort', onAbort, { once: true })
  })
}
