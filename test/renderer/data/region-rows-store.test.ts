import { flushPromises } from '@vue/test-utils'
import { createApp } from 'vue'
import { beforeEach, describe, expect, it } from 'vitest'
import type { RegionRowsPage, RegionRowsQuery } from '../../../src-main/client/views/region-rows'
import { doorClientKey } from '../../../src-renderer/data/door-client'
import type { DoorClient } from '../../../src-renderer/data/door-client'
import { useRegionRowsStore } from '../../../src-renderer/data/region-rows-store'
import type { RegionCriteria } from '../../../src-renderer/data/region-rows-store'
import { createPinia } from 'pinia'
import { doorError } from '../support/fake-door'
import { somePage, someRegion } from '../features/regions/some-regions'

const all: RegionCriteria = {
  text: '',
  concerns: [],
  tableId: undefined,
  storeId: undefined,
  sortBy: 'regionId',
  descending: false,
  groupBy: 'none',
}

interface Question {
  readonly query: RegionRowsQuery
  answer(page: RegionRowsPage): void
  fail(): void
}
let questions: Question[]
let rows: ReturnType<typeof useRegionRowsStore>

beforeEach(() => {
  questions = []
  const client = {
    inspection: {
      regionRows: {
        query: (query: RegionRowsQuery) =>
          new Promise<RegionRowsPage>((resolve, reject) => {
            questions.push({
              query,
              answer: resolve,
              fail: () => reject(doorError({ code: 'RPC_UNAVAILABLE', message: 'gone', details: {} })),
            })
          }),
      },
    },
  } as unknown as DoorClient
  const app = createApp({})
  app.use(createPinia())
  app.provide(doorClientKey, client)
  rows = app.runWithContext(() => useRegionRowsStore())
  rows.watch()
})

/** The questions that were not answered yet. */
const open = () => questions.splice(0)
async function answerAll(total: number, other: Partial<RegionRowsPage> = {}): Promise<number[]> {
  const asked: number[] = []
  for (let now = open(); now.length > 0; now = open()) {
    for (const { query, answer } of now) {
      asked.push(query.offset)
      answer(somePage(query.offset, query.limit, total, other))
    }
    await flushPromises()
  }
  return asked
}

describe('the rows of the regions', () => {
  it('are asked for page by page, as they come into view', async () => {
    rows.choose(all)
    expect(await answerAll(100_000)).toEqual([0])
    expect(rows.rowAt(0)?.regionId).toBe(1)
    expect(rows.rowAt(50_000)).toBeUndefined()
    rows.show(50_000, 50_030)
    expect(await answerAll(100_000)).toEqual([50_000])
    expect(rows.rowAt(50_010)?.regionId).toBe(50_011)
  })

  it('near the view are asked for when it moves on row by row, after those in view', async () => {
    rows.choose(all)
    await answerAll(100_000)
    // A jump: it may jump on at once, as the bar of a grid does.
    rows.show(50_090, 50_120)
    expect(await answerAll(100_000)).toEqual([50_000, 50_100])
    rows.show(50_140, 50_170)
    expect(await answerAll(100_000)).toEqual([])
    rows.show(50_150, 50_180)
    expect(await answerAll(100_000)).toEqual([50_200])
    rows.show(50_110, 50_140)
    rows.show(50_290, 50_320)
    rows.show(50_300, 50_330)
    expect(await answerAll(100_000)).toEqual([50_300])
  })

  it('of what was scrolled past are not asked for: the newest view comes first', async () => {
    rows.choose(all)
    await answerAll(100_000)
    for (let from = 1000; from <= 90_000; from += 1000) rows.show(from, from + 30)
    expect(questions).toHaveLength(2)
    const asked = await answerAll(100_000)
    expect(asked.slice(2)).toEqual([90_000])
  })

  it('stay in view while they are read anew, and are then replaced', async () => {
    rows.choose(all)
    await answerAll(300)
    rows.refresh()
    expect(rows.rowAt(0)?.version).toBe(2)
    const [question] = open()
    question?.answer({ ...somePage(0, 100, 300), rows: [someRegion(1, { version: 3 })] })
    await flushPromises()
    expect(rows.rowAt(0)?.version).toBe(3)
  })

  it('say what holds for all of them once for each moment', async () => {
    rows.choose(all)
    await answerAll(1000, { takenAtMs: 5 })
    const first = rows.facts
    rows.show(500, 530)
    await answerAll(1000, { takenAtMs: 5 })
    expect(rows.facts).toBe(first)
    rows.refresh()
    await answerAll(1001, { takenAtMs: 6 })
    expect(rows.facts?.total).toBe(1001)
    rows.choose({ ...all, text: 'few' })
    await answerAll(10, { takenAtMs: 6 })
    expect(rows.facts?.total).toBe(10)
  })

  it('of another order never mix with those before', async () => {
    rows.choose(all)
    await answerAll(1000)
    rows.show(300, 330)
    const [late] = open()
    rows.choose({ ...all, descending: true })
    // Until the first answer, the rows before.
    expect(rows.rowAt(0)?.regionId).toBe(1)
    const [first] = open()
    first?.answer({ ...somePage(0, 200, 1000), rows: [someRegion(1000)] })
    await flushPromises()
    late?.answer(somePage(200, 200, 1000))
    await flushPromises()
    expect(rows.rowAt(0)?.regionId).toBe(1000)
    expect(rows.rowAt(200)).toBeUndefined()
  })

  it('are not asked for while nobody looks, and read anew when somebody does', async () => {
    rows.choose(all)
    await answerAll(100)
    rows.unwatch()
    rows.refresh()
    expect(open()).toEqual([])
    rows.watch()
    expect(open()).toHaveLength(1)
  })

  it('stay when a question fails, which is asked again with the next refresh and not by itself', async () => {
    rows.choose(all)
    await answerAll(100)
    rows.refresh()
    open()[0]?.fail()
    await flushPromises()
    expect(rows.error?.code).toBe('RPC_UNAVAILABLE')
    expect(rows.rowAt(0)?.regionId).toBe(1)
    expect(open()).toEqual([])
    rows.refresh()
    await answerAll(100)
    expect(rows.error).toBeUndefined()
  })

  it('far from the view are forgotten', async () => {
    rows.choose(all)
    await answerAll(100_000)
    for (let from = 0; from < 20_000; from += 200) {
      rows.show(from, from + 30)
      await answerAll(100_000)
    }
    expect(rows.rowAt(0)).toBeUndefined()
    expect(rows.rowAt(19_800)?.regionId).toBe(19_801)
  })

  it('of another cluster are not taken for those of this one', async () => {
    rows.choose(all)
    const [late] = open()
    rows.clear()
    late?.answer(somePage(0, 200, 7))
    await flushPromises()
    expect(rows.facts).toBeUndefined()
    await answerAll(3)
    expect(rows.facts?.total).toBe(3)
  })
})
