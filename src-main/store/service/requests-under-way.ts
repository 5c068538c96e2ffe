import { dingoError } from '../../rpc/dingo-error'
import { Errno } from '../../rpc/generated/dingodb/error_pb'

/** Whether a request only looks, or changes something; each kind has a limit of its own. */
export type RequestKind = 'read' | 'write'

interface RegionLoad {
  read: number
  write: number
  /** Called once when the last request of the region is answered; undefined while nobody waits. */
  waiters: Array<() => void> | undefined
}

/**
 * Counts the requests that each region has under way: so that a region that hangs refuses instead of filling the memory,
 * and so that whoever takes a region down can wait for those that were let in.
 */
export class RequestsUnderWay {
  readonly #loads = new Map<number, RegionLoad>()

  /** Requests of a region that are not answered yet. */
  count(regionId: number): number {
    const load = this.#loads.get(regionId)
    return load === undefined ? 0 : load.read + load.write
  }

  /** Resolves as soon as a region has no request under way. New ones are let in meanwhile: shut the region first. */
  whenIdle(regionId: number): Promise<void> {
    const load = this.#loads.get(regionId)
    if (load === undefined || load.read + load.write === 0) return Promise.resolve()
    return new Promise((resolve) => {
      load.waiters ??= []
      load.waiters.push(resolve)
    })
  }

  /** Lets go of what is kept of a region that is gone. Harmless while it has requests under way. */
  forget(regionId: number): void {
    if (this.count(regionId) === 0) this.#loads.delete(regionId)
  }

  /**
   * Lets a request in. Every call that returns needs its {@link leave}.
   *
   * @param limit how many of this kind the region may have under way
   * @throws SandboxError DINGODB_ERROR EREQUEST_FULL
   */
  enter(regionId: number, kind: RequestKind, limit: number): void {
    let load = this.#loads.get(regionId)
    if (load === undefined) {
      load = { read: 0, write: 0, waiters: undefined }
      this.#loads.set(regionId, load)
    }
    if (load[kind] >= limit) throw full(regionId, kind, limit)
    load[kind]++
  }

  /** Counts a request that was let in as answered. */
  leave(regionId: number, kind: RequestKind): void {
    const load = this.#loads.get(regionId)
    if (load === undefined) return
    load[kind]--
    if (load.waiters === undefined || load.read + load.write > 0) return
    const { waiters } = load
    load.waiters = undefined
    for (const resolve of waiters) resolve()
  }
}

function full(regionId: number, kind: RequestKind, limit: number): Error {
  const message = `Region ${String(regionId)} has ${String(limit)} ${kind}s under way, which is its limit: retry when some are answered.`
  return dingoError(Errno.EREQUEST_FULL, message, { details: { regionId, kind, limit } })
}
