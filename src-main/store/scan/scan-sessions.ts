import type { RegionEpoch } from '../../engine/engine-context'
import type { Clock, Timer } from '../../env/clock'
import type { Random } from '../../env/random'
import { dingoError } from '../../rpc/dingo-error'
import { Errno } from '../../rpc/generated/dingodb/error_pb'
import type { ScanSessionOptions } from './scan-session'
import { ScanSession } from './scan-session'

/** Limits of the scans of a store. */
export interface ScanLimits {
  /** Most rows of one fetch. Default 1,000, as DingoDB's. */
  readonly maxRowsPerFetch: number
  /** About how many bytes of one fetch. Default 4 MiB, as DingoDB's. */
  readonly maxBytesPerFetch: number
  /** Ms without a request after which a scan is released. Default 300,000, as DingoDB's. */
  readonly idleTimeoutMs: number
  /** Ms between two looks for idle scans. Default 30,000, as DingoDB's. */
  readonly sweepPeriodMs: number
  /** Most scans at a time; each holds a view of the data as it was. Default 1,000. */
  readonly maxSessions: number
}

export const defaultScanLimits: ScanLimits = {
  maxRowsPerFetch: 1000,
  maxBytesPerFetch: 4 * 1024 * 1024,
  idleTimeoutMs: 300_000,
  sweepPeriodMs: 30_000,
  maxSessions: 1000,
}

/** Who a scan is: made by the server (V1: bytes), or chosen by the client and unique within a region (V2: a number). */
export type ScanId = Uint8Array | bigint

const SERVER_ID_BYTES = 16

/**
 * The scans that clients have open on a store. A scan ends when it is released, when nobody asks for {@link ScanLimits.idleTimeoutMs},
 * and when its region goes away or changes its epoch. There is no timer while there is no scan.
 */
export class ScanSessions {
  readonly limits: ScanLimits
  readonly #clock: Clock
  readonly #random: Random
  readonly #sessions = new Map<string, ScanSession>()
  #sweep: Timer | undefined
  #isClosed = false

  constructor(options: {
    readonly clock: Clock
    /** Makes the ids of V1, so that one from before a restart meets no other scan. */
    readonly random: Random
    readonly limits?: Partial<ScanLimits>
  }) {
    this.#clock = options.clock
    this.#random = options.random
    this.limits = { ...defaultScanLimits, ...options.limits }
  }

  /** Scans that are open, finished ones included until they are released. */
  get count(): number {
    return this.#sessions.size
  }

  /** An id for a scan of V1. */
  makeId(): Uint8Array {
    return this.#random.bytes(SERVER_ID_BYTES)
  }

  /**
   * Keeps a scan under an id. The caller opens the engine's scan after this, with {@link ScanSession.attach}; if that fails it
   * releases the session.
   *
   * @throws SandboxError DINGODB_ERROR EREQUEST_FULL, EILLEGAL_PARAMTETERS for an id that is in use
   */
  open(id: ScanId, options: Omit<ScanSessionOptions, 'limits'>): ScanSession {
    const key = keyOf(options.regionId, id)
    if (this.#sessions.has(key)) {
      const message = `Region ${String(options.regionId)} has a scan ${nameOf(id)} already: choose another id, or release that one.`
      throw dingoError(Errno.EILLEGAL_PARAMTETERS, message)
    }
    if (this.#isClosed || !this.#hasRoom()) {
      const message = `The store has ${String(this.#sessions.size)} scans open, which is its limit: release some, then retry.`
      throw dingoError(Errno.EREQUEST_FULL, message)
    }
    const session = new ScanSession({ ...options, limits: this.limits })
    session.lastUsedMs = this.#clock.monotonicMs()
    this.#sessions.set(key, session)
    this.#sweep ??= this.#clock.setRepeatingTimer(this.limits.sweepPeriodMs, () => {
      this.#releaseIdle()
    })
    return session
  }

  /**
   * The scan of an id, marked as used. One that began when the region had another epoch is released: its rows may belong
   * to another region now.
   *
   * @throws SandboxError DINGODB_ERROR ESCAN_NOTFOUND
   */
  find(regionId: number, epoch: RegionEpoch, id: ScanId): ScanSession {
    const key = keyOf(regionId, id)
    const session = this.#sessions.get(key)
    if (session === undefined) throw notFound(regionId, id, 'it was released, was idle for too long, or never began')
    if (session.epoch.confVersion !== epoch.confVersion || session.epoch.version !== epoch.version) {
      this.#release(key, session)
      throw notFound(regionId, id, 'the region was changed since it began')
    }
    session.lastUsedMs = this.#clock.monotonicMs()
    return session
  }

  /** Ends a scan. @throws SandboxError DINGODB_ERROR ESCAN_NOTFOUND */
  release(regionId: number, id: ScanId): void {
    const key = keyOf(regionId, id)
    const session = this.#sessions.get(key)
    if (session === undefined) throw notFound(regionId, id, 'it was released, was idle for too long, or never began')
    this.#release(key, session)
  }

  /** Ends a scan that could not begin. Harmless when it has ended already. */
  discard(id: ScanId, session: ScanSession): void {
    const key = keyOf(session.regionId, id)
    if (this.#sessions.get(key) === session) this.#release(key, session)
  }

  /** Ends the scans of a region that goes away. */
  releaseRegion(regionId: number): void {
    for (const [key, session] of this.#sessions) if (session.regionId === regionId) this.#release(key, session)
  }

  /** Ends all scans and takes no more. Resolves when the engines' scans are closed. Twice is harmless. */
  async close(): Promise<void> {
    this.#isClosed = true
    const sessions = [...this.#sessions.values()]
    for (const [key, session] of this.#sessions) this.#release(key, session)
    await Promise.all(sessions.map((session) => session.close()))
  }

  /** Makes room by letting go of scans that are at their end and that the client left to the server to release. */
  #hasRoom(): boolean {
    if (this.#sessions.size < this.limits.maxSessions) return true
    for (const [key, session] of this.#sessions) {
      if (session.isFinished && session.releasesItself) this.#release(key, session)
    }
    return this.#sessions.size < this.limits.maxSessions
  }

  #releaseIdle(): void {
    const usedBeforeMs = this.#clock.monotonicMs() - this.limits.idleTimeoutMs
    for (const [key, session] of this.#sessions) {
      if (!session.isBusy && session.lastUsedMs <= usedBeforeMs) this.#release(key, session)
    }
  }

  #release(key: string, session: ScanSession): void {
    this.#sessions.delete(key)
    session.close().catch(() => {
      // Nobody waits for it, and nobody could do anything: the engine lets go of its iterators when it is closed.
    })
    if (this.#sessions.size > 0) return
    this.#sweep?.cancel()
    this.#sweep = undefined
  }
}

function keyOf(regionId: number, id: ScanId): string {
  return typeof id === 'bigint' ? `2/${String(regionId)}/${String(id)}` : `1/${String(regionId)}/${hex(id)}`
}

function nameOf(id: ScanId): string {
  return typeof id === 'bigint' ? String(id) : hex(id)
}

function hex(id: Uint8Array): string {
  return Buffer.from(id.buffer, id.byteOffset, id.byteLength).toString('hex')
}

function notFound(regionId: number, id: ScanId, reason: string): Error {
  const message = `Region ${String(regionId)} has no scan ${nameOf(id)}: ${reason}. Begin anew.`
  return dingoError(Errno.ESCAN_NOTFOUND, message, { details: { regionId } })
}
