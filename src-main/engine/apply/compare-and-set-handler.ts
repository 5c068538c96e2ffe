import { dingoError } from '../../rpc/dingo-error'
import { Errno } from '../../rpc/generated/dingodb/error_pb'
import type { CompareAndSetCommand } from '../command/command'
import { timestampWallMs } from '../mvcc/timestamp'
import { compareBytes } from '../raw/key-range'
import type { ApplyHandler, HandlerResult } from './apply-handler'
import type { PendingChanges } from './pending-changes'

/**
 * COMPAREANDSET: sets keys that have the expected value. Empty, the expected value says that the key is not there, and the
 * new one deletes it. With `isAtomic` all are set or none, and a key that is not there although a value is expected is an
 * error, not a state.
 */
export const compareAndSetHandler: ApplyHandler<CompareAndSetCommand> = {
  keysRead: ({ entries }) => entries.map(({ key }) => key),
  apply: (request, changes) => (request.isAtomic ? setAll(request, changes) : setEach(request, changes)),
}

function setEach(request: CompareAndSetCommand, changes: PendingChanges): HandlerResult {
  const nowMs = timestampWallMs(request.ts)
  return request.entries.map(({ key }, position) => {
    const isExpected = compare(changes.valueOf(key, nowMs), expectedAt(request, position)) === 'equal'
    if (isExpected) set(request, position, changes)
    return isExpected
  })
}

function setAll(request: CompareAndSetCommand, changes: PendingChanges): HandlerResult {
  const { entries } = request
  const nowMs = timestampWallMs(request.ts)
  for (const [position, { key }] of entries.entries()) {
    const outcome = compare(changes.valueOf(key, nowMs), expectedAt(request, position))
    if (outcome === 'equal') continue
    if (outcome === 'different') return entries.map(() => false)
    const message = `Key ${String(position + 1)} of ${String(entries.length)} of an atomic compare-and-set is not there, but a value was expected: nothing was set.`
    return { refusedWith: dingoError(Errno.EKEY_NOT_FOUND, message, { details: { position } }) }
  }
  for (const position of entries.keys()) set(request, position, changes)
  return entries.map(() => true)
}

function compare(current: Uint8Array | undefined, expected: Uint8Array): 'equal' | 'different' | 'missing' {
  if (current === undefined) return expected.length === 0 ? 'equal' : 'missing'
  return expected.length > 0 && compareBytes(current, expected) === 0 ? 'equal' : 'different'
}

function set(request: CompareAndSetCommand, position: number, changes: PendingChanges): void {
  const entry = request.entries[position]
  if (entry === undefined) return
  if (entry.value.length === 0) changes.delete(entry.key, request)
  else changes.put(entry.key, entry.value, request)
}

const nothing = new Uint8Array(0)

/** An expected value that a log entry lacks counts as empty. */
function expectedAt({ expectedValues }: CompareAndSetCommand, position: number): Uint8Array {
  return expectedValues[position] ?? nothing
}
