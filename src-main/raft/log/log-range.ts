import { SandboxError } from '../../base/sandbox-error'
import type { Entry } from '../core/model/entry'

/** The error for entries that were cut off. */
export function compacted(index: number, firstIndex: number): SandboxError {
  const message = `Entry ${String(index)} of the Raft log was applied and cut off; the log starts at ${String(firstIndex)}. Send a snapshot, or read the state.`
  return new SandboxError('RAFT_LOG_COMPACTED', message, { details: { index, firstIndex } })
}

/** The error for entries that are not there yet. */
export function outOfRange(index: number, lastIndex: number): SandboxError {
  const message = `Entry ${String(index)} is not in the Raft log, which ends at ${String(lastIndex)}.`
  return new SandboxError('RAFT_LOG_OUT_OF_RANGE', message, { details: { index, lastIndex } })
}

/** Checks that `[low, high)` lies in the log. @throws SandboxError RAFT_LOG_COMPACTED, RAFT_LOG_OUT_OF_RANGE, INVALID_ARGUMENT */
export function checkRange(low: number, high: number, firstIndex: number, lastIndex: number): void {
  if (low > high) {
    const message = `The range of entries from ${String(low)} to ${String(high)} ends before it starts.`
    throw new SandboxError('INVALID_ARGUMENT', message, { details: { low, high } })
  }
  if (low < firstIndex) throw compacted(low, firstIndex)
  if (high > lastIndex + 1) throw outOfRange(high - 1, lastIndex)
}

/** @throws SandboxError INVALID_ARGUMENT */
export function checkSuffixCut(lastIndexToKeep: number, markIndex: number, commit: number): void {
  if (Number.isSafeInteger(lastIndexToKeep) && lastIndexToKeep >= markIndex && lastIndexToKeep >= commit) return
  const message = `The Raft log cannot be cut behind entry ${String(lastIndexToKeep)}: entries up to ${String(Math.max(markIndex, commit))} are committed.`
  throw new SandboxError('INVALID_ARGUMENT', message, { details: { lastIndexToKeep, markIndex, commit } })
}

/** @throws SandboxError INVALID_ARGUMENT, RAFT_LOG_OUT_OF_RANGE */
export function checkPrefixCut(lastIndexToDrop: number, lastIndex: number): void {
  if (!Number.isSafeInteger(lastIndexToDrop)) {
    throw new SandboxError(
      'INVALID_ARGUMENT',
      `The Raft log cannot be cut before ${String(lastIndexToDrop)}: an index is a safe integer.`,
    )
  }
  if (lastIndexToDrop > lastIndex) throw outOfRange(lastIndexToDrop, lastIndex)
}

/** As many of the entries as fit into `maxBytes` of data, but at least one. */
export function limitBytes(entries: readonly Entry[], maxBytes: number): readonly Entry[] {
  let bytes = 0
  for (const [position, entry] of entries.entries()) {
    bytes += entry.data.length
    if (bytes > maxBytes && position > 0) return entries.slice(0, position)
  }
  return entries
}
