import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RaftInvariantError } from '../../../../src-main/raft/core/errors'
import { MemoryStorage } from '../../../../src-main/raft/core/log/memory-storage'
import { RaftLog } from '../../../../src-main/raft/core/log/raft-log'
import { UnstableLog } from '../../../../src-main/raft/core/log/unstable-log'
import { silentLogger } from '../../../../src-main/raft/core/logger'
import { NO_MEMBERS } from '../../../../src-main/raft/core/model/conf-state'
import type { Entry } from '../../../../src-main/raft/core/model/entry'
import { NO_BYTES, NO_LIMIT, countWithinSize, entriesSize } from '../../../../src-main/raft/core/model/entry'
import { storedEntries } from '../support/cluster'

const entry = (index: number, term: number, bytes = 0): Entry => ({
  index,
  term,
  type: 'EntryNormal',
  data: new Uint8Array(bytes),
})

/** What can happen to the log of a node with asynchronous storage, in any order. */
type Action =
  | { readonly kind: 'append'; readonly at: number; readonly count: number }
  | { readonly kind: 'hand out' }
  | { readonly kind: 'write' }
  | { readonly kind: 'commit'; readonly to: number }
  | { readonly kind: 'apply' }
  | { readonly kind: 'compact' }

const action: fc.Arbitrary<Action> = fc.oneof(
  fc.record({ kind: fc.constant('append' as const), at: fc.nat({ max: 8 }), count: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ kind: fc.constant('hand out' as const) }),
  fc.record({ kind: fc.constant('write' as const) }),
  fc.record({ kind: fc.constant('commit' as const), to: fc.nat({ max: 8 }) }),
  fc.record({ kind: fc.constant('apply' as const) }),
  fc.record({ kind: fc.constant('compact' as const) }),
)

/** A log beside a plain list of what it should hold. */
class LogModel {
  readonly storage = new MemoryStorage()
  readonly log: RaftLog
  /** The entry at index i is at i - 1. */
  expected: Entry[] = []
  #term = 1
  readonly #writes: Array<{ readonly entries: readonly Entry[]; readonly term: number }> = []

  constructor() {
    this.log = new RaftLog(this.storage, silentLogger, NO_LIMIT)
  }

  run(act: Action): void {
    switch (act.kind) {
      case 'append':
        this.#append(act.at, act.count)
        break
      case 'hand out':
        this.#writes.push({ entries: this.log.unstable.nextEntries(), term: this.#term })
        this.log.unstable.acceptInProgress()
        break
      case 'write':
        this.#write()
        break
      case 'commit':
        this.log.commitTo(Math.min(this.log.committed + act.to, this.log.lastIndex()))
        break
      case 'apply':
        this.#apply()
        break
      case 'compact':
        if (this.log.applied > this.storage.firstIndex() - 1 && this.log.applied <= this.storage.lastIndex()) {
          this.storage.compact(this.log.applied)
        }
        break
    }
    this.check()
  }

  /** A leader of a new term replaces the end of the log, from anywhere after what is committed. */
  #append(at: number, count: number): void {
    this.#term += 1
    const first = Math.min(this.log.committed + 1 + at, this.log.lastIndex() + 1)
    const entries = Array.from({ length: count }, (_, position) => entry(first + position, this.#term))
    const previous = { index: first - 1, term: this.log.term(first - 1) ?? 0 }
    expect(this.log.maybeAppend({ previous, entries }, 0)).toBe(first + count - 1)
    this.expected = [...this.expected.slice(0, first - 1), ...entries]
  }

  /** The oldest write becomes durable and is acknowledged; in a later term that is not believed. */
  #write(): void {
    const write = this.#writes.shift()
    if (write === undefined) return
    this.storage.append(write.entries)
    const last = write.entries.at(-1)
    if (last !== undefined && write.term === this.#term) this.log.unstable.stableTo(last)
  }

  #apply(): void {
    const entries = this.log.nextCommittedEntries(false)
    const last = entries.at(-1)
    if (last === undefined) return
    expect(entries[0]?.index).toBe(this.log.applied + 1)
    expect(entries).toEqual(this.expected.slice(this.log.applied, last.index))
    // Only what is stored may be applied: after a crash it must be there again.
    expect(last.index).toBeLessThanOrEqual(this.storage.lastIndex())
    this.log.acceptApplying(last.index, entriesSize(entries), false)
    this.log.appliedTo(last.index, entriesSize(entries))
  }

