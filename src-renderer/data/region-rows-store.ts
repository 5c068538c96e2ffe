import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import type { SerializedSandboxError } from '../../src-main/base/sandbox-error'
import type { RegionRow, RegionRowsPage, RegionRowsQuery } from '../../src-main/client/views/region-rows'
import { toDoorError, useDoorClient } from './door-client'

/** Which regions, in which order. */
export type RegionCriteria = Omit<RegionRowsQuery, 'offset' | 'limit'>

/** Rows of one page: a few views of a grid. More would be read in one go, and hold up the frame in which they come. */
export const ROWS_PER_PAGE = 100
/** Pages that are kept; those farthest from the view are dropped first. */
const MOST_PAGES = 12
/** Rows that are fetched around the view while it moves on row by row, so that scrolling meets no gap. */
const MARGIN_ROWS = 60
/** Pages that are asked for at a time: more would only delay the one that is looked at. */
const MOST_QUESTIONS = 2

interface KeptPage {
  readonly rows: readonly RegionRow[]
  /** The refresh that it answers. */
  readonly freshness: number
}

/**
 * The rows of the region grid, page by page as they come into view. A refresh replaces pages in place: what was known
 * stays until its successor is there.
 */
export const useRegionRowsStore = defineStore('regionRows', () => {
  const client = useDoorClient()
  /** What holds for all rows that match, of the newest answer. */
  const facts = shallowRef<Omit<RegionRowsPage, 'rows'>>()
  const error = shallowRef<SerializedSandboxError>()
  /** Grows when a row may read otherwise than before. */
  const revision = ref(0)
  let pages = new Map<number, KeptPage>()
  const asked = new Set<number>()
  let criteria: RegionCriteria | undefined
  let view = { from: 0, to: 1 }
  /** 0 where the view has just jumped to: it may jump on at once. */
  let marginRows = 0
  let freshness = 0
  /** Answers to questions of an older generation are of other rows. */
  let generation = 0
  let isWatched = false
  /** Whether the pages that are kept still answer the criteria before. */
  let isOfOldCriteria = false

  /** The row of a place; undefined until it has come. */
  function rowAt(index: number): RegionRow | undefined {
    void revision.value
    return pages.get(Math.floor(index / ROWS_PER_PAGE))?.rows[index % ROWS_PER_PAGE]
  }

  /** Asks for other rows, or another order. The rows before stay until the first answer. */
  function choose(next: RegionCriteria): void {
    if (JSON.stringify(next) === JSON.stringify(criteria)) return
    criteria = next
    generation += 1
    isOfOldCriteria = true
    asked.clear()
    view = { from: 0, to: 1 }
    marginRows = 0
    fetchNext()
  }

  /** Somebody looks at the rows: what is old is read anew. */
  function watch(): void {
    isWatched = true
    refresh()
  }

  /** Nobody looks any more: nothing is asked until somebody does. */
  function unwatch(): void {
    isWatched = false
  }

  /** Tells which rows are in view, `to` excluded. */
  function show(from: number, to: number): void {
    marginRows = from < view.to && view.from < to ? MARGIN_ROWS : 0
    view = { from, to }
    fetchNext()
  }

  /** Reads anew what is in view now, and everything else when it comes into view. */
  function refresh(): void {
    freshness += 1
    fetchNext()
  }

  /** Forgets everything: another cluster is open. */
  function clear(): void {
    generation += 1
    asked.clear()
    pages = new Map()
    facts.value = undefined
    error.value = undefined
    revision.value += 1
    fetchNext()
  }

  /** The page that is needed most: one in view before one near it, and one that is missing before one that is old. */
  function neededPage(): number | undefined {
    if (isOfOldCriteria) return asked.has(0) ? undefined : 0
    return worstPage(0) ?? worstPage(marginRows)
  }

  /** Of the view and so many rows around it. Undefined if all is well, or asked for. */
  function worstPage(around: number): number | undefined {
    const last = Math.max(0, (facts.value?.total ?? 1) - 1)
    const first = Math.floor(Math.max(0, view.from - around) / ROWS_PER_PAGE)
    const end = Math.floor(Math.min(last, view.to - 1 + around) / ROWS_PER_PAGE)
    let old: number | undefined
    for (let page = first; page <= Math.max(end, 0); page++) {
      if (asked.has(page)) continue
      const kept = pages.get(page)
      if (kept === undefined) return page
      if (kept.freshness < freshness) old ??= page
    }
    return old
  }

  function fetchNext(): void {
    while (isWatched && criteria !== undefined && asked.size < (isOfOldCriteria ? 1 : MOST_QUESTIONS)) {
      const page = neededPage()
      if (page === undefined) return
      void fetchPage(page, criteria)
    }
  }

  async function fetchPage(page: number, { tableId, storeId, concerns, ...rest }: RegionCriteria): Promise<void> {
    const [askedIn, askedAt] = [generation, freshness]
    asked.add(page)
    try {
      const { rows, ...others } = await client.inspection.regionRows.query({
        ...rest,
        concerns: [...concerns],
        ...(tableId === undefined ? {} : { tableId }),
        ...(storeId === undefined ? {} : { storeId }),
        offset: page * ROWS_PER_PAGE,
        limit: ROWS_PER_PAGE,
      })
      if (askedIn !== generation) return
      const known = isOfOldCriteria ? undefined : facts.value
      if (isOfOldCriteria) pages = new Map()
      isOfOldCriteria = false
      pages.set(page, { rows, freshness: askedAt })
      forgetFarPages()
      // Of the same moment they are the same, and what shows them need not be drawn again.
      if (known === undefined || others.takenAtMs > known.takenAtMs) facts.value = others
      error.value = undefined
      revision.value += 1
      asked.delete(page)
      fetchNext()
    } catch (thrown) {
      if (askedIn !== generation) return
      // Not asked again by itself: the next refresh, or a move of the view, does that.
      asked.delete(page)
      error.value = toDoorError(thrown)
    }
  }

  function forgetFarPages(): void {
    if (pages.size <= MOST_PAGES) return
    const middle = view.from / ROWS_PER_PAGE
    const farthest = [...pages.keys()].sort((a, b) => Math.abs(b - middle) - Math.abs(a - middle))
    for (const page of farthest.slice(0, pages.size - MOST_PAGES)) pages.delete(page)
  }

  return { facts, error, revision, rowAt, choose, show, refresh, watch, unwatch, clear }
})
