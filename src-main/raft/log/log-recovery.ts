import { SandboxError } from '../../base/sandbox-error'
import type { Disk } from '../../env'
import { canBeTornTail, damagedAt, endOfTornTail } from './log-damage'
import {
  RECORD_FORMAT_VERSION,
  RECORD_HEADER_BYTES,
  RecordType,
  continuesChain,
  decodeHeader,
  payloadHolds,
  payloadOf,
  recordBytes,
} from './log-record'
import { LogReplay } from './log-replay'
import type { Segment } from './segment'
import { SEGMENT_HEADER_BYTES, decodeSegmentHeader } from './segment-header'
import { SPARE_SEGMENT_NAME, closedSegmentName, damagedBytesName, parseSegmentName } from './segment-name'
import type { SegmentName } from './segment-name'

/** What recovery found, repaired and left ready. */
export interface RecoveredLog {
  readonly replay: LogReplay
  /** In the order of their sequence. The last is open for writing unless it had been closed. */
  readonly segments: readonly Segment[]
  /** Segments that no longer count and that a crash kept from being removed. Not read, so they may even be damaged. */
  readonly obsolete: readonly Segment[]
  /** The torn bytes that were cut, and where they were kept; undefined if the log ended in order. */
  readonly cut:
    { readonly segment: string; readonly offset: number; readonly bytes: number; readonly keptAs: string } | undefined
}

interface FoundSegment {
  readonly name: SegmentName
  readonly sequence: number
  readonly firstIndex: number
  readonly previousChecksum: number
  readonly reusedBytes: number
}

/**
 * Reads a log from its directory: checks every byte, cuts a torn tail (keeping its bytes aside), finishes what a crash
 * interrupted, and refuses everything else that is not as it was written.
 *
 * @throws SandboxError RAFT_LOG_DAMAGED naming file and offset, RAFT_LOG_VERSION, DISK_*
 */
export async function recoverLog(disk: Disk, directory: string, identity: number): Promise<RecoveredLog> {
  const recovery = new LogRecovery(disk, directory, identity)
  return await recovery.run()
}

class LogRecovery {
  readonly #disk: Disk
  readonly #directory: string
  readonly #identity: number
  readonly #replay = new LogReplay()
  readonly #segments: Segment[] = []
  #cut: RecoveredLog['cut']

  constructor(disk: Disk, directory: string, identity: number) {
    this.#disk = disk
    this.#directory = directory
    this.#identity = identity
  }

  async run(): Promise<RecoveredLog> {
    const { counting: found, obsolete } = partition(await this.#findSegments())
    for (const [position, segment] of found.entries()) await this.#readSegment(segment, position === found.length - 1)
    const { holeBehind } = this.#replay
    const first = found[0]
    if (holeBehind !== undefined && first !== undefined) {
      throw damagedAt(
        this.#pathOf(first.name.name),
        0,
        `a segment with entries up to ${String(holeBehind)} is missing before it`,
      )
    }
    return { replay: this.#replay, segments: this.#segments, obsolete: obsolete.map(obsoleteSegment), cut: this.#cut }
  }

  /** The segments in the order in which they were begun. */
  async #findSegments(): Promise<FoundSegment[]> {
    const found: FoundSegment[] = []
    for (const entry of await this.#disk.list(this.#directory)) {
      // What it was to become was never acknowledged.
      if (entry.name === SPARE_SEGMENT_NAME) await this.#disk.remove(this.#pathOf(entry.name))
      const name = entry.kind === 'file' ? parseSegmentName(entry.name) : undefined
      if (name === undefined) continue
      const segment = await this.#identify(name)
      if (segment !== undefined) found.push(segment)
    }
    found.sort((left, right) => left.sequence - right.sequence)
    for (const [position, segment] of found.entries()) {
      const next = found[position + 1]
      if (segment.sequence === next?.sequence)
        throw damagedAt(this.#pathOf(next.name.name), 0, `${segment.name.name} claims the same place in the log`)
    }
    return found
  }

  /** Undefined for a segment that a crash kept from being begun; it is removed. */
  async #identify(name: SegmentName): Promise<FoundSegment | undefined> {
    const path = this.#pathOf(name.name)
    const file = await this.#disk.open(path, { mode: 'open', readOnly: true })
    let start: Uint8Array
    try {
      start = await file.read(0, RECORD_HEADER_BYTES + SEGMENT_HEADER_BYTES)
    } finally {
      await file.close()
    }
    const header = decodeHeader(start, 0, 0)
    if (header !== undefined) this.#checkOwner(path, 0, header.formatVersion, header.identity)
    const segmentHeader =
      header !== undefined && payloadHolds(start, 0, header)
        ? decodeSegmentHeader(payloadOf(start, 0, header))
        : undefined
    if (segmentHeader !== undefined) {
      const { sequence, firstIndex, previousChecksum, reusedBytes } = segmentHeader
      return { name, sequence, firstIndex, previousChecksum, reusedBytes }
    }
    const bytes = await this.#disk.readFile(path)
    if (name.lastIndex !== undefined || !canBeTornTail(bytes, 0, undefined))
      throw damagedAt(path, 0, 'its first record cannot be read')
    await this.#keepAside(name.name, 0, bytes)
    await this.#disk.remove(path)
    await this.#disk.syncDirectory(this.#directory)
    return undefined
  }

  async #readSegment(found: FoundSegment, isLast: boolean): Promise<void> {
    const { name, sequence } = found
    const path = this.#pathOf(name.name)
    const before = this.#segments.at(-1)
    if (before?.sequence === sequence - 1 && before.checksum !== found.previousChecksum) {
      throw damagedAt(path, 0, `it does not continue ${before.name}`)
    }
    const bytes = await this.#disk.readFile(path)
    const { end, checksum, endsInTrailer, provenDurable } = this.#replayRecords(path, bytes, found)
    const isOpen = name.lastIndex === undefined
    if (end < bytes.length && !(isLast && isOpen && canBeTornTail(bytes, end, found))) {
      throw damagedAt(path, end, 'no valid record stands there')
    }
    if (!endsInTrailer && !(isLast && isOpen)) throw damagedAt(path, end, 'the segment ends without its last record')
    const segment: Segment = {
      sequence,
      firstIndex: name.firstIndex,
      reusedBytes: found.reusedBytes,
      name: name.name,
      encodedBytes: end,
      writtenBytes: end,
      durableBytes: end,
      laidBytes: end,
      checksum,
      file: undefined,
    }
    this.#segments.push(segment)
    if (isOpen) await (isLast ? this.#reopen(segment, bytes, provenDurable) : this.#finishClosing(segment))
  }

  #replayRecords(path: string, bytes: Uint8Array, found: FoundSegment) {
    let at = 0
    let checksum = found.previousChecksum
    let endsInTrailer = false
    let provenDurable = 0
    for (;;) {
      const header = decodeHeader(bytes, at, at === 0 ? 0 : found.sequence)
      if (header === undefined || !payloadHolds(bytes, at, header) || !continuesChain(bytes, at, header, checksum)) {
        return { end: at, checksum, endsInTrailer, provenDurable }
      }
      this.#checkOwner(path, at, header.formatVersion, header.identity)
      const wrong = this.#replay.apply(header, payloadOf(bytes, at, header), found.sequence, at)
      if (wrong !== undefined) throw damagedAt(path, at, wrong)
      endsInTrailer = header.type === RecordType.trailer
      provenDurable = header.durableOffset
      checksum = header.rollingChecksum
      at += recordBytes(header.payloadLength)
    }
  }

