import { describe, expect, it } from 'vitest'
import { encodeKey, encodeVersionKey } from '../../../src-main/engine/mvcc/key-codec'
import { MvccStore } from '../../../src-main/engine/mvcc/mvcc-store'
import { nameOfKey, NewestTimestamps } from '../../../src-main/engine/mvcc/newest-timestamps'
import { encodeValue, TOMBSTONE } from '../../../src-main/engine/mvcc/value-codec'
import { RawMemEngine } from '../../../src-main/engine/raw/memory/raw-mem-engine'
import { RawWriteBatch } from '../../../src-main/engine/raw/raw-write-batch'

const key = Uint8Array.of(1)
const name = nameOfKey(encodeKey(key))
const version = (ts: bigint) => new RawWriteBatch().put(encodeVersionKey(key, ts), TOMBSTONE).operations

function learn(newest: NewestTimestamps, ts: bigint): void {
  const search = newest.beginSearch(name)
  expect(search).toBeDefined()
  if (search !== undefined) newest.endSearch(name, search, ts)
}

describe('newest timestamps', () => {
  it('are known once they were looked for, and follow what is written', async () => {
    const newest = new NewestTimestamps()
    learn(newest, 5n)
    expect(newest.find(name)).toBe(5n)
    await newest.during(version(6n), () => {
      expect(newest.find(name), 'nothing is known during a write').toBeUndefined()
      expect(newest.beginSearch(name), 'what is found during a write is not kept').toBeUndefined()
      return Promise.resolve()
    })
    expect(newest.find(name)).toBe(6n)
  })

  it('are not kept from a search that a write overtook', async () => {
    const newest = new NewestTimestamps()
    const search = newest.beginSearch(name)
    await newest.during(version(6n), () => Promise.resolve())
    if (search !== undefined) newest.endSearch(name, search, 5n)
    expect(newest.find(name)).toBe(6n)
  })

  it('are forgotten when a write fails, and when ranges change', async () => {
    const newest = new NewestTimestamps()
    learn(newest, 5n)
    await expect(newest.during(version(6n), () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(newest.find(name)).toBeUndefined()
    learn(newest, 6n)
    await newest.during(new RawWriteBatch().deleteRange({ start: key, end: Uint8Array.of(2) }).operations, () => {
      expect(newest.beginSearch(name)).toBeUndefined()
      return Promise.resolve()
    })
    expect(newest.find(name)).toBeUndefined()
  })

  it('never hide a write from a reader, whatever comes together', async () => {
    const rawEngine = await RawMemEngine.open()
    const store = new MvccStore(rawEngine)
    const reader = store.reader(() => 0)
    let written = 0
    let seen = 0
    for (let round = 1; round <= 300; round += 1) {
      const batch = new RawWriteBatch()
      batch.put(encodeVersionKey(key, BigInt(round)), encodeValue(Uint8Array.of(round >> 8, round & 0xff), undefined))
      const write = store.write(batch).then(() => {
        written = round
      })
      const reads = Array.from({ length: round % 4 }, async () => {
        const atLeast = Math.max(written, seen)
        const value = await reader.kvGet(key)
        const found = value === undefined ? 0 : ((value[0] as number) << 8) | (value[1] as number)
        expect(found).toBeGreaterThanOrEqual(atLeast)
        seen = Math.max(seen, found)
      })
      await Promise.all(round % 3 === 0 ? reads : [write, ...reads])
      await write
    }
    expect(seen).toBeGreaterThan(290)
    await rawEngine.close()
  })
})
