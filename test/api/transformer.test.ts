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
    const whole = new Uint8Array(10_000).fill(7)
    const text = transformer.serialize({ word: whole.subarray(100, 104) })
    expect(ofPage.deserialize(text)).toEqual({ word: new Uint8Array([7, 7, 7, 7]) })
    expect(text.length).toBeLessThan(100)
  })

  it('take a Buffer for the bytes that it holds', () => {
    expect(ofPage.deserialize(ofHost.serialize(Buffer.from('abc')))).toEqual(new Uint8Array([97, 98, 99]))
  })
})
