import { toDoorError } from '../../data/door-client'
import { notice } from '../notice'
import { findCommand } from './command-registry'

/**
 * Runs a command by its id: the one way for menu, palette, keys and buttons. What it throws is shown; a command that
 * cannot run now says why.
 *
 * @returns whether it ran
 */
export async function runCommand(id: string): Promise<boolean> {
  const command = findCommand(id)
  if (command === undefined) return false
  const reason = command.unavailable?.()
  if (reason !== undefined) {
    notice.value = { kind: 'reason', title: command.title(), text: reason }
    return false
  }
  try {
    await command.run()
    return true
  } catch (thrown) {
    notice.value = { kind: 'error', title: command.title(), error: toDoorError(thrown) }
    return false
  }
}
