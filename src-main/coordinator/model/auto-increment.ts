import { create } from '@bufbuild/protobuf'
import { dingoError } from '../../rpc/dingo-error'
import type { IdEpochInternal } from '../../rpc/generated/dingodb/coordinator_internal_pb'
import { IdEpochInternalSchema } from '../../rpc/generated/dingodb/coordinator_internal_pb'
import { Errno } from '../../rpc/generated/dingodb/error_pb'
import type { MetaDraft } from '../meta/meta-draft'
import { autoIncrements } from '../meta/meta-table'
import type { MetaView } from '../meta/meta-view'

/** Values handed out by one call, at most. */
const MAX_COUNT = 100_000n
const MAX_VALUE = (1n << 63n) - 1n

/** The row that says which value comes next. */
export function autoIncrementRow(tableId: number, next: bigint): IdEpochInternal {
  return create(IdEpochInternalSchema, { id: BigInt(tableId), value: next })
}

/** The next value. @throws SandboxError DINGODB_ERROR EAUTO_INCREMENT_NOT_FOUND */
export function requireAutoIncrement(view: MetaView, tableId: number): bigint {
  const row = view.get(autoIncrements, tableId)
  if (row !== undefined) return row.value
  throw dingoError(Errno.EAUTO_INCREMENT_NOT_FOUND, `The table ${String(tableId)} has no auto-increment.`)
}

/** @throws SandboxError DINGODB_ERROR EAUTO_INCREMENT_EXIST, EILLEGAL_PARAMTETERS */
export function createAutoIncrement(draft: MetaDraft, tableId: number, start: bigint): void {
  if (draft.get(autoIncrements, tableId) !== undefined) {
    throw dingoError(Errno.EAUTO_INCREMENT_EXIST, `The table ${String(tableId)} has an auto-increment already.`)
  }
  draft.put(autoIncrements, tableId, autoIncrementRow(tableId, requirePositive(start, 'The first value')))
}

/**
 * @param isForced also back to smaller values, which are then handed out again
 * @throws SandboxError DINGODB_ERROR EAUTO_INCREMENT_NOT_FOUND, EILLEGAL_PARAMTETERS
 */
export function updateAutoIncrement(draft: MetaDraft, tableId: number, start: bigint, isForced: boolean): void {
  const current = requireAutoIncrement(draft, tableId)
  const next = requirePositive(start, 'The next value')
  if (!isForced && next < current) {
    const message = `The next value of table ${String(tableId)} is ${String(current)}; going back to ${String(next)} must be forced.`
    throw dingoError(Errno.EILLEGAL_PARAMTETERS, message)
  }
  draft.put(autoIncrements, tableId, autoIncrementRow(tableId, next))
}

/** Which values are asked for: `count` ones that are `offset` modulo `increment`. */
export interface AutoIncrementRequest {
  readonly count: bigint
  /** 0 for 1. */
  readonly increment: number
  /** 0 for 1. */
  readonly offset: number
}

/**
 * Hands out values.
 *
 * @returns the first value, and the value behind the last one
 * @throws SandboxError DINGODB_ERROR EAUTO_INCREMENT_NOT_FOUND, EILLEGAL_PARAMTETERS
 */
export function generateAutoIncrement(
  draft: MetaDraft,
  tableId: number,
  request: AutoIncrementRequest,
): { readonly startId: bigint; readonly endId: bigint } {
  const next = requireAutoIncrement(draft, tableId)
  const count = requirePositive(request.count, 'The number of values')
  if (count > MAX_COUNT) {
    throw dingoError(Errno.EILLEGAL_PARAMTETERS, `At most ${String(MAX_COUNT)} values can be asked for at once.`)
  }
  const increment = BigInt(Math.max(1, request.increment))
  const offset = BigInt(Math.max(1, request.offset)) % increment
  const startId = next + ((((offset - next) % increment) + increment) % increment)
  const endId = startId + count * increment
  if (endId > MAX_VALUE)
    throw dingoError(Errno.EILLEGAL_PARAMTETERS, `The values of table ${String(tableId)} are used up.`)
  draft.put(autoIncrements, tableId, autoIncrementRow(tableId, endId))
  return { startId, endId }
}

function requirePositive(value: bigint, what: string): bigint {
  if (value > 0n) return value
  throw dingoError(Errno.EILLEGAL_PARAMTETERS, `${what} must be positive, not ${String(value)}.`)
}
