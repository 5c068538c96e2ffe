import { SandboxError } from '../base/sandbox-error'
import type { Deadline } from './deadline'

/**
 * Makes a call that has no time-out of its own. It is ended by the operation's deadline, or after `atMostMs`, both of the
 * client's clock: while that stands still, so does the time of the call.
 *
 * @param call makes it, and gives it up by the signal
 * @throws SandboxError RPC_DEADLINE_EXCEEDED when the time is up; what the call throws
 */
export async function untimedCall<Answer>(
  deadline: Deadline,
  atMostMs: number,
  call: (signal: AbortSignal) => Promise<Answer>,
): Promise<Answer> {
  const ending = new AbortController()
  const { signal } = deadline
  const limitMs = Math.min(atMostMs, deadline.remainingMs)
  let isTimeUp = false
  const timer = deadline.after(limitMs, () => {
    isTimeUp = true
    ending.abort()
  })
  const giveUp = () => {
    ending.abort(signal?.reason)
  }
  signal?.addEventListener('abort', giveUp)
  if (signal?.aborted === true) giveUp()
  try {
    return await call(ending.signal)
  } catch (thrown) {
    if (!isTimeUp || !SandboxError.is(thrown, 'CANCELLED')) throw thrown
    const message = `The call was not answered within ${String(Math.round(limitMs))} ms.`
    throw new SandboxError('RPC_DEADLINE_EXCEEDED', message, { details: { timeoutMs: limitMs }, cause: thrown })
  } finally {
    timer.cancel()
    signal?.removeEventListener('abort', giveUp)
  }
}
