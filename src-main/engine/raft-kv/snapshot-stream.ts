import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import { SandboxError } from '../../base/sandbox-error'
import { SnapshotPreambleSchema } from '../../rpc/generated/sandbox/storage_pb'

// The state of a region in a snapshot: the length of the preamble in four bytes, the preamble, and the exported range.

const LENGTH_BYTES = 4
const MAX_PREAMBLE_BYTES = 64 * 1024

/** What a snapshot says beside the data. */
export interface SnapshotPreamble {
  readonly regionId: number
  readonly maxAppliedTs: bigint
  /** As in the region's record. */
  readonly confVersion: number
}

/** Puts the preamble before the exported range. */
export async function* encodeSnapshot(
  { regionId, maxAppliedTs, confVersion }: SnapshotPreamble,
  range: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, void> {
  const preamble = create(SnapshotPreambleSchema, {
    regionId: BigInt(regionId),
    maxAppliedTs,
    confVersion: BigInt(confVersion),
  })
  const encoded = toBinary(SnapshotPreambleSchema, preamble)
  const first = new Uint8Array(LENGTH_BYTES + encoded.length)
  new DataView(first.buffer).setUint32(0, encoded.length)
  first.set(encoded, LENGTH_BYTES)
  yield first
  yield* range
}

/** Reads the preamble alone. @throws SandboxError RAFT_SNAPSHOT_DAMAGED, and those of the source */
export async function readPreamble(snapshot: AsyncIterable<Uint8Array>): Promise<SnapshotPreamble> {
  let start: Uint8Array = new Uint8Array(0)
  for await (const piece of snapshot) {
    start = start.length === 0 ? piece : concat(start, piece)
    const end = preambleEnd(start)
    if (end === undefined || start.length < end) continue
    const encoded = start.subarray(LENGTH_BYTES, end)
    const { regionId, maxAppliedTs, confVersion } = fromBinary(SnapshotPreambleSchema, encoded)
    return { regionId: Number(regionId), maxAppliedTs, confVersion: Number(confVersion) }
  }
  throw new SandboxError('RAFT_SNAPSHOT_DAMAGED', 'The state in a snapshot ends before its preamble does.')
}

/** What stands behind the preamble. */
export async function* exportedRange(snapshot: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
  let start: Uint8Array | undefined = new Uint8Array(0)
  for await (const piece of snapshot) {
    if (start === undefined) {
      yield piece
      continue
    }
    start = start.length === 0 ? piece : concat(start, piece)
    const end = preambleEnd(start)
    if (end === undefined || start.length < end) continue
    if (start.length > end) yield start.subarray(end)
    start = undefined
  }
}

function preambleEnd(start: Uint8Array): number | undefined {
  if (start.length < LENGTH_BYTES) return undefined
  const length = new DataView(start.buffer, start.byteOffset).getUint32(0)
  if (length <= MAX_PREAMBLE_BYTES) return LENGTH_BYTES + length
  throw new SandboxError('RAFT_SNAPSHOT_DAMAGED', 'The state in a snapshot does not begin with a preamble.')
}

function concat(left: Uint8Array, right: Uint8Array): Uint8Array {
  const joined = new Uint8Array(left.length + right.length)
  joined.set(left)
  joined.set(right, left.length)
  return joined
}
