import type { HardState } from '../model/hard-state'
import type { SoftState } from '../model/soft-state'
import { isEmptySnapshot } from '../model/snapshot'
import type { ReadState, Ready } from '../ready'
import type { EntryFormatter } from './entry'
import { describeEntries } from './entry'
import { describeMessage, describeSnapshot } from './message'

/** What a node must not forget; the vote only if there is one. */
export function describeHardState(state: HardState): string {
  const vote = state.vote === 0 ? '' : ` Vote:${state.vote}`
  return `Term:${state.term}${vote} Commit:${state.commit}`
}

/** Who leads, and what part this node plays. */
export function describeSoftState(state: SoftState): string {
  return `Lead:${state.leader} State:${state.role}`
}

/** Everything that a Ready asks for, over several lines, leaving out what is empty. */
export function describeReady(ready: Ready, format?: EntryFormatter): string {
  let text = ''
  if (ready.softState !== undefined) text += `${describeSoftState(ready.softState)}\n`
  if (ready.hardState !== undefined) text += `HardState ${describeHardState(ready.hardState)}\n`
  if (ready.readStates.length > 0) text += `ReadStates [${ready.readStates.map(describeReadState).join(' ')}]\n`
  if (ready.entries.length > 0) text += `Entries:\n${describeEntries(ready.entries, format)}`
  if (ready.snapshot !== undefined && !isEmptySnapshot(ready.snapshot)) {
    text += `Snapshot ${describeSnapshot(ready.snapshot)}\n`
  }
  if (ready.committedEntries.length > 0) {
    text += `CommittedEntries:\n${describeEntries(ready.committedEntries, format)}`
  }
  if (ready.messages.length > 0) {
    text += `Messages:\n${ready.messages.map((message) => `${describeMessage(message, format)}\n`).join('')}`
  }
  return text === '' ? '<empty Ready>' : `Ready MustSync=${ready.mustSync}:\n${text}`
}

function describeReadState(state: ReadState): string {
  return `{${state.index} [${state.context.join(' ')}]}`
}
