import { SandboxError } from '../../../base/sandbox-error'
import { compareBytes, copyBytes, rangeContains } from '../key-range'
import { rawEngineLimits } from '../limits'
import type { RawEntry } from '../raw-engine'
import { ByteQueue } from './byte-queue'
import { frameChecksum, frameHeaderBytes, frameKinds, rangeStreamMagic, rangeStreamVersion } from './format'
import type { RangeStreamHeader, RangeStreamTotals } from './format'

/** One frame of a range stream, checked. */
export type RangeStreamPart =
  | ({ readonly kind: 'header' } & RangeStreamHeader)
  | { readonly kind: 'entries'; readonly columnFamily: string; readonly entries: readonly RawEntry[] }
  | ({ readonly kind: 'footer' } & RangeStreamTotals)

/** No frame is longer: one entry of the longest key and value, or a page of entries of a few MiB. */
const maxPayloadBytes = 2 * (rawEngineLimits.maxKeyBytes + rawEngineLimits.maxValueBytes)

/**
 * Reads a range stream, however its bytes are cut into chunks, and checks all that can be checked: checksums, order,
 * bounds, counts, and that the footer is the end. Keys and values of a part are views into the chunks, which must
 * therefore stay unchanged until the part is done with.
 *
 * @throws SandboxError ENGINE_CORRUPTION if it is damaged, cut short or goes on behind its end; INVALID_ARGUMENT if it is
 * of a version that this program does not know
 */
export async function* decodeRangeStream(source: AsyncIterable<Uint8Array>): AsyncGenerator<RangeStreamPart, void> {
  const queue = new ByteQueue(source)
  const order = new OrderCheck()
  try {
    let header: RangeStreamHeader | undefined
    for (;;) {
      const { kind, payload } = await readFrame(queue)
      if (header === undefined) {
        if (kind !== frameKinds.header) throw damaged('it does not begin with a header')
        header = decodeHeaderPayload(payload)
        yield { kind: 'header', ...header }
      } else if (kind === frameKinds.entries) {
        const part = decodeEntries(payload, header)
        order.add(part.familyIndex, part.entries, header)
        yield { kind: 'entries', columnFamily: part.columnFamily, entries: part.entries }
      } else if (kind === frameKinds.footer) {
        const totals = decodeFooter(payload)
        if (totals.entries !== order.entries || totals.bytes !== order.bytes) {
          throw damaged(`it holds ${order.entries} entries where its end counts ${totals.entries}`)
        }
        if (!(await queue.atEnd())) throw damaged('bytes follow its end')
        yield { kind: 'footer', ...totals }
        return
      } else {
        throw damaged(`a frame is of the unknown kind ${kind}`)
      }
    }
  } finally {
    await queue.close()
  }
}

/** Reads what {@link import('./format').encodeHeaderPayload} wrote. @throws SandboxError as {@link decodeRangeStream} */
export function decodeHeaderPayload(payload: Uint8Array): RangeStreamHeader {
  const reader = new PayloadReader(payload)
  if (compareBytes(reader.bytes(rangeStreamMagic.length), rangeStreamMagic) !== 0) {
    throw damaged('it does not begin as an exported range does')
  }
  const version = reader.uint16()
  if (version !== rangeStreamVersion) {
    const message = `The exported range has version ${version}, this program reads version ${rangeStreamVersion}: export it with this program.`
    throw new SandboxError('INVALID_ARGUMENT', message, { details: { version, expected: rangeStreamVersion } })
  }
  const bounds = reader.uint8()
  const start = bounds & 1 ? copyBytes(reader.bytes(reader.uint32())) : undefined
  const end = bounds & 2 ? copyBytes(reader.bytes(reader.uint32())) : undefined
  const columnFamilies: string[] = []
  for (let left = reader.uint16(); left > 0; left--) {
    columnFamilies.push(new TextDecoder().decode(reader.bytes(reader.uint8())))
  }
  if (!reader.atEnd) throw damaged('its header is too long')
  return { range: { start, end }, columnFamilies }
}

