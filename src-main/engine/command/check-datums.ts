import { dingoError } from '../../rpc/dingo-error'
import { Errno } from '../../rpc/generated/dingodb/error_pb'
import { MAX_PLAIN_KEY_BYTES } from '../mvcc/key-codec'
import { compareBytes } from '../raw/key-range'
import { rawEngineLimits } from '../raw/limits'
import type { KeyValue, WriteDatum } from '../write-data'

/** Room for time of expiry and flag. */
const MAX_PLAIN_VALUE_BYTES = rawEngineLimits.maxValueBytes - 16

/**
 * Refuses what no replica could apply. It must be found here: an entry that cannot be applied ends the node.
 *
 * @throws SandboxError DINGODB_ERROR EKEY_EMPTY, EILLEGAL_PARAMTETERS, ERANGE_INVALID
 */
export function checkDatums(datums: readonly WriteDatum[]): void {
  for (const datum of datums) {
    if (datum.kind === 'delete-batch') for (const key of datum.keys) checkKey(key)
    else if (datum.kind === 'delete-range') for (const range of datum.ranges) checkBounds(range.startKey, range.endKey)
    else {
      for (const entry of datum.entries) checkEntry(entry)
      if (datum.kind === 'compare-and-set' && datum.expectedValues.length !== datum.entries.length) {
        const counts = `${String(datum.entries.length)} keys and ${String(datum.expectedValues.length)} expected values`
        const message = `A compare-and-set has ${counts}: give one expected value for each key.`
        throw dingoError(Errno.EILLEGAL_PARAMTETERS, message)
      }
    }
  }
}

function checkEntry({ key, value }: KeyValue): void {
  checkKey(key)
  if (value.length <= MAX_PLAIN_VALUE_BYTES) return
  const message = `A value has ${String(value.length)} bytes, at most ${String(MAX_PLAIN_VALUE_BYTES)} are taken: split it.`
  throw dingoError(Errno.EILLEGAL_PARAMTETERS, message, { details: { bytes: value.length } })
}

function checkKey(key: Uint8Array): void {
  if (key.length > 0 && key.length <= MAX_PLAIN_KEY_BYTES) return
  if (key.length === 0) throw dingoError(Errno.EKEY_EMPTY, 'A key is empty: give it at least one byte.')
  const message = `A key has ${String(key.length)} bytes, at most ${String(MAX_PLAIN_KEY_BYTES)} are taken: shorten it.`
  throw dingoError(Errno.EILLEGAL_PARAMTETERS, message, { details: { bytes: key.length } })
}

function checkBounds(startKey: Uint8Array, endKey: Uint8Array): void {
  checkKey(startKey)
  checkKey(endKey)
  if (compareBytes(startKey, endKey) <= 0) return
  throw dingoError(Errno.ERANGE_INVALID, 'A range to delete ends before it starts: exchange its bounds.')
}
