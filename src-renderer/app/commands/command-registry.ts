import { hasInjectionContext, inject, onScopeDispose, shallowReactive, watch } from 'vue'
import { tabInViewKey } from '../tabs/tab-in-view'
import type { Command } from './command'

/** Of each id whoever offers it now; the last holds. */
const offers = shallowReactive(new Map<string, readonly Command[]>())

/** All commands that exist now. */
export function allCommands(): readonly Command[] {
  return [...offers.values()].flatMap((commands) => commands.slice(-1))
}

/** The command of an id; undefined if there is none now. */
export function findCommand(id: string): Command | undefined {
  return offers.get(id)?.at(-1)
}

/**
 * Offers commands for as long as the component (or other effect scope) lives that calls this; those of a screen only while
 * its tab is in view. An id that is offered already is taken over for that time: a screen may know better than the shell
 * what `go.find` means on it.
 */
export function provideCommands(offered: readonly Command[]): void {
  const isInView = hasInjectionContext() ? inject(tabInViewKey, undefined) : undefined
  if (isInView === undefined) offer(offered)
  else watch(isInView, (inView) => (inView ? offer(offered) : withdraw(offered)), { immediate: true, flush: 'sync' })
  onScopeDispose(() => withdraw(offered))
}

function offer(offered: readonly Command[]): void {
  for (const command of offered) offers.set(command.id, [...(offers.get(command.id) ?? []), command])
}

function withdraw(offered: readonly Command[]): void {
  for (const command of offered) {
    const rest = (offers.get(command.id) ?? []).filter((each) => each !== command)
    if (rest.length === 0) offers.delete(command.id)
    else offers.set(command.id, rest)
  }
}
