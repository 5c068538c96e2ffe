import type { MessageInitShape } from '@bufbuild/protobuf'
import type { EngineReader, StoredVersion } from '../../engine/engine-reader'
import type { PlainRange } from '../../engine/write-data'
import { dingoError } from '../../rpc/dingo-error'
import type { DumpRegionRequest, DumpRegionResponse_KVSchema } from '../../rpc/generated/dingodb/debug_pb'
import { DumpRegionResponse_ValueFlag as Flag } from '../../rpc/generated/dingodb/debug_pb'
import { Errno } from '../../rpc/generated/dingodb/error_pb'
import { toNumber } from '../../rpc/int64'
import type { StoreRegion } from '../region/store-region'
import { intersection } from '../service/range-checks'
import type { Storage } from '../storage/storage'
import { storageContext } from '../storage/storage'

/** Most versions of one answer, also where the request asks for more or for none. */
export const MAX_DUMPED_VERSIONS = 1000
/** About how many bytes of keys and values one answer has; what is behind them is asked for with an offset. */
const MAX_DUMPED_BYTES = 16 * 1024 * 1024
/** The first look, from which it is known how many more fit. */
const FIRST_VERSIONS = 16

const flags: Readonly<Record<StoredVersion['kind'], Flag>> = {
  put: Flag.PUT,
  'put-with-ttl': Flag.PUT_WITH_TTL,
  delete: Flag.DELETE,
}

/**
 * The stored versions of a region as this replica has them, newest first within a key, whether it leads or not. Fewer than asked
 * for at the end, or where the answer would grow beyond 16 MiB.
 *
 * @throws SandboxError DINGODB_ERROR EILLEGAL_PARAMTETERS, and what the engine throws
 */
export async function dumpRegion(
  storage: Storage,
  region: StoreRegion,
  request: DumpRegionRequest,
): Promise<Array<MessageInitShape<typeof DumpRegionResponse_KVSchema>>> {
  const offset = toNumber(request.offset, 'The offset')
  const asked = toNumber(request.limit, 'The limit')
  if (offset < 0 || asked < 0) {
    const message = `The dump has offset ${String(offset)} and limit ${String(asked)}: both are 0 or more.`
    throw dingoError(Errno.EILLEGAL_PARAMTETERS, message)
  }
  const range = rangeToDump(region, request)
  if (range === undefined) return []
  const limit = asked === 0 ? MAX_DUMPED_VERSIONS : Math.min(asked, MAX_DUMPED_VERSIONS)
  const reader = await storage.newReader(storageContext(region, 'local'))
  return (await readVersions(reader, range, offset, limit)).map(toMessage)
}

/** The asked part of the region, or all of it. */
function rangeToDump(region: StoreRegion, { range }: DumpRegionRequest): PlainRange | undefined {
  if (range === undefined || (range.startKey.length === 0 && range.endKey.length === 0)) return region.range
  const endKey = range.endKey.length === 0 ? region.range.endKey : range.endKey
  return intersection({ startKey: range.startKey, endKey }, region.range)
}

/** In looks that are as long as what was seen so far lets expect to fit: values may be large. */
async function readVersions(
  reader: EngineReader,
  range: PlainRange,
  offset: number,
  limit: number,
): Promise<readonly StoredVersion[]> {
  const versions: StoredVersion[] = []
  let bytes = 0
  let next = Math.min(FIRST_VERSIONS, limit)
  while (next > 0) {
    const found = await reader.versions(range, { offset: offset + versions.length, limit: next })
    for (const version of found) {
      bytes += version.key.length + version.value.length
      versions.push(version)
    }
    if (found.length < next || bytes >= MAX_DUMPED_BYTES) break
    const fitting = Math.max(1, Math.floor(((MAX_DUMPED_BYTES - bytes) * versions.length) / Math.max(bytes, 1)))
    next = Math.min(limit - versions.length, fitting)
  }
  return versions
}

function toMessage(version: StoredVersion): MessageInitShape<typeof DumpRegionResponse_KVSchema> {
  const { key, value, ts, kind, expiresAtMs } = version
  return { key, value, ts, flag: flags[kind], ttl: BigInt(expiresAtMs ?? 0) }
}