  check(): void {
    const { log } = this
    const first = log.firstIndex()
    expect(first - 1).toBeLessThanOrEqual(log.applied)
    expect(log.applied).toBeLessThanOrEqual(log.applying)
    expect(log.applying).toBeLessThanOrEqual(log.committed)
    expect(log.committed).toBeLessThanOrEqual(log.lastIndex())
    expect(log.unstable.offset).toBeLessThanOrEqual(log.unstable.offsetInProgress)
    expect(log.unstable.offsetInProgress).toBeLessThanOrEqual(log.unstable.offset + log.unstable.length)
    expect(log.lastIndex()).toBe(this.expected.length)
    expect(log.entries(first, NO_LIMIT)).toEqual(this.expected.slice(first - 1))
    for (let index = first - 1; index <= log.lastIndex(); index += 1) {
      expect(log.term(index)).toBe(index === 0 ? 0 : this.expected[index - 1]?.term)
    }
    expect(log.term(log.lastIndex() + 1)).toBeUndefined()
    // What is called durable is what is stored, entry for entry.
    const durable = log.unstable.offset - 1
    expect(storedEntries(this.storage).filter(({ index }) => index <= durable)).toEqual(
      this.expected.slice(first - 1, durable),
    )
  }
}

describe('the log', () => {
  it('reads as one list, whatever is written, replaced, committed, applied and compacted in between', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
        const model = new LogModel()
        for (const act of actions) model.run(act)
      }),
      { numRuns: 500 },
    )
  })

  it('hands out no more bytes than asked for, and at least one entry', () => {
    const sizes = fc.array(fc.nat({ max: 50 }), { minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(sizes, fc.nat({ max: 12 }), fc.integer({ min: 0, max: 400 }), (bytes, stored, limit) => {
        const entries = bytes.map((size, position) => entry(position + 1, 1, size))
        const storage = new MemoryStorage()
        storage.append(entries.slice(0, stored))
        const log = new RaftLog(storage, silentLogger, NO_LIMIT)
        log.append(entries, Math.min(stored, entries.length))
        const page = log.entries(1, limit) ?? []
        expect(page).toEqual(entries.slice(0, page.length))
        expect(page.length).toBeGreaterThan(0)
        if (page.length > 1) expect(entriesSize(page)).toBeLessThanOrEqual(limit)
        // The next one would not have fitted.
        if (page.length < entries.length) expect(entriesSize(entries.slice(0, page.length + 1))).toBeGreaterThan(limit)
        const visited: number[] = []
        log.scan(1, entries.length + 1, limit, ({ index }) => visited.push(index) < 0)
        expect(visited).toEqual(entries.map(({ index }) => index))
      }),
    )
  })

  it('guesses a point of agreement that is never below the real one', () => {
    const terms = fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 10 }).map((list) => list.sort())
    fc.assert(
      fc.property(terms, terms, (ours, theirs) => {
        const logOf = (list: readonly number[]) => {
          const storage = new MemoryStorage()
          storage.append(list.map((term, position) => entry(position + 1, term)))
          return new RaftLog(storage, silentLogger, NO_LIMIT)
        }
        let agreed = 0
        while (agreed < Math.min(ours.length, theirs.length) && ours[agreed] === theirs[agreed]) agreed += 1
        const end = logOf(theirs).lastEntryId()
        const guess = logOf(ours).findConflictByTerm(Math.min(end.index, ours.length), end.term)
        expect(guess.index).toBeGreaterThanOrEqual(Math.min(agreed, ours.length))
      }),
    )
  })

  it('refuses what would tear it', () => {
    const log = new RaftLog(new MemoryStorage(), silentLogger, NO_LIMIT)
    log.append([entry(1, 1), entry(2, 1)])
    log.commitTo(2)
    const violations = [
      () => log.append([entry(2, 2)]),
      () => log.append([entry(9, 2)]),
      () => log.commitTo(3),
      () => log.appliedTo(3, 0),
      () => log.acceptApplying(3, 0, true),
      () => log.unstable.slice(2, 1, NO_LIMIT),
      () => log.unstable.slice(1, 9, NO_LIMIT),
    ]
    for (const violation of violations) expect(violation).toThrowError(RaftInvariantError)
    log.appliedTo(2, 0)
    expect(() => log.appliedTo(1, 0)).toThrowError('applied(1) is out of range [prevApplied(2), committed(2)]')
  })
})

