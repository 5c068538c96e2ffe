import { describe, expect, test } from 'vitest'
import type { Entry } from '../../core/model/entry'
import type { RaftLogStore } from '../raft-log-store'

/** Makes the logs that the suite works on. */
export interface RaftLogFactory {
  /** A new, empty log. */
  create(): Promise<RaftLogStore>
  /** The log that `create` made last, opened anew after it was closed; undefined for a log that does not outlive its closing. */
  readonly reopen?: () => Promise<RaftLogStore>
}

const NO_LIMIT = Number.POSITIVE_INFINITY

const entry = (index: number, term: number, data = `${String(index)}@${String(term)}`): Entry => ({
  index,
  term,
  type: 'EntryNormal',
  data: new TextEncoder().encode(data),
})

const entries = (first: number, last: number, term: number): Entry[] =>
  Array.from({ length: last - first + 1 }, (_, position) => entry(first + position, term))

const textOf = (list: readonly Entry[]) => list.map(({ data }) => new TextDecoder().decode(data))

/** What every {@link RaftLogStore} must do, whatever it keeps its entries in. */
export function raftLogConformance(name: string, factory: RaftLogFactory): void {
  describe(`${name} keeps the contract of RaftLogStore`, () => {
    test('starts empty', async () => {
      const log = await factory.create()
      expect(log).toMatchObject({ firstIndex: 1, lastIndex: 0, durableIndex: 0, mark: { index: 0, term: 0 } })
      expect(log.hardState).toEqual({ term: 0, vote: 0, commit: 0 })
      expect(log.term(0)).toBe(0)
      expect(await log.readEntries(1, 1, NO_LIMIT)).toEqual([])
      await log.close()
    })

    test('tells where entries stand, in the order of their indexes and without overlap', async () => {
      const log = await factory.create()
      log.append({ entries: entries(1, 3, 1) })
      await log.sync()
      const places = [1, 2, 3].map((index) => log.place(index))
      for (const [position, place] of places.slice(1).entries()) {
        const before = places[position]
        expect(place === undefined).toBe(before === undefined)
        if (place?.segment === before?.segment) {
          expect(place?.offset ?? 0).toBeGreaterThanOrEqual((before?.offset ?? 0) + (before?.length ?? 0))
        }
      }
      expect(() => log.place(4)).toThrow(expect.objectContaining({ code: 'RAFT_LOG_OUT_OF_RANGE' }))
      await log.close()
    })

    test('shows what is appended at once, and calls it durable after a sync', async () => {
      const log = await factory.create()
      log.append({ hardState: { term: 1, vote: 2, commit: 0 }, entries: entries(1, 3, 1) })
      expect(log).toMatchObject({ lastIndex: 3, durableIndex: 0, hardState: { term: 1, vote: 2, commit: 0 } })
      expect(textOf(await log.readEntries(1, 4, NO_LIMIT))).toEqual(['1@1', '2@1', '3@1'])
      let written = false
      await log.sync(() => {
        written = true
        expect(log.durableIndex).toBe(0)
      })
      expect(written).toBe(true)
      expect(log.durableIndex).toBe(3)
      await log.close()
    })

    test('reads a range as far as the limit allows, but at least one entry', async () => {
      const log = await factory.create()
      log.append({ entries: [entry(1, 0, 'aaaa'), entry(2, 0, 'bbbb'), entry(3, 0, 'cccc')] })
      expect(textOf(await log.readEntries(1, 4, 8))).toEqual(['aaaa', 'bbbb'])
      expect(textOf(await log.readEntries(2, 4, 0))).toEqual(['bbbb'])
      expect(textOf(await log.readEntries(2, 3, NO_LIMIT))).toEqual(['bbbb'])
      await log.close()
    })

    test('keeps the type and the bytes of an entry, also of an empty and a long one', async () => {
      const log = await factory.create()
      const long = new Uint8Array(200_001).map((_, index) => index % 251)
      const list: Entry[] = [
        { index: 1, term: 1, type: 'EntryNormal', data: new Uint8Array(0) },
        { index: 2, term: 1, type: 'EntryConfChange', data: Uint8Array.of(0, 255) },
        { index: 3, term: 1, type: 'EntryConfChangeV2', data: long },
      ]
      log.append({ entries: list })
      await log.sync()
      const read = await log.readEntries(1, 4, NO_LIMIT)
      expect(read.map(({ type }) => type)).toEqual(['EntryNormal', 'EntryConfChange', 'EntryConfChangeV2'])
      expect(read.map(({ data }) => Buffer.from(data).equals(Buffer.from(list.shift()?.data ?? [])))).toEqual([
        true,
        true,
        true,
      ])
      await log.close()
    })

    test('an entry in the place of another replaces it and all behind it', async () => {
      const log = await factory.create()
      log.append({ entries: entries(1, 5, 1) })
      await log.sync()
      log.append({ hardState: { term: 2, vote: 0, commit: 0 }, entries: entries(3, 4, 2) })
      expect(log).toMatchObject({ lastIndex: 4, durableIndex: 2 })
      expect(textOf(await log.readEntries(1, 5, NO_LIMIT))).toEqual(['1@1', '2@1', '3@2', '4@2'])
      expect([log.term(2), log.term(3)]).toEqual([1, 2])
      await log.sync()
      expect(log.durableIndex).toBe(4)
      await log.close()
    })

    test('a sync that was under way does not call durable what was replaced meanwhile', async () => {
      const log = await factory.create()
      log.append({ entries: entries(1, 5, 1) })
      const first = log.sync()
      await Promise.resolve()
      log.append({ entries: entries(3, 3, 2) })
      await first
      expect(log.durableIndex).toBeLessThanOrEqual(3)
      await log.sync()
      expect(log.durableIndex).toBe(3)
      await log.close()
    })

    test('cuts a suffix', async () => {
      const log = await factory.create()
      log.append({ entries: entries(1, 5, 1) })
      log.cutSuffix(2)
      expect(log.lastIndex).toBe(2)
      log.cutSuffix(7)
      expect(log.lastIndex).toBe(2)
      expect(() => log.term(3)).toThrow(expect.objectContaining({ code: 'RAFT_LOG_OUT_OF_RANGE' }))
      log.append({ entries: entries(3, 3, 4) })
      expect(textOf(await log.readEntries(1, 4, NO_LIMIT))).toEqual(['1@1', '2@1', '3@4'])
      await log.close()
    })

    test('cuts a prefix and remembers the term before the first entry', async () => {
      const log = await factory.create()
      log.append({ entries: [...entries(1, 3, 1), ...entries(4, 6, 2)] })
      await log.cutPrefix(4)
      expect(log).toMatchObject({ mark: { index: 4, term: 2 }, firstIndex: 5, lastIndex: 6, durableIndex: 6 })
      expect(log.term(4)).toBe(2)
      expect(() => log.term(3)).toThrow(expect.objectContaining({ code: 'RAFT_LOG_COMPACTED' }))
      await expect(log.readEntries(4, 6, NO_LIMIT)).rejects.toMatchObject({ code: 'RAFT_LOG_COMPACTED' })
      await log.cutPrefix(2)
      expect(log.firstIndex).toBe(5)
      await expect(log.cutPrefix(7)).rejects.toMatchObject({ code: 'RAFT_LOG_OUT_OF_RANGE' })
      await log.cutPrefix(6)
      expect(log).toMatchObject({ firstIndex: 7, lastIndex: 6, mark: { index: 6, term: 2 } })
      log.append({ entries: entries(7, 7, 2) })
      expect(textOf(await log.readEntries(7, 8, NO_LIMIT))).toEqual(['7@2'])
      await log.close()
    })

    test('an installed snapshot replaces the whole log', async () => {
      const log = await factory.create()
      log.append({ entries: entries(1, 5, 1) })
      await log.sync()
      log.append({
        hardState: { term: 3, vote: 0, commit: 9 },
        reset: { index: 9, term: 3 },
        entries: entries(10, 11, 3),
      })
      expect(log).toMatchObject({
        mark: { index: 9, term: 3 },
        firstIndex: 10,
        lastIndex: 11,
        hardState: { term: 3, commit: 9 },
      })
      await log.sync()
      expect(log.durableIndex).toBe(11)
      expect(textOf(await log.readEntries(10, 12, NO_LIMIT))).toEqual(['10@3', '11@3'])
      await log.close()
    })

    test.each([
      ['a gap', { entries: entries(6, 6, 1) }],
      ['entries that do not follow each other', { entries: [entry(5, 1), entry(7, 1)] }],
      ['a term that goes back', { entries: [entry(5, 2), entry(6, 1)] }],
      ['a term below that of the entry before', { entries: entries(5, 5, 0) }],
      ['an entry in the place of a committed one', { entries: entries(2, 2, 1) }],
      ['an index beyond the safe integers', { entries: [{ ...entry(5, 1), index: 2 ** 53 }] }],
      ['a hard state whose term goes back', { hardState: { term: 0, vote: 0, commit: 2 } }],
      ['a hard state whose commit goes back', { hardState: { term: 1, vote: 1, commit: 1 } }],
      ['a second vote in one term', { hardState: { term: 1, vote: 3, commit: 2 } }],
      ['a commit behind the last entry', { hardState: { term: 1, vote: 1, commit: 5 } }],
      ['a snapshot before what is committed', { reset: { index: 1, term: 1 } }],
    ])('refuses %s and changes nothing', async (_what, update) => {
      const log = await factory.create()
      log.append({ hardState: { term: 1, vote: 1, commit: 2 }, entries: entries(1, 4, 1) })
      expect(() => {
        log.append(update)
      }).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }))
      expect(log).toMatchObject({ lastIndex: 4, hardState: { term: 1, vote: 1, commit: 2 } })
      expect(textOf(await log.readEntries(1, 5, NO_LIMIT))).toEqual(['1@1', '2@1', '3@1', '4@1'])
      expect(() => {
        log.cutSuffix(1)
      }).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }))
      await log.close()
    })

    test('refuses reads outside the log', async () => {
      const log = await factory.create()
      log.append({ entries: entries(1, 2, 1) })
      expect(() => log.cachedEntries(1, 4, NO_LIMIT)).toThrow(
        expect.objectContaining({ code: 'RAFT_LOG_OUT_OF_RANGE' }),
      )
      expect(() => log.cachedEntries(2, 1, NO_LIMIT)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }))
      await log.close()
    })

    test('takes nothing after it was closed', async () => {
      const log = await factory.create()
      await log.close()
      await log.close()
      expect(() => {
        log.append({ entries: entries(1, 1, 1) })
      }).toThrow(expect.objectContaining({ code: 'RAFT_LOG_CLOSED' }))
      await expect(log.sync()).rejects.toMatchObject({ code: 'RAFT_LOG_CLOSED' })
    })

    const { reopen } = factory
    // A log that does not outlive its closing has no such promise to keep.
    if (reopen === undefined) return
    test('finds everything again after closing', async () => {
      const log = await factory.create()
      log.append({ hardState: { term: 4, vote: 3, commit: 0 }, entries: entries(1, 6, 4) })
      log.append({ hardState: { term: 4, vote: 3, commit: 5 } })
      await log.cutPrefix(3)
      log.append({ hardState: { term: 5, vote: 1, commit: 5 }, entries: entries(6, 8, 5) })
      await log.close()
      const again = await reopen()
      expect(again).toMatchObject({
        mark: { index: 3, term: 4 },
        lastIndex: 8,
        durableIndex: 8,
        hardState: { term: 5, vote: 1, commit: 5 },
      })
      expect(textOf(await again.readEntries(4, 9, NO_LIMIT))).toEqual(['4@4', '5@4', '6@5', '7@5', '8@5'])
      again.append({ entries: entries(9, 9, 5) })
      await again.close()
      const third = await reopen()
      expect(textOf(await third.readEntries(8, 10, NO_LIMIT))).toEqual(['8@5', '9@5'])
      await third.close()
    })
  })
}
