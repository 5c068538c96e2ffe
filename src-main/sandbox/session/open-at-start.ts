import { SandboxError } from '../../base/sandbox-error'
import type { ClusterSession } from './cluster-session'
import type { StartOptions } from './start-options'
import type { StartSurroundings } from './start-request'
import { startRequest } from './start-request'

/**
 * Opens the cluster of a program's start, unless its options say that there is none.
 *
 * @param stopping aborts when the program is to end. Nothing is opened after that; whoever ends the program closes the session,
 *   which reaches an opening that is under way.
 * @throws SandboxError CANCELLED if the program is to end; what ClusterSession.open throws
 */
export async function openAtStart(
  session: ClusterSession,
  options: StartOptions,
  surroundings: StartSurroundings,
  stopping: AbortSignal,
): Promise<void> {
  if (!options.opensCluster) return
  const request = await startRequest(session, options, surroundings)
  // The session was closed meanwhile: opened now, nobody would close it.
  if (stopping.aborted) throw new SandboxError('CANCELLED', 'The program ends before its sandbox was opened.')
  await session.open(request)
}
