import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromHex } from '../../../src-main/client/key-bytes'
import type { TableNames } from '../../../src-main/client/views/decode-key'
import { decodeKey, decodeStoredKey, textOfBytes } from '../../../src-main/client/views/decode-key'
import type { KeyView } from '../../../src-main/client/views/key-view'
import { encodeKey, encodeVersionKey } from '../../../src-main/engine/mvcc/key-codec'

const tables: TableNames = {
  tableOfPartition: (partitionId) => (partitionId === 60002 ? { tableId: 60001, name: 'users' } : undefined),
}
const utf8 = new TextEncoder()

function keyOf(namespace: string, partitionId: number, userKey: Uint8Array): Uint8Array {
  const key = new Uint8Array(9 + userKey.length)
  key[0] = namespace.charCodeAt(0)
  new DataView(key.buffer).setBigUint64(1, BigInt(partitionId))
  key.set(userKey, 9)
  return key
}

/** Parts that follow each other without gap and cover the key. */
function expectCovered({ bytes, parts }: KeyView): void {
  let at = 0
  for (const { start, end } of parts) {
    expect(start).toBe(at)
    expect(end).toBeGreaterThan(start)
    at = end
  }
  expect(at).toBe(bytes.length)
}

describe('decodeKey', () => {
  it('names the table of a user key', () => {
    const view = decodeKey(keyOf('r', 60002, utf8.encode('user-42')), tables)
    expect(view).toMatchObject({ text: 'users/user-42', tableId: 60001, tableName: 'users' })
    expect(view.parts).toEqual([
      { kind: 'namespace', start: 0, end: 1, text: 'r' },
      { kind: 'partition', start: 1, end: 9, text: '60002' },
      { kind: 'user', start: 9, end: 16, text: 'user-42' },
    ])
  })

  it('shows the partition where no table is known, and at the border of a region', () => {
    expect(decodeKey(keyOf('w', 60003, utf8.encode('a')), tables).text).toBe('w/60003/a')
    expect(decodeKey(keyOf('r', 60002, new Uint8Array(0)), tables)).toMatchObject({ text: 'r/60002', tableId: 60001 })
  })

  it('shows user keys that are no text in hex', () => {
    expect(decodeKey(keyOf('r', 60002, Uint8Array.of(0, 0xff)), tables).text).toBe('users/0x00ff')
  })

  it('takes no other layout for a partition', () => {
    expect(decodeKey(utf8.encode('wide-open-key'), tables)).toMatchObject({ text: 'wide-open-key', tableId: undefined })
    expect(decodeKey(utf8.encode('META_REGION_80001'), tables).parts[0]?.kind).toBe('unknown')
    expect(decodeKey(new Uint8Array(0), tables)).toMatchObject({ text: '', parts: [] })
  })

  it('covers every key with its parts', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => expectCovered(decodeKey(bytes, tables))))
  })
})

describe('decodeStoredKey', () => {
  it('reads the key, its groups and the timestamp of a version', () => {
    const view = decodeStoredKey(encodeVersionKey(keyOf('r', 60002, utf8.encode('user-42')), 4711n), tables)
    expect(view.text).toBe('users/user-42 @ 4711')
    expect(view.parts.map(({ kind, text }) => `${kind}:${text}`)).toEqual([
      'namespace:r',
      'partition:60002',
      'padding:8 of 8',
      'partition:60002',
      'user:user-42',
      'padding:8 of 8',
      'padding:0 of 8',
      'timestamp:4711',
    ])
    expectCovered(view)
  })

  it('reads the border of a region, which has no timestamp', () => {
    expect(decodeStoredKey(encodeKey(keyOf('r', 60003, new Uint8Array(0))), tables).text).toBe('r/60003')
  })

  it('says of every stored key what the key itself says', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }), (userKey, ts) => {
        const key = keyOf('r', 60002, userKey)
        const view = decodeStoredKey(encodeVersionKey(key, ts), tables)
        expect(view.text).toBe(`${decodeKey(key, tables).text} @ ${String(ts)}`)
        expectCovered(view)
      }),
    )
  })

  it('reads what is not encoded as it is', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => expectCovered(decodeStoredKey(bytes, tables))))
    expect(decodeStoredKey(utf8.encode('META_REGION_80001'), tables).text).toBe('META_REGION_80001')
  })
})

describe('textOfBytes', () => {
  it('shows text as it is, other languages included, and everything else in hex', () => {
    expect(textOfBytes(utf8.encode('键 – ключ'))).toBe('键 – ключ')
    expect(textOfBytes(fromHex('00') ?? new Uint8Array(0))).toBe('0x00')
    // Turns the direction of what follows: a key must not disguise another one.
    expect(textOfBytes(utf8.encode('a\u202eb'))).toBe('0x61e280ae62')
  })
})
