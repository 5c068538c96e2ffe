import { describe, expect, it } from 'vitest'
import { RawWriteBatch } from '../../../src-main/engine/raw'
import { RowCache } from '../../../src-main/engine/raw/rocks/row-cache'

const bytes = (text: string) => new TextEncoder().encode(text)
const text = (value: Uint8Array | undefined) => value && new TextDecoder().decode(value)
const nothing = () => Promise.resolve()

function keep(cache: RowCache, key: string, value: string, family = 'default'): void {
  cache.endRead(cache.beginRead(), family, bytes(key), bytes(value))
}

describe('the cache of rows', () => {
  it('finds what was read, by family and key', () => {
    const cache = new RowCache(100_000)
    keep(cache, 'k', 'v')
    expect(text(cache.find('default', bytes('k')))).toBe('v')
    expect(cache.find('meta', bytes('k'))).toBeUndefined()
    expect(cache.find('default', bytes('kk'))).toBeUndefined()
  })

  it('gives arrays to their callers and keeps its own', () => {
    const cache = new RowCache(100_000)
    const read = bytes('v')
    cache.endRead(cache.beginRead(), 'default', bytes('k'), read)
    read[0] = 0
    const found = cache.find('default', bytes('k'))
    found?.fill(0)
    expect(text(cache.find('default', bytes('k')))).toBe('v')
  })

  it('forgets what is written before the write begins, and only that', async () => {
    const cache = new RowCache(100_000)
    for (const key of ['a', 'b', 'c', 'd', 'e']) keep(cache, key, key)
    keep(cache, 'b', 'meta', 'meta')
    const left = () =>
      ['a', 'b', 'c', 'd', 'e'].filter((key) => cache.find('default', bytes(key)) !== undefined).join('')
    const batch = new RawWriteBatch().put(bytes('a'), bytes('new'), 'default')
    await cache.during(batch.operations, () => {
      expect(left()).toBe('bcde')
      return nothing()
    })
    await cache.during(new RawWriteBatch().delete(bytes('e'), 'default').operations, nothing)
    await cache.during(
      new RawWriteBatch().deleteRange({ start: bytes('b'), end: bytes('d') }, 'default').operations,
      nothing,
    )
    expect(left()).toBe('d')
    expect(text(cache.find('meta', bytes('b')))).toBe('meta')
    await cache.during(new RawWriteBatch().deleteRange({}, 'default').operations, nothing)
    expect(left()).toBe('')
  })

  it('does not keep what was read beside a write, whichever began first', async () => {
    const cache = new RowCache(100_000)
    const { operations } = new RawWriteBatch().put(bytes('k'), bytes('new'), 'default')
    const before = cache.beginRead()
    await cache.during(operations, () => {
      cache.endRead(before, 'default', bytes('k'), bytes('old'))
      expect(cache.beginRead()).toBeUndefined()
      return nothing()
    })
    cache.endRead(before, 'default', bytes('k'), bytes('old'))
    expect(cache.find('default', bytes('k'))).toBeUndefined()
  })

  it('keeps nothing of a write that failed', async () => {
    const cache = new RowCache(100_000)
    keep(cache, 'k', 'v')
    const { operations } = new RawWriteBatch().put(bytes('k'), bytes('new'), 'default')
    await expect(cache.during(operations, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(cache.find('default', bytes('k'))).toBeUndefined()
    keep(cache, 'k', 'v')
    expect(text(cache.find('default', bytes('k')))).toBe('v')
  })

  it('stays within its bounds, the oldest go first', () => {
    const cache = new RowCache(100_000)
    for (let number = 0; number < 1_000; number += 1) keep(cache, String(number), 'x'.repeat(400))
    expect(cache.bytes).toBeLessThanOrEqual(100_000)
    expect(cache.bytes).toBeGreaterThan(99_000)
    expect(cache.find('default', bytes('0'))).toBeUndefined()
    expect(cache.find('default', bytes('999'))).toBeDefined()
    keep(cache, 'long', 'x'.repeat(2_000))
    expect(cache.find('default', bytes('long'))).toBeUndefined()
  })

  it('of no size keeps nothing', () => {
    const cache = new RowCache(0)
    expect(cache.beginRead()).toBeUndefined()
  })
})
