import { createApp } from 'vue'
import { beforeEach, describe, expect, it } from 'vitest'
import { usePairStore } from '../../../src-renderer/data/pair-store'
import { PAIRS_A_PAGE, usePairsStore } from '../../../src-renderer/data/pairs-store'
import { useSessionStore } from '../../../src-renderer/data/session-store'
import { closedSession, doorError, FakeDoor } from '../support/fake-door'
import { FakeKeyspace } from '../support/fake-keyspace'
import { keyBytes, pair } from '../support/key-views'

let door: FakeDoor
let keyspace: FakeKeyspace
let pairs: ReturnType<typeof usePairsStore>
let shown: ReturnType<typeof usePairStore>
let session: ReturnType<typeof useSessionStore>

beforeEach(() => {
  door = new FakeDoor()
  keyspace = new FakeKeyspace(door)
  const app = createApp({ render: () => null })
  app.use(door.plugin())
  pairs = app.runWithContext(usePairsStore)
  shown = app.runWithContext(usePairStore)
  session = app.runWithContext(useSessionStore)
})

const nothing = new Uint8Array(0)
const everything = [{ start: nothing, end: nothing }]
const partition = (id: number) => ({ start: keyBytes(id, ''), end: keyBytes(id + 1, '') })
const texts = () => pairs.pairs.map(({ key }) => key.text)
const name = (at: number) => `k${String(at).padStart(5, '0')}`
const fill = (count: number, partitionId = 100) =>
  keyspace.add(...Array.from({ length: count }, (_, at) => pair(partitionId, name(at), 'v')))
const utf8 = (text: string) => new TextEncoder().encode(text)

describe('the list of pairs', () => {
  it('reads page after page, and says whether more follow', async () => {
    fill(PAIRS_A_PAGE + 3)
    await pairs.open(everything, nothing)
    expect([pairs.pairs.length, pairs.hasMore, pairs.pages]).toEqual([PAIRS_A_PAGE, true, 1])
    await pairs.loadPage()
    expect([pairs.pairs.length, pairs.hasMore, pairs.pages]).toEqual([PAIRS_A_PAGE + 3, false, 2])
    expect(new Set(texts()).size).toBe(PAIRS_A_PAGE + 3)
  })

  it('goes on through stretches that lie apart, and begins in the one that holds the key', async () => {
    keyspace.add(pair(100, 'a', 'v'), pair(150, 'x', 'v'), pair(200, 'b', 'v'), pair(200, 'c', 'v'))
    await pairs.open([partition(100), partition(200)], nothing)
    expect(texts()).toEqual(['t1/a', 't2/b', 't2/c'])
    await pairs.open([partition(100), partition(200)], keyBytes(200, 'c'))
    expect(texts()).toEqual(['t2/c'])
  })

  it('passes over a page of what was listed before', async () => {
    fill(2)
    const release: Array<() => void> = []
    const answer = door.answers.get('keyspace.page')
    door.answers.set('keyspace.page', async (input) => {
      if (release.length === 0) await new Promise<void>((resolve) => release.push(resolve))
      return answer?.(input)
    })
    const slow = pairs.open(everything, nothing)
    await pairs.open([partition(100)], keyBytes(100, name(1)))
    release[0]?.()
    await slow
    expect(texts()).toEqual([`t1/${name(1)}`])
    expect(pairs.isLoading).toBe(false)
  })

  it('loads all until it is stopped, and can be asked again', async () => {
    fill(3 * PAIRS_A_PAGE)
    await pairs.open(everything, nothing)
    const all = pairs.loadAll()
    pairs.stop()
    await all
    expect(pairs.pairs.length).toBe(2 * PAIRS_A_PAGE)
    await pairs.loadAll()
    expect([pairs.pairs.length, pairs.isLoadingAll, pairs.isCapped]).toEqual([3 * PAIRS_A_PAGE, false, false])
  })

  it('keeps what it has when a page fails, and goes on from there', async () => {
    fill(PAIRS_A_PAGE + 1)
    await pairs.open(everything, nothing)
    const answer = door.answers.get('keyspace.page')
    door.answers.set('keyspace.page', () => {
      throw doorError({ code: 'CLIENT_TIMED_OUT', message: 'No leader.', details: {} })
    })
    await pairs.loadPage()
    expect(pairs.error?.code).toBe('CLIENT_TIMED_OUT')
    expect(pairs.pairs.length).toBe(PAIRS_A_PAGE)
    if (answer) door.answers.set('keyspace.page', answer)
    await pairs.loadPage()
    expect([pairs.error, pairs.pairs.length]).toEqual([undefined, PAIRS_A_PAGE + 1])
  })

  it('takes over what was written among what is shown, and only there', async () => {
    fill(PAIRS_A_PAGE + 1)
    await pairs.open(everything, nothing)
    pairs.receive(pair(100, 'k00000a', 'new'))
    expect(texts().slice(0, 3)).toEqual(['t1/k00000', 't1/k00000a', 't1/k00001'])
    pairs.receive(pair(100, 'z', 'behind what was read'))
    expect(pairs.pairs.length).toBe(PAIRS_A_PAGE + 1)
    pairs.remove(keyBytes(100, 'k00000'))
    expect(texts()[0]).toBe('t1/k00000a')
  })

  it('is forgotten when another cluster is open', async () => {
    fill(1)
    await pairs.open(everything, nothing)
    session.receive({ ...closedSession, phase: 'running' })
    expect(pairs.pairs).toEqual([])
  })
})