  /**
   * Takes up the segment that was being written: cuts a torn tail, and writes anew what no record proves to have been durable.
   * A sync alone would not do: after one that failed, the system may show bytes and names that it has given up, and a later
   * sync that succeeds does not cover them.
   */
  async #reopen(segment: Segment, bytes: Uint8Array, provenDurable: number): Promise<void> {
    const end = segment.encodedBytes
    const path = this.#pathOf(segment.name)
    // Zeros at the end were laid out ahead, or are what a crash left of bytes that never came: there is nothing to keep.
    const torn = bytes.subarray(end, endOfTornTail(bytes, end, segment))
    if (torn.length > 0) {
      const keptAs = await this.#keepAside(segment.name, end, torn)
      this.#cut = { segment: segment.name, offset: end, bytes: torn.length, keptAs }
    }
    // A record behind durable bytes was written only after the segment's name was durable too.
    if (provenDurable === 0) await this.#disk.replaceFile(path, bytes.subarray(0, end))
    segment.file = await this.#disk.open(path, { mode: 'open' })
    if (provenDurable > 0) {
      // Even where the file ends there: behind a failed sync a system may show a length that it has given up.
      await segment.file.truncate(end)
      await segment.file.write(provenDurable, bytes.subarray(provenDurable, end))
      await segment.file.sync()
      await this.#disk.syncDirectory(this.#directory)
    }
  }

  /** A crash came between the last record of a segment and its new name. */
  async #finishClosing(segment: Segment): Promise<void> {
    const name = closedSegmentName(
      segment.firstIndex,
      Math.max(this.#replay.positions.lastIndex, segment.firstIndex - 1),
    )
    await this.#disk.rename(this.#pathOf(segment.name), this.#pathOf(name))
    await this.#disk.syncDirectory(this.#directory)
    segment.name = name
  }

  async #keepAside(segmentName: string, offset: number, bytes: Uint8Array): Promise<string> {
    const keptAs = damagedBytesName(segmentName, offset)
    if (bytes.length > 0) await this.#disk.replaceFile(this.#pathOf(keptAs), bytes)
    return keptAs
  }

  #checkOwner(path: string, offset: number, formatVersion: number, identity: number): void {
    if (formatVersion !== RECORD_FORMAT_VERSION) {
      const message = `The Raft log file ${path} has format version ${String(formatVersion)} and this program reads ${String(RECORD_FORMAT_VERSION)}. Open it with the version that wrote it.`
      throw new SandboxError('RAFT_LOG_VERSION', message, { details: { path, offset, formatVersion } })
    }
    if (identity !== this.#identity) {
      throw damagedAt(
        path,
        offset,
        `it belongs to the log with identity ${String(identity)}, not to ${String(this.#identity)}`,
      )
    }
  }

  #pathOf(name: string): string {
    return `${this.#directory}/${name}`
  }
}

/**
 * A segment holds no entry before its first index, and one that is begun at an earlier index than another before it replaces
 * all of that one. Such a segment is left when a crash undoes its removal, perhaps without the segments before it.
 */
function partition(found: readonly FoundSegment[]): { counting: FoundSegment[]; obsolete: FoundSegment[] } {
  const counting: FoundSegment[] = []
  const obsolete: FoundSegment[] = []
  let firstIndexBehind = Number.POSITIVE_INFINITY
  for (const segment of [...found].reverse()) {
    if (segment.firstIndex < firstIndexBehind) counting.unshift(segment)
    else obsolete.push(segment)
    firstIndexBehind = Math.min(firstIndexBehind, segment.firstIndex)
  }
  return { counting, obsolete }
}

function obsoleteSegment({ name, sequence, firstIndex, previousChecksum, reusedBytes }: FoundSegment): Segment {
  const sizes = { encodedBytes: 0, writtenBytes: 0, durableBytes: 0, laidBytes: 0 }
  return { sequence, firstIndex, reusedBytes, name: name.name, ...sizes, checksum: previousChecksum, file: undefined }
}
