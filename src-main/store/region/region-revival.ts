import { SandboxError } from '../../base/sandbox-error'
import type { Clock, Timer } from '../../env'
import { isDiskFull } from '../../engine/engine-errors'
import { errnoOf } from '../../rpc/dingo-error'
import { StoreRegionState } from '../../rpc/generated/dingodb/common_pb'
import { Errno } from '../../rpc/generated/dingodb/error_pb'
import { isRunningState } from '../meta/region-state'
import type { RegionEngines } from '../storage/storage'
import { foundingPeers } from './founding-peers'
import type { StoreRegion, StoreRegions } from './store-region'

/** How replicas are brought up again. Times in ms. */
export interface RegionRevivalOptions {
  readonly clock: Clock
  readonly regions: StoreRegions
  readonly engines: RegionEngines
  /** Runs work of a region while no command of it runs. */
  readonly betweenCommands: (regionId: number, work: () => Promise<void>) => Promise<void>
  /** Whether a command is about to take the region down. */
  readonly isLeaving: (regionId: number) => boolean
  /** The pause before the first attempt; it doubles with each that fails. */
  readonly retryMs: number
  readonly maxRetryMs: number
  /** A replica is up again. */
  readonly onRevived: (regionId: number) => void
  /** A replica stays down. */
  readonly onFailure: (error: SandboxError) => void
  /** A replica is down and will be brought up again. Told once in a row of attempts. */
  readonly onWarning: (error: SandboxError) => void
}

interface Patient {
  pauseMs: number
  timer: Timer | undefined
  /** On the monotonic clock: when it came up last; undefined if it did not since it failed first. */
  revivedAtMs: number | undefined
}

/**
 * Brings up replicas again that ended because the disk was full, as soon as there is space: the log of a replica cannot go on
 * behind a write that failed, but what is really on the disk can be read anew. Everything else that ends a replica needs a
 * person.
 */
export class RegionRevival {
  readonly #options: RegionRevivalOptions
  readonly #patients = new Map<number, Patient>()
  #isClosed = false

  constructor(options: RegionRevivalOptions) {
    this.#options = options
  }

  /** A region's replica has failed, or did not come up. */
  failed(regionId: number, error: SandboxError): void {
    if (this.#isClosed) return
    if (!isDiskFull(error)) {
      this.#patients.delete(regionId)
      this.#options.onFailure(error)
      return
    }
    const patient = this.#patients.get(regionId)
    if (patient === undefined) this.#options.onWarning(error)
    this.#plan(regionId, this.#pauseAfter(patient))
  }

  /** A region is gone. */
  forget(regionId: number): void {
    this.#patients.get(regionId)?.timer?.cancel()
    this.#patients.delete(regionId)
  }

  /** Begins nothing more. Twice is harmless. */
  close(): void {
    this.#isClosed = true
    for (const { timer } of this.#patients.values()) timer?.cancel()
    this.#patients.clear()
  }

  /** One that did not last long after it came up goes on with longer pauses: its disk is still full. */
  #pauseAfter(patient: Patient | undefined): number {
    const { clock, retryMs, maxRetryMs } = this.#options
    if (patient === undefined) return retryMs
    const { revivedAtMs } = patient
    const hasLasted = revivedAtMs !== undefined && clock.monotonicMs() - revivedAtMs > 2 * maxRetryMs
    return hasLasted ? retryMs : Math.min(maxRetryMs, patient.pauseMs * 2)
  }

  #plan(regionId: number, pauseMs: number): void {
    const before = this.#patients.get(regionId)
    before?.timer?.cancel()
    const timer = this.#options.clock.setTimer(pauseMs, () => {
      void this.#attempt(regionId)
    })
    this.#patients.set(regionId, { pauseMs, timer, revivedAtMs: before?.revivedAtMs })
  }

  /** Never rejects. */
  async #attempt(regionId: number): Promise<void> {
    const { betweenCommands, clock, onRevived } = this.#options
    const before = this.#patients.get(regionId)
    if (before !== undefined) before.timer = undefined
    try {
      await betweenCommands(regionId, () => this.#revive(regionId))
    } catch (thrown) {
      this.failed(regionId, SandboxError.from(thrown))
      return
    }
    const patient = this.#patients.get(regionId)
    // With a timer it has failed again already.
    if (this.#isClosed || patient === undefined || patient.timer !== undefined) return
    if (!this.#shouldRun(this.#options.regions.find(regionId))) {
      this.#patients.delete(regionId)
      return
    }
    patient.revivedAtMs = clock.monotonicMs()
    onRevived(regionId)
  }

  async #revive(regionId: number): Promise<void> {
    const region = this.#options.regions.find(regionId)
    if (this.#isClosed || !this.#shouldRun(region)) return
    try {
      await this.#options.engines.engineOf(region).addRegion(region, foundingPeers(region))
    } catch (thrown) {
      // A command has brought it up meanwhile.
      if (errnoOf(thrown) !== Errno.EREGION_EXIST) throw thrown
    }
  }

  /** A region that is still NEW has a replica that a command brought up. */
  #shouldRun(region: StoreRegion | undefined): region is StoreRegion {
    if (region === undefined || this.#options.isLeaving(region.id)) return false
    return isRunningState(region.peerState) || region.peerState === StoreRegionState.NEW
  }
}
