import { SandboxError } from '../../base/sandbox-error'
import type { ErrorDetails } from '../../base/sandbox-error'
import type { Entry } from '../core/model/entry'
import type { HardState } from '../core/model/hard-state'
import type { LogPositions } from './log-positions'
import { MAX_PAYLOAD_BYTES } from './log-record'
import type { LogUpdate } from './raft-log-store'

const refuse = (sentence: string, details: ErrorDetails): SandboxError =>
  new SandboxError('INVALID_ARGUMENT', `The Raft log refuses the update: ${sentence}. Nothing was changed.`, {
    details,
  })

/**
 * Checks a whole update against the log before anything of it is taken, so that it is taken whole or not at all.
 *
 * @throws SandboxError INVALID_ARGUMENT
 */
export function checkUpdate(
  positions: Pick<LogPositions, 'mark' | 'lastIndex' | 'term'>,
  current: HardState,
  update: LogUpdate,
): void {
  const { reset, entries = [], hardState } = update
  if (reset !== undefined) checkIdentifiers('the snapshot', reset.index, reset.term)
  if (reset !== undefined && reset.index < current.commit) {
    throw refuse('the snapshot ends before what is committed', { snapshotIndex: reset.index, commit: current.commit })
  }
  const mark = reset ?? positions.mark
  const lastBefore = reset?.index ?? positions.lastIndex
  const lastAfter = checkEntries(entries, mark.index, lastBefore, current.commit, (index) =>
    index === mark.index ? mark.term : positions.term(index),
  )
  if (hardState !== undefined) checkHardState(current, hardState)
  const { commit } = hardState ?? current
  if (commit > lastAfter) throw refuse('the commit index lies behind the last entry', { commit, lastIndex: lastAfter })
}

function checkIdentifiers(what: string, index: number, term: number): void {
  if (Number.isSafeInteger(index) && index >= 0 && Number.isSafeInteger(term) && term >= 0) return
  throw refuse(`index and term of ${what} must be safe integers of 0 or more`, { index, term })
}

/** Returns the index of the last entry after the update. */
function checkEntries(
  entries: readonly Entry[],
  markIndex: number,
  lastIndex: number,
  commit: number,
  termBefore: (index: number) => number,
): number {
  const first = entries[0]
  if (first === undefined) return lastIndex
  checkIdentifiers('an entry', first.index, first.term)
  if (first.index > lastIndex + 1) throw refuse('its entries leave a gap', { firstIndex: first.index, lastIndex })
  if (first.index <= markIndex)
    throw refuse('its entries are covered by the snapshot', { firstIndex: first.index, markIndex })
  if (first.index <= commit)
    throw refuse('its entries would replace committed ones', { firstIndex: first.index, commit })
  let previousTerm = termBefore(first.index - 1)
  let expectedIndex = first.index
  for (const { index, term, data } of entries) {
    checkIdentifiers('an entry', index, term)
    if (index !== expectedIndex) throw refuse('its entries do not follow each other', { index, expectedIndex })
    if (term < previousTerm)
      throw refuse('the term of an entry is below that of the one before', { index, term, previousTerm })
    if (data.length > MAX_PAYLOAD_BYTES)
      throw refuse('an entry is too long', { index, bytes: data.length, maxBytes: MAX_PAYLOAD_BYTES })
    previousTerm = term
    expectedIndex += 1
  }
  return expectedIndex - 1
}

function checkHardState(current: HardState, next: HardState): void {
  checkIdentifiers('the hard state', next.commit, next.term)
  if (!Number.isSafeInteger(next.vote) || next.vote < 0)
    throw refuse('the vote must be a safe integer of 0 or more', { vote: next.vote })
  if (next.term < current.term) throw refuse('the term goes back', { term: next.term, currentTerm: current.term })
  if (next.commit < current.commit)
    throw refuse('the commit index goes back', { commit: next.commit, currentCommit: current.commit })
  if (next.term === current.term && current.vote !== 0 && next.vote !== current.vote) {
    throw refuse('there is a vote in this term already', {
      term: next.term,
      vote: next.vote,
      currentVote: current.vote,
    })
  }
}
