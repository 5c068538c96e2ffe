import type { RegionEpoch } from '../../engine/engine-context'
import type { EngineScan } from '../../engine/engine-reader'
import type { KeyValue } from '../../engine/write-data'
import { dingoError } from '../../rpc/dingo-error'
import { Errno } from '../../rpc/generated/dingodb/error_pb'

/** What a scan is. */
export interface ScanSessionOptions {
  readonly regionId: number
  /** The region's epoch when it began. */
  readonly epoch: RegionEpoch
  /** Whether the server may forget it by itself once it is at its end. */
  readonly releasesItself: boolean
  readonly limits: { readonly maxRowsPerFetch: number; readonly maxBytesPerFetch: number }
}

/** One page of a scan. */
export interface ScanPage {
  readonly kvs: readonly KeyValue[]
  /** Whether there is at least one row behind it. */
  readonly hasMore: boolean
}

const noRows: readonly KeyValue[] = []

/**
 * A client's walk over a part of a region. At its end it lets go of the engine's scan at once, and goes on to answer without
 * rows until it is released: clients learn of the end from an answer without rows.
 */
export class ScanSession {
  readonly regionId: number
  readonly epoch: RegionEpoch
  readonly releasesItself: boolean
  /** Monotonic ms of the last request; kept by {@link ScanSessions}. */
  lastUsedMs = 0
  readonly #limits: ScanSessionOptions['limits']
  #scan: EngineScan | undefined
  /** A row that was read to know whether there is one. */
  #ahead: KeyValue | undefined
  #isFinished = false
  #isBusy = false
  #isClosed = false
  #closed: Promise<void> | undefined

  constructor(options: ScanSessionOptions) {
    this.regionId = options.regionId
    this.epoch = options.epoch
    this.releasesItself = options.releasesItself
    this.#limits = options.limits
  }

  /** Whether all rows were given. */
  get isFinished(): boolean {
    return this.#isFinished
  }

  /** Whether a fetch is under way. */
  get isBusy(): boolean {
    return this.#isBusy
  }

  /** Hands over what to walk with; undefined for a range without rows. Closed at once if the session has ended meanwhile. */
  async attach(scan: EngineScan | undefined): Promise<void> {
    if (scan === undefined) this.#isFinished = true
    else if (this.#isClosed) await scan.close()
    else this.#scan = scan
  }

  /**
   * The next rows, at most so many and never more than the limits allow.
   *
   * @param looksAhead whether `hasMore` must be exact; else it is true until a page without rows
   * @throws SandboxError DINGODB_ERROR EREQUEST_FULL while another fetch is under way, ESCAN_NOTFOUND if it was released meanwhile
   */
  async fetch(maxRows: number, looksAhead: boolean): Promise<ScanPage> {
    if (this.#isBusy) {
      const message = `A scan of region ${String(this.regionId)} is fetching already: await the answer, then ask on.`
      throw dingoError(Errno.EREQUEST_FULL, message)
    }
    this.#isBusy = true
    try {
      return await this.#fetch(Math.min(maxRows, this.#limits.maxRowsPerFetch), looksAhead)
    } catch (thrown) {
      // Rows may have been read and not given: it cannot go on without leaving them out.
      this.#isClosed = true
      throw thrown
    } finally {
      this.#isBusy = false
      if (this.#isClosed || this.#isFinished) await this.#closeScan()
    }
  }

  /** Ends it: lets go of the engine's scan now, or when the fetch under way is over. Twice is harmless. */
  async close(): Promise<void> {
    this.#isClosed = true
    if (!this.#isBusy) await this.#closeScan()
  }

  async #fetch(maxRows: number, looksAhead: boolean): Promise<ScanPage> {
    this.#checkOpen()
    const scan = this.#scan
    const ahead = this.#ahead
    this.#ahead = undefined
    if (scan === undefined || maxRows === 0) {
      this.#ahead = ahead
      return { kvs: noRows, hasMore: !this.#isFinished }
    }
    const wanted = ahead === undefined ? maxRows : maxRows - 1
    const rows = wanted === 0 ? noRows : await scan.next(wanted, this.#limits.maxBytesPerFetch)
    const kvs = ahead === undefined ? rows : [ahead, ...rows]
    if (wanted > 0 && rows.length === 0) this.#isFinished = true
    else if (looksAhead) {
      ;[this.#ahead] = await scan.next(1, 1)
      if (this.#ahead === undefined) this.#isFinished = true
    }
    this.#checkOpen()
    return { kvs, hasMore: !this.#isFinished }
  }

  #checkOpen(): void {
    if (!this.#isClosed) return
    const message = `A scan of region ${String(this.regionId)} was released, or its last fetch failed: begin anew.`
    throw dingoError(Errno.ESCAN_NOTFOUND, message)
  }

  #closeScan(): Promise<void> {
    const scan = this.#scan
    this.#scan = undefined
    if (scan !== undefined) this.#closed = scan.close()
    return this.#closed ?? Promise.resolve()
  }
}
