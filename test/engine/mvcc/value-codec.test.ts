import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { timestampAt, timestampWallMs } from '../../../src-main/engine/mvcc/timestamp'
import { decodeValue, encodeValue, TOMBSTONE, visibleValue } from '../../../src-main/engine/mvcc/value-codec'

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const bytes = fc.uint8Array({ maxLength: 40 })
const moment = fc.integer({ min: 1, max: 2 ** 45 })

describe('encoded values', () => {
  it('are those of DingoDB', () => {
    expect(hex(encodeValue(Uint8Array.of(9, 8), undefined))).toBe('090800')
    expect(hex(encodeValue(Uint8Array.of(9), 0x0102030405))).toBe('09000000010203040501')
    expect(hex(TOMBSTONE)).toBe('02')
  })

  it('come back as they were', () => {
    fc.assert(
      fc.property(bytes, fc.option(moment, { nil: undefined }), (value, expiresAtMs) => {
        const kind = expiresAtMs === undefined ? 'put' : 'put-with-ttl'
        expect(decodeValue(encodeValue(value, expiresAtMs))).toEqual({ kind, value, expiresAtMs })
      }),
    )
    expect(decodeValue(TOMBSTONE).kind).toBe('delete')
  })

  it('are seen until the moment at which they expire', () => {
    fc.assert(
      fc.property(bytes, moment, (value, expiresAtMs) => {
        const stored = encodeValue(value, expiresAtMs)
        expect(visibleValue(stored, expiresAtMs - 1)).toEqual(value)
        expect(visibleValue(stored, expiresAtMs)).toBeUndefined()
        expect(visibleValue(encodeValue(value, undefined), expiresAtMs)).toEqual(value)
        expect(visibleValue(TOMBSTONE, expiresAtMs)).toBeUndefined()
      }),
    )
  })

  it('are told from other bytes', () => {
    for (const stored of ['', '03', '0101']) {
      expect(() => decodeValue(Buffer.from(stored, 'hex'))).toThrow(
        expect.objectContaining({ code: 'ENGINE_CORRUPTION' }),
      )
    }
  })
})

describe('timestamps', () => {
  it('hold the wall time of DingoDB in their upper part', () => {
    expect(timestampWallMs(0n)).toBe(Date.UTC(2019, 11, 31, 16))
    expect(timestampWallMs((5n << 18n) + 77n)).toBe(1_577_808_000_005)
    expect(timestampAt(1_577_808_000_005)).toBe(5n << 18n)
  })
})
