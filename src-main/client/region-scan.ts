import { SandboxError } from '../base/sandbox-error'
import { errnoOf } from '../rpc/dingo-error'
import { Errno } from '../rpc/generated/dingodb/error_pb'
import type { ClientCore } from './client-core'
import type { OperationOptions } from './deadline'
import { nextKey } from './key-bytes'
import type { KeyRange } from './key-range'
import { holdsKey } from './key-range'
import type { KeyValue } from './kv-client'
import type { RegionCursor } from './region-cursor'
import { openRegionCursor } from './region-cursor'
import { reactionTo } from './retry-policy'

/** How to scan. `timeoutMs` holds for each step of the scan, not for all of it. */
export interface ScanOptions extends OperationOptions {
  /** Leaves the values empty. */
  readonly keysOnly?: boolean | undefined
  /** Pairs that one call brings, 1 to 1,000. Default 1,000. */
  readonly pageSize?: number | undefined
  /** Ends after this many pairs. Default: never. */
  readonly limit?: number | undefined
  /** Reads versions that are not newer than this timestamp of the TSO: then all regions show one moment. Default: the newest. */
  readonly timestamp?: bigint | undefined
}

/** So many breaks of a scan without a single pair between them mean that going on is in vain. */
const MAX_BREAKS_WITHOUT_PROGRESS = 5

/**
 * The pairs of a range, region after region. Each region is read through a cursor that its leader keeps; where the cursor
 * is lost (the leader changed, the region split or moved, the store restarted) the scan goes on behind the last pair.
 */
export async function* scanRegions(
  core: ClientCore,
  range: KeyRange,
  options: ScanOptions,
): AsyncGenerator<KeyValue, void, undefined> {
  let { startKey } = range
  let left = options.limit ?? Infinity
  let breaks = 0
  while (left > 0) {
    const deadline = core.deadline(options)
    const firstKey = await core.firstHeldKey({ startKey, endKey: range.endKey }, deadline)
    if (firstKey === undefined) return
    startKey = firstKey
    let cursor: RegionCursor
    try {
      const rest = { startKey, endKey: range.endKey }
      cursor = await openRegionCursor(core, rest, { ...options, limit: left }, deadline)
    } catch (thrown) {
      // A region that was known from before is gone: now that this is known, the look-up finds what is behind it.
      if (!SandboxError.is(thrown, 'CLIENT_NO_REGION') || ++breaks > MAX_BREAKS_WITHOUT_PROGRESS) throw thrown
      continue
    }
    try {
      for (let page = cursor.firstPage; page !== undefined; page = await cursor.nextPage(core.deadline(options))) {
        for (const pair of page) {
          yield pair
          breaks = 0
          startKey = nextKey(pair.key)
          if (--left <= 0) return
        }
      }
      startKey = cursor.endKey
      if (!holdsKey({ startKey: range.startKey, endKey: range.endKey }, startKey)) return
    } catch (thrown) {
      if (!isLostCursor(thrown) || ++breaks > MAX_BREAKS_WITHOUT_PROGRESS) throw thrown
    } finally {
      await release(cursor)
    }
  }
}

/** Whether a new cursor, opened by way of the region's present leader, can go on where this one broke off. */
function isLostCursor(thrown: unknown): boolean {
  const errno = errnoOf(thrown)
  if (errno === undefined) {
    return SandboxError.is(thrown, 'RPC_UNAVAILABLE') || SandboxError.is(thrown, 'RPC_DEADLINE_EXCEEDED')
  }
  return errno === Errno.ESCAN_NOTFOUND || reactionTo(errno) !== 'fail'
}

async function release(cursor: RegionCursor): Promise<void> {
  try {
    await cursor.release()
  } catch {
    // A cursor that could not be released ends by itself when nobody asks for it any more.
  }
}
