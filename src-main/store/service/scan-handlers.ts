import type { PlainRange } from '../../engine/write-data'
import { dingoError } from '../../rpc/dingo-error'
import type { RangeWithOptions } from '../../rpc/generated/dingodb/common_pb'
import { Errno } from '../../rpc/generated/dingodb/error_pb'
import type { Context } from '../../rpc/generated/dingodb/store_pb'
import type { ScanPage, ScanSession } from '../scan/scan-session'
import type { ScanId, ScanSessions } from '../scan/scan-sessions'
import { storageContext } from '../storage/storage'
import { checkRange, checkRangeInRegion, intersection, plainRangeOf } from './range-checks'
import type { KeyHandlerContext } from './read-handlers'
import { versionOf } from './read-handlers'
import type { RegionCall } from './region-handler'
import { regionHandler } from './region-handler'
import { checkEpoch, checkNotNegative, checkState } from './request-checks'

/** What a scan begins with, in both versions of the protocol. */
interface BeginRequest {
  readonly context?: Context | undefined
  readonly range?: RangeWithOptions | undefined
  readonly maxFetchCnt: bigint
  readonly keyOnly: boolean
  readonly disableAutoRelease: boolean
  readonly ts: bigint
}

/**
 * The handlers of scans. The first request proves that it may answer and takes a view of the region as it is; the others are
 * served from that view, while the region keeps its epoch.
 */
export function scanHandlers(context: KeyHandlerContext & { readonly scans: ScanSessions }) {
  const { storage, locations, settings, scans } = context

  /** @returns the part of the range that is in the region; undefined if there is none: then there is nothing to scan */
  function checkBegin({ region }: RegionCall, request: BeginRequest): PlainRange | undefined {
    const asked = plainRangeOf(request.range)
    checkEpoch(region, request.context?.regionEpoch, locations)
    checkNotNegative(request.ts, 'ts')
    checkNotNegative(request.maxFetchCnt, 'max_fetch_cnt')
    if (!checkRange(asked)) return undefined
    checkRangeInRegion(region, region.range, asked)
    checkState(region)
    return intersection(asked, region.range)
  }

  async function begin(call: RegionCall, request: BeginRequest, id: ScanId, range: PlainRange): Promise<ScanPage> {
    const { region, signal } = call
    const stored = storageContext(region, settings.readMode, signal)
    const { regionId, epoch } = stored
    const session = scans.open(id, { regionId, epoch, releasesItself: !request.disableAutoRelease })
    try {
      const reader = await storage.newReader(stored)
      await session.attach(reader.scan({ range, ts: versionOf(request.ts), keysOnly: request.keyOnly }))
      return await session.fetch(Number(request.maxFetchCnt), false)
    } catch (thrown) {
      scans.discard(id, session)
      throw thrown
    }
  }

  function findForContinue(
    { region }: RegionCall,
    request: { readonly context?: Context | undefined; readonly maxFetchCnt: bigint },
    id: ScanId,
  ): ScanSession {
    checkEpoch(region, request.context?.regionEpoch, locations)
    checkScanId(id)
    checkFetchCount(request.maxFetchCnt)
    checkState(region)
    return scans.find(region.id, region.epoch, id)
  }

  function release({ region }: RegionCall, request: { readonly context?: Context | undefined }, id: ScanId): void {
    checkEpoch(region, request.context?.regionEpoch, locations)
    checkScanId(id)
    scans.release(region.id, id)
  }

  return {
    kvScanBegin: regionHandler('kvScanBegin', context, {
      kind: 'read',
      async answer(request, call) {
        const range = checkBegin(call, request)
        if (request.coprocessor !== undefined && !request.disableCoprocessor) throw noCoprocessor()
        if (range === undefined) return {}
        const scanId = scans.makeId()
        const { kvs } = await begin(call, request, scanId, range)
        return { scanId, kvs: [...kvs] }
      },
    }),

    kvScanContinue: regionHandler('kvScanContinue', context, {
      kind: 'read',
      async answer(request, call) {
        const session = findForContinue(call, request, request.scanId)
        const { kvs } = await session.fetch(Number(request.maxFetchCnt), false)
        return { kvs: [...kvs] }
      },
    }),

    kvScanRelease: regionHandler('kvScanRelease', context, {
      kind: 'read',
      answer(request, call) {
        release(call, request, request.scanId)
        return Promise.resolve({})
      },
    }),

    kvScanBeginV2: regionHandler('kvScanBeginV2', context, {
      kind: 'read',
      async answer(request, call) {
        const { scanId } = request
        const range = checkBegin(call, request)
        checkScanId(scanId)
        if (request.coprocessor !== undefined) throw noCoprocessor()
        if (range === undefined) return { scanId }
        const { kvs } = await begin(call, request, scanId, range)
        return { scanId, kvs: [...kvs] }
      },
    }),

    kvScanContinueV2: regionHandler('kvScanContinueV2', context, {
      kind: 'read',
      async answer(request, call) {
        const session = findForContinue(call, request, request.scanId)
        const { kvs, hasMore } = await session.fetch(Number(request.maxFetchCnt), true)
        return { kvs: [...kvs], hasMore }
      },
    }),

    kvScanReleaseV2: regionHandler('kvScanReleaseV2', context, {
      kind: 'read',
      answer(request, call) {
        release(call, request, request.scanId)
        return Promise.resolve({})
      },
    }),
  }
}

/** @throws SandboxError DINGODB_ERROR EILLEGAL_PARAMTETERS */
function checkScanId(id: ScanId): void {
  if (typeof id === 'bigint' ? id > 0n : id.length > 0) return
  const message =
    typeof id === 'bigint'
      ? `The request has the scan_id ${String(id)}: clients choose one above 0.`
      : 'The request has no scan_id: give the one that KvScanBegin answered.'
  throw dingoError(Errno.EILLEGAL_PARAMTETERS, message)
}

/** @throws SandboxError DINGODB_ERROR EKEY_EMPTY for 0, which is DingoDB's own code for it; EILLEGAL_PARAMTETERS below */
function checkFetchCount(count: bigint): void {
  if (count === 0n) {
    const message = 'The request has max_fetch_cnt 0: ask for at least one row.'
    throw dingoError(Errno.EKEY_EMPTY, message)
  }
  checkNotNegative(count, 'max_fetch_cnt')
}

function noCoprocessor(): Error {
  const message = 'Coprocessors are not served here: set disable_coprocessor, and filter the rows yourself.'
  return dingoError(Errno.ENOT_SUPPORT, message)
}
