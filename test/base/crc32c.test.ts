import fc from 'fast-check'
import { expect, test } from 'vitest'
import { crc32c, crc32cJoiner } from '../../src-main/base/crc32c'

/** One bit at a time, straight from the definition. */
function bitwise(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1
  }
  return ~crc >>> 0
}

test('gives the known checksums', () => {
  // The check value of the algorithm's catalogue entry, and the test vectors of RFC 3720, appendix B.4.
  expect(crc32c(new TextEncoder().encode('123456789'))).toBe(0xe3069283)
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa)
  expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43)
  expect(crc32c(Uint8Array.from({ length: 32 }, (_, index) => index))).toBe(0x46dd794e)
})

test('agrees with the definition where it takes blocks of bytes, wherever they start', () => {
  const bytes = Uint8Array.from({ length: 5000 }, (_, index) => (index * 31) ^ (index >> 3))
  for (const start of [0, 1, 4, 7]) {
    for (const length of [1023, 1024, 1025, 2048, 3071, 4900]) {
      const part = bytes.subarray(start, start + length)
      expect(crc32c(bytes, 0, start, start + length)).toBe(bitwise(part))
      expect(crc32c(part, crc32c(part))).toBe(bitwise(Uint8Array.of(...part, ...part)))
    }
  }
})

test('agrees with the definition, also in parts and between bounds', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(200), (bytes, at) => {
      const cut = Math.min(at, bytes.length)
      expect(crc32c(bytes)).toBe(bitwise(bytes))
      expect(crc32c(bytes.subarray(cut), crc32c(bytes.subarray(0, cut)))).toBe(bitwise(bytes))
      expect(crc32c(bytes, 0, cut)).toBe(bitwise(bytes.subarray(cut)))
    }),
  )
})

test('the checksum of a concatenation is joined from those of its parts', () => {
  for (const length of [1, 40, 512]) {
    const join = crc32cJoiner(length)
    fc.assert(
      fc.property(fc.uint8Array(), fc.uint8Array({ minLength: length, maxLength: length }), (first, last) => {
        expect(join(bitwise(first), bitwise(last))).toBe(bitwise(Uint8Array.of(...first, ...last)))
      }),
    )
  }
})
