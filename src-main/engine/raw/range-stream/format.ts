import { crc32c } from '../../../base/crc32c'
import type { KeyRange } from '../key-range'
import type { RawEntry } from '../raw-engine'

// An exported range is a sequence of frames, all numbers little-endian:
//
//   kind u8 | payload length u32 | CRC-32C over kind, length and payload u32 | payload
//
// one header frame, any number of entries frames, one footer frame, nothing behind it.
//
//   header:  "DSSRANGE" | version u16 | bounds u8 (1: start, 2: end) | start and end, each u32 length and bytes
//            | families u16 | each name: u8 length and ASCII
//   entries: index of the family in the header u16 | entries: key length u32, value length u32, key, value
//   footer:  entries u64 | bytes of keys and values u64
//
// Entries come family by family in the order of the header, keys ascending, no key twice.

/** What a range stream says of itself first. */
export interface RangeStreamHeader {
  readonly range: KeyRange
  readonly columnFamilies: readonly string[]
}

/** What a range stream held, said last. */
export interface RangeStreamTotals {
  readonly entries: number
  /** Bytes of keys and values. */
  readonly bytes: number
}

export const frameKinds = { header: 1, entries: 2, footer: 3 } as const
export const frameHeaderBytes = 9
export const rangeStreamMagic = new TextEncoder().encode('DSSRANGE')
export const rangeStreamVersion = 1

/** The payload of a header frame, which is also how an engine notes an ingest under way. */
export function encodeHeaderPayload(header: RangeStreamHeader): Uint8Array {
  const { start, end } = header.range
  const names = header.columnFamilies.map((name) => new TextEncoder().encode(name))
  const bounds = [start, end].filter((bound) => bound !== undefined)
  const length =
    rangeStreamMagic.length +
    2 +
    1 +
    bounds.reduce((sum, bound) => sum + 4 + bound.length, 0) +
    2 +
    names.reduce((sum, name) => sum + 1 + name.length, 0)
  const writer = new PayloadWriter(new Uint8Array(length), 0)
  writer.bytes(rangeStreamMagic)
  writer.uint16(rangeStreamVersion)
  writer.uint8((start === undefined ? 0 : 1) | (end === undefined ? 0 : 2))
  for (const bound of bounds) {
    writer.uint32(bound.length)
    writer.bytes(bound)
  }
  writer.uint16(names.length)
  for (const name of names) {
    writer.uint8(name.length)
    writer.bytes(name)
  }
  return writer.target
}

/** The header frame. */
export function encodeHeader(header: RangeStreamHeader): Uint8Array {
  const payload = encodeHeaderPayload(header)
  const frame = new Uint8Array(frameHeaderBytes + payload.length)
  frame.set(payload, frameHeaderBytes)
  return seal(frame, frameKinds.header)
}

/** An entries frame; the entries are copied into it. */
export function encodeEntries(familyIndex: number, entries: readonly RawEntry[]): Uint8Array {
  let length = frameHeaderBytes + 2
  for (const { key, value } of entries) length += 8 + key.length + value.length
  const writer = new PayloadWriter(new Uint8Array(length), frameHeaderBytes)
  writer.uint16(familyIndex)
  for (const { key, value } of entries) {
    writer.uint32(key.length)
    writer.uint32(value.length)
    writer.bytes(key)
    writer.bytes(value)
  }
  return seal(writer.target, frameKinds.entries)
}

/** The footer frame. */
export function encodeFooter(totals: RangeStreamTotals): Uint8Array {
  const writer = new PayloadWriter(new Uint8Array(frameHeaderBytes + 16), frameHeaderBytes)
  writer.uint64(totals.entries)
  writer.uint64(totals.bytes)
  return seal(writer.target, frameKinds.footer)
}

/** The checksum that a frame must carry, computed over everything but the place of the checksum itself. */
export function frameChecksum(frameHeader: Uint8Array, payload: Uint8Array): number {
  return crc32c(payload, crc32c(frameHeader, 0, 0, 5))
}

function seal(frame: Uint8Array, kind: number): Uint8Array {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength)
  view.setUint8(0, kind)
  view.setUint32(1, frame.length - frameHeaderBytes, true)
  view.setUint32(5, frameChecksum(frame, frame.subarray(frameHeaderBytes)), true)
  return frame
}

/** Writes numbers and bytes one behind the other. */
class PayloadWriter {
  readonly target: Uint8Array
  readonly #view: DataView
  #position: number

  constructor(target: Uint8Array, position: number) {
    this.target = target
    this.#view = new DataView(target.buffer, target.byteOffset, target.byteLength)
    this.#position = position
  }

  uint8(value: number): void {
    this.#view.setUint8(this.#position, value)
    this.#position += 1
  }

  uint16(value: number): void {
    this.#view.setUint16(this.#position, value, true)
    this.#position += 2
  }

  uint32(value: number): void {
    this.#view.setUint32(this.#position, value, true)
    this.#position += 4
  }

  uint64(value: number): void {
    this.#view.setBigUint64(this.#position, BigInt(value), true)
    this.#position += 8
  }

  bytes(value: Uint8Array): void {
    this.target.set(value, this.#position)
    this.#position += value.length
  }
}