/** Checks that entries come family by family, keys ascending, inside the range, and counts them. */
class OrderCheck {
  entries = 0
  bytes = 0
  #familyIndex = 0
  #lastKey: Uint8Array | undefined

  add(familyIndex: number, entries: readonly RawEntry[], header: RangeStreamHeader): void {
    if (familyIndex < this.#familyIndex) throw damaged('its column families are out of order')
    if (familyIndex > this.#familyIndex) this.#lastKey = undefined
    this.#familyIndex = familyIndex
    for (const { key, value } of entries) {
      if (this.#lastKey !== undefined && compareBytes(this.#lastKey, key) >= 0)
        throw damaged('its keys are out of order')
      if (!rangeContains(header.range, key)) throw damaged('a key lies outside its range')
      this.#lastKey = key
      this.bytes += key.length + value.length
    }
    this.entries += entries.length
  }
}

async function readFrame(queue: ByteQueue): Promise<{ kind: number; payload: Uint8Array }> {
  const frameHeader = await queue.take(frameHeaderBytes)
  if (frameHeader === undefined) throw damaged('it is cut short')
  const view = new DataView(frameHeader.buffer, frameHeader.byteOffset, frameHeader.byteLength)
  const length = view.getUint32(1, true)
  if (length > maxPayloadBytes) throw damaged('a frame gives itself an impossible length')
  const payload = await queue.take(length)
  if (payload === undefined) throw damaged('it is cut short')
  if (view.getUint32(5, true) !== frameChecksum(frameHeader, payload)) throw damaged('a checksum does not match')
  return { kind: view.getUint8(0), payload }
}

function decodeEntries(
  payload: Uint8Array,
  header: RangeStreamHeader,
): { familyIndex: number; columnFamily: string; entries: readonly RawEntry[] } {
  const reader = new PayloadReader(payload)
  const familyIndex = reader.uint16()
  const columnFamily = header.columnFamilies[familyIndex]
  if (columnFamily === undefined) throw damaged(`entries are of column family ${familyIndex}, which its header lacks`)
  const entries: RawEntry[] = []
  while (!reader.atEnd) {
    const keyLength = reader.uint32()
    const valueLength = reader.uint32()
    if (keyLength === 0 || keyLength > rawEngineLimits.maxKeyBytes || valueLength > rawEngineLimits.maxValueBytes) {
      throw damaged('an entry has an impossible length')
    }
    entries.push({ key: reader.bytes(keyLength), value: reader.bytes(valueLength) })
  }
  return { familyIndex, columnFamily, entries }
}

function decodeFooter(payload: Uint8Array): RangeStreamTotals {
  const reader = new PayloadReader(payload)
  const totals = { entries: reader.uint64(), bytes: reader.uint64() }
  if (!reader.atEnd) throw damaged('its footer is too long')
  return totals
}

function damaged(how: string): SandboxError {
  return new SandboxError('ENGINE_CORRUPTION', `The exported range is damaged: ${how}. Export it again.`)
}

/** Reads numbers and bytes one behind the other; never past the end. */
class PayloadReader {
  readonly #payload: Uint8Array
  readonly #view: DataView
  #position = 0

  constructor(payload: Uint8Array) {
    this.#payload = payload
    this.#view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength)
  }

  get atEnd(): boolean {
    return this.#position === this.#payload.length
  }

  uint8(): number {
    return this.#view.getUint8(this.#advance(1))
  }

  uint16(): number {
    return this.#view.getUint16(this.#advance(2), true)
  }

  uint32(): number {
    return this.#view.getUint32(this.#advance(4), true)
  }

  uint64(): number {
    return Number(this.#view.getBigUint64(this.#advance(8), true))
  }

  bytes(length: number): Uint8Array {
    const from = this.#advance(length)
    return this.#payload.subarray(from, from + length)
  }

  #advance(length: number): number {
    const from = this.#position
    if (from + length > this.#payload.length) throw damaged('a frame is shorter than its content')
    this.#position += length
    return from
  }
}
