import { BinaryReader, WireType } from '@bufbuild/protobuf/wire'
import { SandboxError } from '../../base/sandbox-error'
import { CmdType } from '../../rpc/generated/dingodb/raft_pb'
import type { RegionEpoch } from '../engine-context'
import { defaultColumnFamily } from '../raw/column-family'
import type { Command, CommandEntry, CommandRequest } from './command'

const noBytes = new Uint8Array(0)

/** The families of bodies, which differ in what their second to fourth fields mean. */
interface RequestBody {
  columnFamily: string
  entries: CommandEntry[]
  keys: Uint8Array[]
  /** Field 3 of a put-if-absent, field 4 of a compare-and-set. */
  isAtomic: boolean
  expectedValues: Uint8Array[]
}

/**
 * The payload of a log entry as a command. The arrays in it are parts of `bytes`. Reads by hand what raft.proto describes,
 * because every replica does it for every write; a test holds it against the generated types.
 *
 * @throws SandboxError RAFT_STATE_MACHINE_FAILED for a command that is unknown, which must not be passed over, or damaged
 */
export function decodeCommand(bytes: Uint8Array): Command {
  try {
    return readCommand(new BinaryReader(bytes))
  } catch (thrown) {
    if (SandboxError.is(thrown)) throw thrown
    const reason = thrown instanceof Error ? thrown.message : String(thrown)
    const message = `A log entry of ${String(bytes.length)} bytes is no RaftCmdRequest (${reason}): it was not written by an engine, or is damaged.`
    throw new SandboxError('RAFT_STATE_MACHINE_FAILED', message, { cause: thrown })
  }
}

function readCommand(reader: BinaryReader): Command {
  let regionId = 0
  let epoch: RegionEpoch = { confVersion: 0, version: 0 }
  const requests: CommandRequest[] = []
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag()
    if (field === 1 && wireType === WireType.LengthDelimited) {
      const end = messageEnd(reader)
      while (reader.pos < end) {
        const [headerField, headerType] = reader.tag()
        if (headerField === 1) regionId = Number(reader.int64())
        else if (headerField === 2) epoch = readEpoch(reader)
        else reader.skip(headerType, headerField)
      }
    } else if (field === 2 && wireType === WireType.LengthDelimited) requests.push(readRequest(reader))
    else reader.skip(wireType, field)
  }
  return { regionId, epoch, requests }
}

function readEpoch(reader: BinaryReader): RegionEpoch {
  let confVersion = 0
  let version = 0
  const end = messageEnd(reader)
  while (reader.pos < end) {
    const [field, wireType] = reader.tag()
    if (field === 1) confVersion = Number(reader.int64())
    else if (field === 2) version = Number(reader.int64())
    else reader.skip(wireType, field)
  }
  return { confVersion, version }
}

function readRequest(reader: BinaryReader): CommandRequest {
  let type = 0
  let ts = 0n
  let expiresAtMs: number | undefined
  let body: RequestBody | undefined
  const end = messageEnd(reader)
  while (reader.pos < end) {
    const [field, wireType] = reader.tag()
    if (field === 1) type = reader.int32()
    else if (field === 2) ts = BigInt(reader.int64())
    else if (field === 3) expiresAtMs = Number(reader.int64())
    else if (field >= 1000 && field <= 1005 && field !== 1004) body = readBody(reader, field)
    else reader.skip(wireType, field)
  }
  if (body === undefined) throw unknownCommand(type)
  return toRequest(type, ts, expiresAtMs === 0 ? undefined : expiresAtMs, body)
}

function toRequest(type: number, ts: bigint, expiresAtMs: number | undefined, body: RequestBody): CommandRequest {
  const { columnFamily, entries, keys, isAtomic, expectedValues } = body
  switch (type) {
    case CmdType.PUT:
      return { kind: 'put', ts, columnFamily, entries }
    case CmdType.PUTIFABSENT:
      return { kind: 'put-if-absent', ts, columnFamily, entries, isAtomic, expiresAtMs }
    case CmdType.COMPAREANDSET:
      return { kind: 'compare-and-set', ts, columnFamily, entries, expectedValues, isAtomic, expiresAtMs }
    case CmdType.DELETEBATCH:
      return { kind: 'delete-batch', ts, columnFamily, keys }
    case CmdType.DELETERANGE: {
      const ranges = entries.map(({ key, value }) => ({ start: key, end: value }))
      return { kind: 'delete-range', ts, columnFamily, ranges }
    }
    default:
      throw unknownCommand(type)
  }
}

/** Reads the body in one of the fields `put` (1000) to `compare_and_set` (1005). */
function readBody(reader: BinaryReader, bodyField: number): RequestBody {
  const body: RequestBody = { columnFamily: '', entries: [], keys: [], isAtomic: false, expectedValues: [] }
  const holdsKeys = bodyField === 1003
  const expectedField = bodyField === 1005 ? 3 : 0
  const atomicField = bodyField === 1005 ? 4 : 3
  const end = messageEnd(reader)
  while (reader.pos < end) {
    const [field, wireType] = reader.tag()
    if (field === 1) body.columnFamily = columnFamilyName(reader.bytes())
    else if (field === 2 && holdsKeys) body.keys.push(reader.bytes())
    else if (field === 2) body.entries.push(readPair(reader))
    else if (field === expectedField) body.expectedValues.push(reader.bytes())
    else if (field === atomicField && wireType === WireType.Varint) body.isAtomic = reader.bool()
    else reader.skip(wireType, field)
  }
  if (body.columnFamily === '') body.columnFamily = defaultColumnFamily
  return body
}

/** A KeyValue or a Range: both have bytes in their first two fields. */
function readPair(reader: BinaryReader): CommandEntry {
  let key: Uint8Array = noBytes
  let value: Uint8Array = noBytes
  const end = messageEnd(reader)
  while (reader.pos < end) {
    const [field, wireType] = reader.tag()
    if (field === 1) key = reader.bytes()
    else if (field === 2) value = reader.bytes()
    else reader.skip(wireType, field)
  }
  return { key, value }
}

function messageEnd(reader: BinaryReader): number {
  const length = reader.uint32()
  return reader.pos + length
}

const familyDecoder = new TextDecoder()
const defaultFamilyBytes = new TextEncoder().encode(defaultColumnFamily)

function columnFamilyName(bytes: Uint8Array): string {
  const isDefault =
    bytes.length === defaultFamilyBytes.length && bytes.every((byte, at) => byte === defaultFamilyBytes[at])
  return isDefault ? defaultColumnFamily : familyDecoder.decode(bytes)
}

function unknownCommand(type: number): SandboxError {
  const name = CmdType[type] ?? 'without name'
  const message = `A log entry holds the command ${String(type)} (${name}), which this version cannot apply: open the region with a version that knows it, or remove the replica and add it anew.`
  return new SandboxError('RAFT_STATE_MACHINE_FAILED', message, { details: { command: type, name } })
}
