import { errnoOf } from '../rpc/dingo-error'
import { Errno } from '../rpc/generated/dingodb/error_pb'
import { StoreService } from '../rpc/generated/dingodb/store_pb'
import type { ClientCore } from './client-core'
import type { Deadline } from './deadline'
import { smallerKey } from './key-bytes'
import type { KeyRange } from './key-range'
import type { KeyValue } from './kv-client'
import type { RegionRoute } from './region-route'
import type { ScanOptions } from './region-scan'
import { checked } from './response-status'

/** A cursor over one region's part of a range, kept by the store that leads the region. */
export interface RegionCursor {
  /** Where the region's part of the range ends. */
  readonly endKey: Uint8Array
  readonly firstPage: readonly KeyValue[] | undefined
  /** The next pairs; undefined at the end. @throws SandboxError as a single call does */
  nextPage(deadline: Deadline): Promise<readonly KeyValue[] | undefined>
  /** Lets the store forget the cursor, unless it ended by itself. */
  release(): Promise<void>
}

/** A store brings no more pairs at once, whatever it is asked for. */
const MAX_PAGE_SIZE = 1_000
/** Long enough for a store that is well; nobody waits for the rest. */
const RELEASE_TIMEOUT_MS = 1_000

/** Opens a cursor at the start of the range, by the newer protocol of scans if the store has it, else by the older. */
export async function openRegionCursor(
  core: ClientCore,
  range: KeyRange,
  options: ScanOptions,
  deadline: Deadline,
): Promise<RegionCursor> {
  if (core.scanVersion === 1) return openVersion1(core, range, options, deadline)
  try {
    return await openVersion2(core, range, options, deadline)
  } catch (thrown) {
    if (errnoOf(thrown) !== Errno.ENOT_SUPPORT) throw thrown
    core.scanVersion = 1
    return openVersion1(core, range, options, deadline)
  }
}

async function openVersion2(
  core: ClientCore,
  range: KeyRange,
  options: ScanOptions,
  deadline: Deadline,
): Promise<RegionCursor> {
  const service = StoreService.method
  const maxFetchCnt = pageSizeOf(options)
  let scanId = 0n
  const { response, route, address } = await core.caller.call(
    {
      method: service.kvScanBeginV2,
      key: range.startKey,
      effect: 'read',
      request: (context, current) => ({
        // The client chooses the id, and a new one at each try: a lost answer may have left a cursor behind.
        scanId: (scanId = newScanId(core)),
        context,
        range: rangeIn(range, current),
        maxFetchCnt,
        keyOnly: options.keysOnly ?? false,
        disableAutoRelease: false,
        ts: options.timestamp ?? 0n,
      }),
    },
    deadline,
  )
  const channel = core.channels.to(address)
  const context = contextOf(route)
  let open = response.kvs.length > 0
  return {
    endKey: smallerKey(range.endKey, route.endKey),
    firstPage: open ? response.kvs : undefined,
    async nextPage(pageDeadline) {
      if (!open) return undefined
      const request = { context, scanId, maxFetchCnt }
      const answer = await channel.unary(service.kvScanContinueV2, request, pageDeadline.callOptions())
      const page = checked(answer)
      open = page.hasMore
      return page.kvs.length > 0 || open ? page.kvs : undefined
    },
    async release() {
      if (!open) return
      open = false
      const answer = await channel.unary(
        service.kvScanReleaseV2,
        { context, scanId },
        { timeoutMs: RELEASE_TIMEOUT_MS },
      )
      checked(answer)
    },
  }
}

async function openVersion1(
  core: ClientCore,
  range: KeyRange,
  options: ScanOptions,
  deadline: Deadline,
): Promise<RegionCursor> {
  const service = StoreService.method
  const maxFetchCnt = pageSizeOf(options)
  const { response, route, address } = await core.caller.call(
    {
      method: service.kvScanBegin,
      key: range.startKey,
      effect: 'read',
      request: (context, current) => ({
        context,
        range: rangeIn(range, current),
        // Some stores bring nothing at the beginning, whatever they are asked for: so nothing is asked for.
        maxFetchCnt: 0n,
        keyOnly: options.keysOnly ?? false,
        disableAutoRelease: true,
        disableCoprocessor: true,
        ts: options.timestamp ?? 0n,
      }),
    },
    deadline,
  )
  const { scanId } = response
  const channel = core.channels.to(address)
  const context = contextOf(route)
  let released = false
  return {
    endKey: smallerKey(range.endKey, route.endKey),
    firstPage: response.kvs,
    async nextPage(pageDeadline) {
      const request = { context, scanId, maxFetchCnt }
      const answer = await channel.unary(service.kvScanContinue, request, pageDeadline.callOptions())
      const page = checked(answer)
      return page.kvs.length > 0 ? page.kvs : undefined
    },
    async release() {
      if (released) return
      released = true
      const answer = await channel.unary(service.kvScanRelease, { context, scanId }, { timeoutMs: RELEASE_TIMEOUT_MS })
      checked(answer)
    },
  }
}

const pageSizeOf = ({ pageSize, limit }: ScanOptions): bigint =>
  BigInt(Math.max(1, Math.min(pageSize ?? MAX_PAGE_SIZE, MAX_PAGE_SIZE, limit ?? Infinity)))

const contextOf = ({ regionId, confVersion, version }: RegionRoute) => ({
  regionId: BigInt(regionId),
  regionEpoch: { confVersion, version },
})

const rangeIn = (range: KeyRange, route: RegionRoute) => ({
  range: { startKey: range.startKey, endKey: smallerKey(range.endKey, route.endKey) },
  withStart: true,
  withEnd: false,
})

/** 63 random bits: cursors of different clients must not meet. */
const newScanId = ({ random }: ClientCore): bigint => (BigInt(random.uint32() >>> 1) << 32n) | BigInt(random.uint32())
