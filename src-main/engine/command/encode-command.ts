import type { RegionEpoch } from '../engine-context'
import type { WriteDatum } from '../write-data'
import { bodies, bodyLength, expiryOf, writeBody } from './datum-layout'
import { bytesFieldLength, varint64Length, varintLength, varintTag, WireWriter } from './wire-writer'

// The fields of raft.proto: RaftCmdRequest, RequestHeader, Request.
const HEADER_FIELD = 1
const REQUESTS_FIELD = 2
const REGION_ID_FIELD = 1
const EPOCH_FIELD = 2
const CONF_VERSION_FIELD = 1
const VERSION_FIELD = 2
const TYPE_FIELD = 1
const TS_FIELD = 2
const TTL_FIELD = 3

/** What a command is made of. */
export interface CommandSource {
  readonly regionId: number
  readonly epoch: RegionEpoch
  /** The timestamp of all that is written. */
  readonly ts: bigint
  readonly datums: readonly WriteDatum[]
}

/**
 * A change of a region as the payload of a log entry (GenRaftCmdRequest): RaftCmdRequest of raft.proto, written straight
 * into one buffer. Puts carry keys and values as they are stored; what depends on what is there carries plain ones and is
 * decided when it is applied.
 */
export function encodeCommand({ regionId, epoch, ts, datums }: CommandSource): Uint8Array {
  const epochLength =
    varintFieldLength(CONF_VERSION_FIELD, epoch.confVersion) + varintFieldLength(VERSION_FIELD, epoch.version)
  const headerLength = varintFieldLength(REGION_ID_FIELD, regionId) + bytesFieldLength(EPOCH_FIELD, epochLength)
  const bodyLengths = datums.map(bodyLength)
  const tsLength = ts === 0n ? 0 : varintLength(varintTag(TS_FIELD)) + varint64Length(ts)
  const requestLengths = datums.map((datum, position) => {
    const { type, field } = bodies[datum.kind]
    const fixed = varintFieldLength(TYPE_FIELD, type) + tsLength + varintFieldLength(TTL_FIELD, expiryOf(datum))
    return fixed + bytesFieldLength(field, bodyLengths[position] as number)
  })
  let length = bytesFieldLength(HEADER_FIELD, headerLength)
  for (const requestLength of requestLengths) length += bytesFieldLength(REQUESTS_FIELD, requestLength)

  const writer = new WireWriter(length)
  writer.beginField(HEADER_FIELD, headerLength)
  writer.varintField(REGION_ID_FIELD, regionId)
  writer.beginField(EPOCH_FIELD, epochLength)
  writer.varintField(CONF_VERSION_FIELD, epoch.confVersion)
  writer.varintField(VERSION_FIELD, epoch.version)
  for (const [position, datum] of datums.entries()) {
    const { type, field } = bodies[datum.kind]
    writer.beginField(REQUESTS_FIELD, requestLengths[position] as number)
    writer.varintField(TYPE_FIELD, type)
    if (ts !== 0n) {
      writer.varint(varintTag(TS_FIELD))
      writer.varint64(ts)
    }
    writer.varintField(TTL_FIELD, expiryOf(datum))
    writer.beginField(field, bodyLengths[position] as number)
    writeBody(writer, datum, ts)
  }
  return writer.bytes
}

function varintFieldLength(field: number, value: number): number {
  return value === 0 ? 0 : varintLength(varintTag(field)) + varintLength(value)
}
