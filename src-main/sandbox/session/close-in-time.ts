import { SandboxError } from '../../base/sandbox-error'
import type { Clock } from '../../env'
import type { Sandbox } from '../sandbox'

/** How long the cluster may take to end before the program ends without it, in ms. */
export const CLOSE_WITHIN_MS = 8000

/**
 * Ends a sandbox in order, within a deadline, because a person who quits waits for it.
 *
 * @throws SandboxError CLUSTER_NOT_ENDED, naming what is left, after which the program should end anyway
 */
export async function closeInTime(
  sandbox: Pick<Sandbox, 'close' | 'session'>,
  clock: Clock,
  withinMs = CLOSE_WITHIN_MS,
): Promise<void> {
  const waiting = new AbortController()
  const closed = sandbox.close().then(() => true)
  const tooLate = clock.sleep(withinMs, waiting.signal).then(() => false)
  try {
    if (!(await Promise.race([closed, tooLate]))) throw notEnded(sandbox, withinMs)
  } finally {
    waiting.abort()
    // Whichever lost the race ends by itself, and nobody waits for it any more.
    tooLate.catch(() => undefined)
    closed.catch(() => undefined)
  }
}

function notEnded({ session }: Pick<Sandbox, 'session'>, withinMs: number): SandboxError {
  const left = session.view.nodes.filter(({ state }) => state !== 'stopped' && state !== 'killed')
  const names = left.map(({ name }) => name)
  const what = names.length === 0 ? 'The workspace' : names.join(', ')
  const message =
    `${what} did not end within ${String(withinMs / 1000)} s; the program ends without waiting any longer. ` +
    'What was acknowledged is on disk.'
  return new SandboxError('CLUSTER_NOT_ENDED', message, { details: { nodes: names } })
}
