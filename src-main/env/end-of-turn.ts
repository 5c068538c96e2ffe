import type { Clock } from './clock'

/**
 * Resolves when others have had the thread: long work waits for that between its parts. A clock that stands still because somebody
 * steps does not hold it up, as one that is asked to sleep would.
 */
export function endOfTurn(clock: Pick<Clock, 'atEndOfTurn'>): Promise<void> {
  return new Promise((resolve) => {
    clock.atEndOfTurn(resolve)
  })
}
