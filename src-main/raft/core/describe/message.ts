import type { Message } from '../model/message'
import type { Snapshot } from '../model/snapshot'
import { isEmptySnapshot } from '../model/snapshot'
import type { EntryFormatter } from './entry'
import { describeEntry } from './entry'
import { describeConfState } from './membership'
import { describeTarget } from './node-id'

/** A message: `from->to type Term:t Log:logTerm/index` and what else it carries, over several lines if need be. */
export function describeMessage(message: Message, format?: EntryFormatter): string {
  return describeIndented('', message, format)
}

/** Where a snapshot ends and who its members are. */
export function describeSnapshot(snapshot: Snapshot): string {
  return `Index:${snapshot.index} Term:${snapshot.term} ConfState:${describeConfState(snapshot.confState)}`
}

function describeIndented(indent: string, message: Message, format: EntryFormatter | undefined): string {
  let text =
    `${indent}${describeTarget(message.from)}->${describeTarget(message.to)} ${message.type} ` +
    `Term:${message.term} Log:${message.logTerm}/${message.index}`
  if (message.reject) text += ` Rejected (Hint: ${message.rejectHint})`
  if (message.commit !== 0) text += ` Commit:${message.commit}`
  if (message.vote !== 0) text += ` Vote:${message.vote}`

  const entries = message.entries.map((entry) => describeEntry(entry, format))
  if (entries.length === 1) text += ` Entries:[${entries[0]}]`
  else if (entries.length > 1) {
    text += ` Entries:[${entries.map((entry) => `\n${indent}  ${entry}`).join('')}\n${indent}]`
  }
  if (message.snapshot !== null && !isEmptySnapshot(message.snapshot)) {
    text += `\n${indent}  Snapshot: ${describeSnapshot(message.snapshot)}`
  }
  if (message.responses.length > 0) {
    const responses = message.responses.map((response) => `\n${describeIndented(`${indent}  `, response, format)}`)
    text += ` Responses:[${responses.join('')}\n${indent}]`
  }
  return text
}
