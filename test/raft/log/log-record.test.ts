import { expect, test } from 'vitest'
import { crc32c } from '../../../src-main/base/crc32c'
import {
  RecordType,
  continuesChain,
  decodeHeader,
  encodeRecord,
  recordBytes,
} from '../../../src-main/raft/log/log-record'
import type { RecordHeader } from '../../../src-main/raft/log/log-record'

const PREVIOUS_CHECKSUM = 0x89abcdef
const SEQUENCE = 12

function encode(term: number, payload: Uint8Array, previousChecksum: number, sequence = SEQUENCE) {
  const bytes = new Uint8Array(recordBytes(payload.length))
  const fields = {
    type: RecordType.entryNormal,
    term,
    index: 2 ** 40 + 7,
    durableOffset: 96,
    identity: 0xfedcba98,
    sequence,
  }
  encodeRecord(bytes, 0, fields, payload, previousChecksum)
  return { bytes, header: decodeHeader(bytes, 0, sequence) as RecordHeader }
}

test('a record gives back what it was made of, also numbers beyond 32 bits', () => {
  const { header } = encode(2 ** 33 + 1, Uint8Array.of(1, 2, 3), PREVIOUS_CHECKSUM)
  expect(header).toMatchObject({
    payloadLength: 3,
    type: RecordType.entryNormal,
    term: 2 ** 33 + 1,
    index: 2 ** 40 + 7,
    durableOffset: 96,
    identity: 0xfedcba98,
    payloadChecksum: crc32c(Uint8Array.of(1, 2, 3)),
  })
})

test('the rolling checksum is that of the header up to its own checksum, continued from the record before', () => {
  const { bytes, header } = encode(3, Uint8Array.of(1), PREVIOUS_CHECKSUM)
  expect(header.rollingChecksum).toBe(crc32c(bytes, (PREVIOUS_CHECKSUM ^ SEQUENCE) >>> 0, 0, 40))
})

test('a record does not continue another one that was put in the place of the one before it', () => {
  const before = encode(3, Uint8Array.of(1), PREVIOUS_CHECKSUM).header
  const { bytes, header } = encode(3, Uint8Array.of(9), before.rollingChecksum)
  expect(continuesChain(bytes, 0, header, before.rollingChecksum)).toBe(true)
  for (const inItsPlace of [
    encode(3, Uint8Array.of(2), PREVIOUS_CHECKSUM),
    encode(4, Uint8Array.of(1), PREVIOUS_CHECKSUM),
  ]) {
    expect(continuesChain(bytes, 0, header, inItsPlace.header.rollingChecksum)).toBe(false)
  }
})

test('a record is one of its own segment only, unless any is asked for', () => {
  const { bytes } = encode(3, Uint8Array.of(1), PREVIOUS_CHECKSUM, 4711)
  expect(decodeHeader(bytes, 0, 4711)).toBeDefined()
  expect(decodeHeader(bytes, 0, undefined)).toEqual(decodeHeader(bytes, 0, 4711))
  for (const other of [0, 4710, 4712]) expect(decodeHeader(bytes, 0, other)).toBeUndefined()
  bytes[20] = 1
  expect(decodeHeader(bytes, 0, undefined)).toBeUndefined()
})
