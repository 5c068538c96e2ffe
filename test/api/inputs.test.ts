import { describe, expect, it } from 'vitest'
import { keyBytes, keyInput } from '../../src-main/api/procedures/inputs'
import { MAX_KEY_BYTES } from '../../src-main/store/service/service-settings'

describe('a key from a page', () => {
  it('may be as long as a store takes it, and the key behind that one, where the next page begins', () => {
    expect(keyBytes.safeParse(new Uint8Array(MAX_KEY_BYTES + 1)).success).toBe(true)
    expect(keyBytes.safeParse(new Uint8Array(1024 * 1024)).success).toBe(false)
  })

  it('may be typed in bytes with blanks between them', () => {
    const hex = '72 '.repeat(MAX_KEY_BYTES).trimEnd()
    expect(keyInput.safeParse({ kind: 'raw', hex }).success).toBe(true)
    expect(keyInput.safeParse({ kind: 'raw', hex: '72'.repeat(1024 * 1024) }).success).toBe(false)
  })

  it('is bytes and nothing that looks like them', () => {
    for (const value of [[114], '72', { length: 1, 0: 114 }, new Uint16Array(1)]) {
      expect(keyBytes.safeParse(value).success).toBe(false)
    }
  })
})
