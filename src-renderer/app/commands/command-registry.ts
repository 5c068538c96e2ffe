import { onScopeDispose, shallowReactive } from 'vue'
import type { Command } from './command'

const commands = shallowReactive(new Map<string, Command>())

/** All commands that exist now. */
export function allCommands(): readonly Command[] {
  return [...commands.values()]
}

/** The command of an id; undefined if there is none now. */
export function findCommand(id: string): Command | undefined {
  return commands.get(id)
}

/** Offers commands for as long as the component (or other effect scope) lives that calls this. */
export function provideCommands(offered: readonly Command[]): void {
  for (const command of offered) commands.set(command.id, command)
  onScopeDispose(() => {
    for (const command of offered) if (commands.get(command.id) === command) commands.delete(command.id)
  })
}