describe('the pair that is looked at', () => {
  it('is read shortened, and whole only when that is asked for', async () => {
    keyspace.add(pair(100, 'big', 'abc', 10_000))
    await shown.show(keyBytes(100, 'big'))
    expect([shown.shown?.value?.length, shown.shown?.valueBytes]).toEqual([3, 10_000])
    expect(door.calls.some(({ procedure }) => procedure === 'keyspace.value')).toBe(false)
    await shown.loadWhole()
    expect(shown.shown?.value?.length).toBe(10_000)
  })

  it('is nothing where there is no such key', async () => {
    await shown.show(keyBytes(100, 'none'))
    expect(shown.shown).toMatchObject({ value: undefined, key: { text: 't1/none' } })
  })

  it('is put, deleted and put back, and the list follows', async () => {
    await pairs.open(everything, nothing)
    await shown.put({ kind: 'table', tableId: 1, text: 'a' }, utf8('one'), undefined)
    expect(texts()).toEqual(['t1/a'])
    await shown.remove()
    expect([texts(), shown.outcome?.kind, shown.shown?.value]).toEqual([[], 'deleted', undefined])
    await shown.putBack()
    expect([texts(), shown.outcome?.kind]).toEqual([['t1/a'], 'restored'])
    expect(shown.shown?.value).toEqual(utf8('one'))
  })

  it('is not put back over what somebody else wrote meanwhile', async () => {
    keyspace.add(pair(100, 'a', 'one'))
    await shown.show(keyBytes(100, 'a'))
    await shown.remove()
    keyspace.add(pair(100, 'a', 'theirs'))
    await shown.putBack()
    expect(shown.outcome?.kind).toBe('not-restored')
    expect(keyspace.at(keyBytes(100, 'a'))?.value).toEqual(utf8('theirs'))
  })

  it('is set only if it is as expected; a refusal shows what is there', async () => {
    keyspace.add(pair(100, 'a', 'one'))
    const key = { kind: 'table', tableId: 1, text: 'a' } as const
    await shown.compareAndSet(key, utf8('other'), utf8('two'))
    expect([shown.outcome?.kind, shown.writeError]).toEqual(['refused', undefined])
    expect(shown.shown?.value).toEqual(utf8('one'))
    await shown.compareAndSet(key, utf8('one'), utf8('two'))
    expect(shown.outcome?.kind).toBe('set')
    expect(keyspace.at(keyBytes(100, 'a'))?.value).toEqual(utf8('two'))
  })

  it('tells why a write failed', async () => {
    door.answers.set('keyspace.put', () => {
      throw doorError({ code: 'CLIENT_OUTCOME_UNKNOWN', message: 'The leader went away.', details: {} })
    })
    expect(await shown.put({ kind: 'table', tableId: 1, text: 'a' }, utf8('one'), 5000)).toBe(false)
    expect(shown.writeError?.code).toBe('CLIENT_OUTCOME_UNKNOWN')
    expect(door.calls.at(-1)).toMatchObject({ procedure: 'keyspace.put', input: { timeToLiveMs: 5000 } })
  })
})
