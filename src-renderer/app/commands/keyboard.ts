import { useEventListener } from '@vueuse/core'
import type { Command } from './command'
import { allCommands } from './command-registry'
import { isSingleKey, matchesBinding } from './key-binding'
import type { PressedKey } from './key-binding'
import { inBrowser, onMac } from './platform'
import { runCommand } from './run-command'

/** The keys of a command here. */
export function keysOf(command: Command): NonNullable<Command['keys']> {
  return (inBrowser() ? command.browserKeys : undefined) ?? command.keys ?? []
}

/** The command that a key means; undefined if none, or if the key is text. */
export function commandOfKey(
  event: PressedKey & { readonly target: EventTarget | null },
  commands: readonly Command[],
): Command | undefined {
  // Keys that pick a Chinese character are not commands; neither are keys in a dialog, which is to be settled first.
  if (event.isComposing || event.key === 'Process') return undefined
  const target = event.target instanceof Element ? event.target : undefined
  if (target?.closest('[role=dialog],[role=alertdialog],[role=menu]')) return undefined
  const isTyping = target?.closest('input:not([type=radio],[type=checkbox]),textarea,select,[contenteditable]') !== null
  for (const command of commands) {
    for (const binding of keysOf(command)) {
      if (target !== undefined && isTyping && isSingleKey(binding)) continue
      if (matchesBinding(event, binding, onMac)) return command
    }
  }
  return undefined
}

/**
 * Runs commands by their keys, while the calling component lives. A key that is taken here goes no further: the menu of
 * the window gets only what the page has left, so nothing runs twice.
 */
export function useKeyboard(): void {
  useEventListener(window, 'keydown', (event) => {
    if (event.defaultPrevented) return
    const command = commandOfKey(event, allCommands())
    if (command === undefined) return
    event.preventDefault()
    void runCommand(command.id)
  })
}
