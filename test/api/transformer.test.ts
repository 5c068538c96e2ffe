import { describe, expect, it } from 'vitest'
import { transformer as ofHost } from '../../src-main/api/transformer'
import { transformer as ofPage } from '../../src-renderer/data/transformer'

describe('values that cross the door', () => {
  const values = {
    big: 2n ** 63n - 1n,
    bytes: new Uint8Array([0, 1, 255]),
    empty: new Uint8Array(),
    map: new Map([['a', 1n]]),
    nothing: undefined,
    at: new Date(0),
  }

  it('arrive as they were, in both directions', () => {
    expect(ofPage.deserialize(ofHost.serialize(values))).toEqual(values)
    expect(ofHost.deserialize(ofPage.serialize(values))).toEqual(values)
  })

  it.each([
    ['the host', ofHost],
    ['the page', ofPage],
  ])('show of a view only what it shows, from %s', (_who, transformer) => {
    const secret = new TextEncoder().encode('the secret and the word')
    const text = transformer.serialize({ word: secret.subarray(-4) })
    expect(ofPage.deserialize(text)).toEqual({ word: new TextEncoder().encode('word') })
    expect(text).not.toContain(Buffer.from('secret').toString('base64').slice(0, 6))
    expect(text.length).toBeLessThan(120)
  })

  it('take a Buffer for the bytes that it holds', () => {
    expect(ofPage.deserialize(ofHost.serialize(Buffer.from('abc')))).toEqual(new Uint8Array([97, 98, 99]))
  })
})
