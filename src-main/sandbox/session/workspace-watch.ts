import { SandboxError } from '../../base/sandbox-error'
import type { Clock, Disk } from '../../env'
import { CLUSTER_RECORD_NAME } from '../cluster/cluster-record'
import { joinDiskPath, toDiskPath } from '../disk-path'

/** How long a folder may be gone before that is noticed, in ms. */
const LOOK_EVERY_MS = 1000

/**
 * Looks again and again whether the folder of an open workspace is still there. Systems let nodes write on into files that
 * have no name any more: what they acknowledge from then on would be lost without a word.
 *
 * @param directory absolute, in the system's own notation
 * @param onGone told once, with WORKSPACE_GONE
 * @returns stops it
 */
export function watchWorkspace(
  { clock, disk }: { readonly clock: Clock; readonly disk: Pick<Disk, 'status'> },
  directory: string,
  onGone: (error: SandboxError) => void,
): () => void {
  const record = joinDiskPath(toDiskPath(directory), CLUSTER_RECORD_NAME)
  let isLooking = false
  const timer = clock.setRepeatingTimer(LOOK_EVERY_MS, () => {
    if (!isLooking) void look()
  })
  let isStopped = false
  const stop = () => {
    isStopped = true
    timer.cancel()
  }

  async function look(): Promise<void> {
    isLooking = true
    try {
      const status = await disk.status(record)
      if (status !== undefined || isStopped) return
      stop()
      onGone(goneError(directory))
    } catch (thrown) {
      // A disk that does not answer is told by the nodes, which need it; a file that cannot be looked at is not gone.
      if (!SandboxError.is(thrown)) throw thrown
    } finally {
      isLooking = false
    }
  }
  return stop
}

function goneError(directory: string): SandboxError {
  const message =
    `The folder ${directory} is gone: it was removed, moved or renamed while its sandbox was open. The sandbox was closed, ` +
    'because nothing written from then on would be kept. If the folder was moved, open it where it is now.'
  return new SandboxError('WORKSPACE_GONE', message, { details: { directory } })
}
