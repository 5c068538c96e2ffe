import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  decodeKey,
  decodeVersionKey,
  encodedKeyLength,
  encodeKey,
  encodeRange,
  encodeVersionKey,
  isSameKey,
  MAX_PLAIN_KEY_BYTES,
  versionRange,
  versionTimestamp,
} from '../../../src-main/engine/mvcc/key-codec'
import { compareBytes, rangeContains } from '../../../src-main/engine/raw/key-range'
import { rawEngineLimits } from '../../../src-main/engine/raw/limits'

const MAX_TS = 2n ** 63n - 1n
// Few different bytes and lengths around whole groups: so that prefixes and equal keys are common.
const key = fc
  .uint8Array({ maxLength: 26, max: 255 })
  .map((bytes) => bytes.map((byte) => (byte < 200 ? byte % 2 : 255)))
const anyKey = fc.oneof(key, fc.uint8Array({ maxLength: 40 }))
const ts = fc.bigInt({ min: 0n, max: MAX_TS })
const sign = (order: number) => Math.sign(order)
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

describe('encoded keys', () => {
  it('are those of DingoDB', () => {
    expect(hex(encodeKey(new Uint8Array(0)))).toBe('0000000000000000f7')
    expect(hex(encodeKey(Uint8Array.of(1, 2, 3)))).toBe('0102030000000000fa')
    expect(hex(encodeKey(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)))).toBe('0102030405060708ff0000000000000000f7')
    expect(hex(encodeVersionKey(Uint8Array.of(7), 1n))).toBe('0700000000000000f8fffffffffffffffe')
    expect(hex(encodeVersionKey(Uint8Array.of(7), 0x0102030405060708n))).toBe('0700000000000000f8fefdfcfbfaf9f8f7')
  })

  it('keep the order of plain keys, and none is a prefix of another', () => {
    fc.assert(
      fc.property(anyKey, anyKey, (left, right) => {
        const [a, b] = [encodeKey(left), encodeKey(right)]
        expect(sign(compareBytes(a, b))).toBe(sign(compareBytes(left, right)))
        if (compareBytes(left, right) !== 0) expect(compareBytes(a, b.subarray(0, a.length))).not.toBe(0)
      }),
      { numRuns: 2000 },
    )
  })

  it('come back as they were, with their timestamp', () => {
    fc.assert(
      fc.property(anyKey, ts, (plain, at) => {
        const stored = encodeVersionKey(plain, at)
        expect(stored).toHaveLength(encodedKeyLength(plain.length) + 8)
        expect(decodeVersionKey(stored)).toEqual(plain)
        expect(versionTimestamp(stored)).toBe(at)
        expect(decodeKey(encodeKey(plain))).toEqual(plain)
      }),
    )
  })

  it('put the versions of a key together, newest first', () => {
    fc.assert(
      fc.property(anyKey, ts, anyKey, ts, (left, leftTs, right, rightTs) => {
        const stored = compareBytes(encodeVersionKey(left, leftTs), encodeVersionKey(right, rightTs))
        const byKey = compareBytes(left, right)
        expect(sign(stored)).toBe(byKey !== 0 ? sign(byKey) : Number(rightTs > leftTs) - Number(rightTs < leftTs))
        expect(isSameKey(encodeVersionKey(left, leftTs), encodeVersionKey(right, rightTs))).toBe(byKey === 0)
      }),
    )
  })

  it('lie in the encoded range exactly if the plain key lies in the plain one', () => {
    fc.assert(
      fc.property(anyKey, anyKey, anyKey, ts, (plain, one, two, at) => {
        const [startKey, endKey] = compareBytes(one, two) <= 0 ? [one, two] : [two, one]
        const isInside = compareBytes(plain, startKey) >= 0 && compareBytes(plain, endKey) < 0
        expect(rangeContains(encodeRange({ startKey, endKey }), encodeVersionKey(plain, at))).toBe(isInside)
      }),
    )
  })

  it('have a range of the versions up to a timestamp', () => {
    fc.assert(
      fc.property(anyKey, ts, anyKey, ts, (plain, upTo, other, at) => {
        const stored = encodeVersionKey(other, at)
        const isSame = compareBytes(plain, other) === 0
        expect(rangeContains(versionRange(plain, upTo), stored)).toBe(isSame && at <= upTo)
        expect(rangeContains(versionRange(plain, undefined), stored)).toBe(isSame)
        expect(rangeContains(versionRange(plain, upTo), encodeVersionKey(plain, at))).toBe(at <= upTo)
      }),
    )
  })

  it('fit the raw engines up to the longest plain key', () => {
    expect(encodedKeyLength(MAX_PLAIN_KEY_BYTES) + 8).toBeLessThanOrEqual(rawEngineLimits.maxKeyBytes)
    expect(encodedKeyLength(MAX_PLAIN_KEY_BYTES + 1) + 8).toBeGreaterThan(rawEngineLimits.maxKeyBytes)
  })

  it('are told from other bytes', () => {
    for (const bytes of [
      '',
      '00',
      '0102030000000000f6',
      '0102030400000000fa',
      '0102030405060708fe0000000000000000f7',
    ]) {
      expect(() => decodeKey(Buffer.from(bytes, 'hex'))).toThrow(expect.objectContaining({ code: 'ENGINE_CORRUPTION' }))
    }
  })
})
