import type { Clock } from '../../env'
import type { ProgramLog } from './program-log'

/** How long the last entries may take to reach the disk, in ms: a program that ends does not wait for a disk that hangs. */
const WRITE_WITHIN_MS = 1000

/** Writes what is still to be written before a program ends that has no time left. Never rejects. */
export async function closeLogInTime(log: ProgramLog, clock: Clock): Promise<void> {
  const waiting = new AbortController()
  const tooLate = clock.sleep(WRITE_WITHIN_MS, waiting.signal)
  try {
    await Promise.race([log.close(), tooLate])
  } catch {
    // The program ends for a reason of its own, which matters more than a log that does not close.
  } finally {
    waiting.abort()
    tooLate.catch(() => undefined)
  }
}