describe('the end of the log that is not durable', () => {
  it('is replaced by a snapshot and leaves with its acknowledgement', () => {
    const unstable = new UnstableLog(1, silentLogger)
    unstable.truncateAndAppend([entry(1, 1)], 0)
    const snapshot = { index: 5, term: 2, confState: NO_MEMBERS, data: NO_BYTES }
    unstable.restore(snapshot)
    expect([unstable.firstIndex(), unstable.lastIndex(), unstable.term(5), unstable.length]).toEqual([6, 5, 2, 0])
    expect(unstable.nextSnapshot()).toBe(snapshot)
    unstable.acceptInProgress()
    expect(unstable.nextSnapshot()).toBeUndefined()
    unstable.stableSnapshotTo(4)
    expect(unstable.snapshot).toBe(snapshot)
    unstable.stableTo({ index: 5, term: 2 })
    unstable.stableSnapshotTo(5)
    expect(unstable.snapshot).toBeUndefined()
  })

  it('keeps an entry that has become another one since it was written', () => {
    const lines: string[] = []
    const unstable = new UnstableLog(1, { ...silentLogger, info: (line) => void lines.push(line) })
    unstable.truncateAndAppend([entry(1, 1), entry(2, 1)], 0)
    unstable.acceptInProgress()
    unstable.truncateAndAppend([entry(2, 2)], 0)
    unstable.stableTo({ index: 2, term: 1 })
    unstable.stableTo({ index: 7, term: 1 })
    expect(unstable.length).toBe(2)
    expect(unstable.offsetInProgress).toBe(2)
    expect(lines).toEqual([
      'truncate the unstable entries before index 2',
      'entry at (index,term)=(2,1) mismatched with entry at (2,2) in unstable log; ignoring',
      'entry at index 7 missing from unstable log; ignoring',
    ])
  })

  it('counts what fits', () => {
    const entries = [entry(1, 1, 10), entry(2, 1, 10), entry(3, 1, 10)]
    expect(countWithinSize(entries, 0, 3, NO_LIMIT)).toBe(3)
    expect(countWithinSize(entries, 0, 3, 0)).toBe(1)
    expect(countWithinSize(entries, 1, 3, entriesSize(entries.slice(1)))).toBe(2)
    expect(countWithinSize(entries, 3, 3, 0)).toBe(0)
  })
})

describe('the log in memory', () => {
  it('is compacted, replaced by snapshots, and says what it no longer or not yet holds', () => {
    const storage = new MemoryStorage()
    storage.append([1, 2, 3, 4, 5].map((index) => entry(index, 1)))
    storage.compact(3)
    expect([storage.firstIndex(), storage.lastIndex(), storage.term(3), storage.term(2), storage.term(6)]).toEqual([
      4,
      5,
      1,
      'compacted',
      'unavailable',
    ])
    expect(storage.entries(3, 5, NO_LIMIT)).toBe('compacted')
    expect(() => storage.entries(4, 9, NO_LIMIT)).toThrowError("entries' hi(9) is out of bound lastindex(5)")
    expect(() => storage.compact(3)).toThrowError('requested index is unavailable due to compaction')
    expect(() => storage.compact(9)).toThrowError('compact 9 is out of bound lastindex(5)')
    expect(() => storage.append([entry(9, 1)])).toThrowError('missing log entry [last: 5, append at: 9]')
    expect(() => storage.createSnapshot(9, undefined, NO_BYTES)).toThrowError('snapshot 9 is out of bound lastindex(5)')
    storage.append([entry(2, 1), entry(3, 1), entry(4, 2)])
    expect(storedEntries(storage).map(({ index, term }) => [index, term])).toEqual([[4, 2]])
    const copy = storage.clone()
    storage.applySnapshot({ index: 9, term: 3, confState: NO_MEMBERS, data: NO_BYTES })
    expect([storage.firstIndex(), storage.lastIndex(), storage.term(9)]).toEqual([10, 9, 3])
    expect(storage.entries(10, 10, NO_LIMIT)).toBe('unavailable')
    expect(() => storage.applySnapshot({ index: 9, term: 3, confState: NO_MEMBERS, data: NO_BYTES })).toThrowError(
      'requested index is older than the existing snapshot',
    )
    expect(copy.lastIndex()).toBe(4)
  })
})
