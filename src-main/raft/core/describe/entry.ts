import { RaftError } from '../errors'
import { decodeConfChange, toConfChangeV2 } from '../model/conf-change'
import type { Entry } from '../model/entry'
import { describeConfChanges } from './membership'
import { quoteBytes } from './quote'

/** Shows the data of an ordinary entry; a caller who knows the commands can show more than bytes. */
export type EntryFormatter = (data: Uint8Array) => string

/** An entry in one line: `term/index type data`, for example `1/4 EntryConfChange v3`. */
export function describeEntry(entry: Entry, format: EntryFormatter = quoteBytes): string {
  const content = entry.type === 'EntryNormal' ? format(entry.data) : describeChange(entry)
  const head = `${entry.term}/${entry.index} ${entry.type}`
  return content === '' ? head : `${head} ${content}`
}

/** One entry a line, each ended by a line break. */
export function describeEntries(entries: readonly Entry[], format?: EntryFormatter): string {
  return entries.map((entry) => `${describeEntry(entry, format)}\n`).join('')
}

function describeChange(entry: Entry): string {
  try {
    return describeConfChanges(toConfChangeV2(decodeConfChange(entry)).changes)
  } catch (error) {
    // A description is for looking at things that may be wrong; it shows the fault instead of failing with it.
    if (error instanceof RaftError) return error.message
    throw error
  }
}
