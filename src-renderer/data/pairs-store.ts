import { defineStore } from 'pinia'
import { computed, ref, shallowRef, triggerRef, watch } from 'vue'
import type { SerializedSandboxError } from '../../src-main/base/sandbox-error'
import type { PairView } from '../../src-main/client/views/keyspace'
import { compareBytes } from './bytes'
import { toDoorError, useDoorClient } from './door-client'
import { NewestQuestion } from './newest-question'
import { useSessionStore } from './session-store'

/** A stretch of keys, the end not included. Empty bytes are open ends. */
export interface KeyStretch {
  readonly start: Uint8Array
  readonly end: Uint8Array
}

/** Pairs that one page asks for. */
export const PAIRS_A_PAGE = 500

/** Where loading all stops: so many pairs, or so many bytes of their beginnings. */
export const MOST_PAIRS = 50_000
export const MOST_PAIR_BYTES = 64 * 1024 * 1024

/** The pairs that are listed: page after page through stretches of keys, in key order. */
export const usePairsStore = defineStore('pairs', () => {
  const client = useDoorClient()
  const session = useSessionStore()
  /** Grows in place; told by hand. */
  const pairs = shallowRef<PairView[]>([])
  const error = shallowRef<SerializedSandboxError>()
  const isLoading = ref(false)
  const isLoadingAll = ref(false)
  /** Whether loading all stopped at its limit. */
  const isCapped = ref(false)
  /** How long the scans of the shown pairs took together, in ms. */
  const tookMs = ref(0)
  const pages = ref(0)
  /** Where the next page begins; undefined at the end. */
  const next = shallowRef<{ readonly stretch: number; readonly from: Uint8Array }>()
  let stretches: readonly KeyStretch[] = []
  let heldBytes = 0
  /** Tells which {@link loadAll} is the one that goes on. */
  let runs = 0
  const question = new NewestQuestion()
  const hasMore = computed(() => next.value !== undefined)

  /**
   * Lists other keys: the stretches one after the other, from a key on. Reads the first page.
   *
   * @param wanted ascending, apart from each other
   */
  async function open(wanted: readonly KeyStretch[], from: Uint8Array): Promise<void> {
    question.forget()
    pairs.value = []
    heldBytes = 0
    tookMs.value = 0
    pages.value = 0
    error.value = undefined
    isCapped.value = false
    stop()
    stretches = wanted
    const first = wanted.findIndex(({ end }) => end.length === 0 || compareBytes(from, end) < 0)
    next.value = first < 0 ? undefined : { stretch: first, from }
    await loadPage()
  }

  /** Reads on until a page is full or the stretches end. @returns whether it was read, and nothing else was opened since */
  async function loadPage(): Promise<boolean> {
    const counts = question.ask()
    let missing = PAIRS_A_PAGE
    isLoading.value = true
    try {
      while (next.value !== undefined && missing > 0) {
        const { stretch, from } = next.value
        const { start, end } = stretches[stretch] ?? { start: from, end: from }
        const begin = compareBytes(from, start) < 0 ? start : from
        const page = await client.keyspace.page.query({ from: begin, rangeStart: start, rangeEnd: end, limit: missing })
        if (!counts()) return false
        for (const pair of page.pairs) {
          pairs.value.push(pair)
          heldBytes += pair.key.bytes.length + pair.value.length
        }
        missing -= page.pairs.length
        tookMs.value += page.tookMs
        next.value = following(stretch, page.nextKey)
      }
      pages.value += 1
      error.value = undefined
      return true
    } catch (thrown) {
      if (!counts()) return false
      error.value = toDoorError(thrown)
      return false
    } finally {
      if (counts()) isLoading.value = false
      triggerRef(pairs)
    }
  }

  /** What to read after a page. */
  function following(
    stretch: number,
    nextKey: Uint8Array | undefined,
  ): { stretch: number; from: Uint8Array } | undefined {
    if (nextKey !== undefined) return { stretch, from: nextKey }
    const after = stretches[stretch + 1]
    return after === undefined ? undefined : { stretch: stretch + 1, from: after.start }
  }

  /** Reads page after page, until the end, {@link stop}, or a limit: then `isCapped`. */
  async function loadAll(): Promise<void> {
    runs += 1
    const run = runs
    isLoadingAll.value = true
    isCapped.value = false
    while (run === runs && hasMore.value) {
      if (pairs.value.length >= MOST_PAIRS || heldBytes >= MOST_PAIR_BYTES) {
        isCapped.value = true
        break
      }
      if (!(await loadPage())) break
    }
    if (run === runs) isLoadingAll.value = false
  }

  /** Ends {@link loadAll} after the page that is under way. */
  function stop(): void {
    runs += 1
    isLoadingAll.value = false
  }

  /** Takes over a pair that was just read or written, if its place is among those shown. */
  function receive(pair: PairView): void {
    const place = placeOf(pair.key.bytes)
    if (place === undefined) return
    pairs.value.splice(place.index, place.isThere ? 1 : 0, pair)
    triggerRef(pairs)
  }

  /** Takes out a pair that is no longer there. */
  function remove(key: Uint8Array): void {
    const place = placeOf(key)
    if (place?.isThere !== true) return
    pairs.value.splice(place.index, 1)
    triggerRef(pairs)
  }

  /** Where a key stands among the pairs, or would; undefined for one that is not in what was read. */
  function placeOf(key: Uint8Array): { readonly index: number; readonly isThere: boolean } | undefined {
    const isListed = stretches.some(
      ({ start, end }) => compareBytes(start, key) <= 0 && (end.length === 0 || compareBytes(key, end) < 0),
    )
    if (!isListed || (next.value !== undefined && compareBytes(key, next.value.from) >= 0)) return undefined
    let low = 0
    let high = pairs.value.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const there = pairs.value[middle]
      if (there !== undefined && compareBytes(there.key.bytes, key) < 0) low = middle + 1
      else high = middle
    }
    const found = pairs.value[low]
    return { index: low, isThere: found !== undefined && compareBytes(found.key.bytes, key) === 0 }
  }

  /** Forgets everything. */
  function clear(): void {
    question.forget()
    pairs.value = []
    next.value = undefined
    error.value = undefined
    isLoading.value = false
    stop()
    stretches = []
  }

  // Another cluster: what was read is of no use.
  watch(() => session.generation, clear, { flush: 'sync' })
  return {
    pairs,
    error,
    isLoading,
    isLoadingAll,
    isCapped,
    tookMs,
    pages,
    hasMore,
    open,
    loadPage,
    loadAll,
    stop,
    receive,
    remove,
    clear,
  }
})
