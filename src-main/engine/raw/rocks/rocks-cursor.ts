import type RocksDB from 'rocksdb-native'
import type { RocksIterator, RocksRange } from 'rocksdb-native'
import { copyBytes } from '../key-range'
import type { RawEntry } from '../raw-engine'
import { plainBytes } from '../core/plain-bytes'
import type { CursorRequest, RawCursor } from '../core/raw-driver'
import { fromRocks } from './rocks-errors'

/** How many entries the first trip to the thread pool fetches: what a short scan needs. */
const firstPageEntries = 64
/** Bounds of what a trip fetches once the size of entries is known. */
const fewestPageEntries = 4
const mostPageEntries = 512
const targetPageBytes = 256 * 1024

/**
 * A walk over one family at a snapshot. The binding fetches a fixed number of entries at a time, whatever their size: eight
 * are slow and many are a gigabyte of large values. So the walk begins with a moderate number and, when the first page has
 * shown that another number fits much better, goes on with a new native iterator at the same snapshot.
 */
export class RocksCursor implements RawCursor {
  /** A session of the family at a snapshot, owned by this cursor. */
  readonly #session: RocksDB
  readonly #request: CursorRequest<unknown>
  readonly #directory: string
  #pages: PageStream
  #remaining: number

  constructor(session: RocksDB, request: CursorRequest<unknown>, directory: string) {
    this.#session = session
    this.#request = request
    this.#directory = directory
    this.#remaining = request.limit
    const { start, end } = request
    const bounds = { ...(start !== undefined && { gte: start }), ...(end !== undefined && { lt: end }) }
    this.#pages = this.#openPages(bounds, firstPageEntries)
  }

  async readPage(): Promise<readonly RawEntry[]> {
    try {
      const page = await this.#pages.next()
      this.#remaining -= page.length
      if (page.length >= this.#pages.capacity && this.#remaining > 0) await this.#adapt(page)
      return page
    } catch (thrown) {
      throw fromRocks(thrown, 'read a range', this.#directory)
    }
  }

  async close(): Promise<void> {
    await this.#pages.close()
    await this.#session.close()
  }

  async #adapt(page: readonly RawEntry[]): Promise<void> {
    let bytes = 0
    for (const { key, value } of page) bytes += key.length + value.length
    const fitting = Math.round((targetPageBytes * page.length) / bytes)
    const wanted = Math.min(mostPageEntries, Math.max(fewestPageEntries, fitting))
    const { capacity } = this.#pages
    if (wanted < capacity * 4 && wanted * 4 > capacity) return
    await this.#pages.close()
    // A page as long as the capacity has a last entry.
    const last = copyBytes((page[page.length - 1] as RawEntry).key)
    const { start, end, reverse } = this.#request
    if (reverse) this.#pages = this.#openPages({ ...(start !== undefined && { gte: start }), lt: last }, wanted)
    else this.#pages = this.#openPages({ gt: last, ...(end !== undefined && { lt: end }) }, wanted)
  }

  #openPages(bounds: RocksRange, capacity: number): PageStream {
    const { reverse, keysOnly } = this.#request
    const limit = this.#remaining
    const entries = Math.min(capacity, limit)
    return new PageStream(
      this.#session.iterator(bounds, { reverse, values: !keysOnly, limit, capacity: entries }),
      entries,
    )
  }
}

const noBytes = new Uint8Array(0)

/** The binding's stream of single entries, taken by the pages in which it fetches them: a promise a page, not an entry. */
class PageStream {
  readonly capacity: number
  readonly #stream: RocksIterator
  readonly #gone: Promise<void>
  #failure: Error | undefined
  #ended = false
  #wake: (() => void) | undefined

  constructor(stream: RocksIterator, capacity: number) {
    this.#stream = stream
    this.capacity = capacity
    stream.on('readable', () => this.#wake?.())
    stream.on('error', (error) => {
      this.#failure = error
    })
    this.#gone = new Promise((resolve) => {
      stream.on('close', () => {
        this.#ended = true
        this.#wake?.()
        resolve()
      })
    })
  }

  async next(): Promise<readonly RawEntry[]> {
    for (;;) {
      const page: RawEntry[] = []
      for (let entry = this.#stream.read(); entry !== null; entry = this.#stream.read()) {
        page.push({ key: plainBytes(entry.key), value: entry.value === null ? noBytes : plainBytes(entry.value) })
      }
      if (page.length > 0) return page
      if (this.#failure !== undefined) throw this.#failure
      if (this.#ended) return page
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
      this.#wake = undefined
    }
  }

  async close(): Promise<void> {
    this.#stream.destroy()
    await this.#gone
  }
}
