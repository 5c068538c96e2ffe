import { IdEpochType } from '../../rpc/generated/dingodb/coordinator_pb'
import type { MetaDraft } from '../meta/meta-draft'
import { archivedJobs, deletedRegions, deletedTables, idEpochs } from '../meta/meta-table'
import type { ControlContext } from './control-context'
import { OpenDeletions } from './open-deletions'

/** Ms between two looks for records that are too old, unless they are kept for a shorter time. */
const MAX_SWEEP_INTERVAL_MS = 3_600_000

/**
 * Forgets what was deleted long ago. It looks when something else is written, once an hour at most, so it costs an idle cluster nothing
 * and no log entry of its own.
 */
export class Retention {
  readonly #context: ControlContext
  #nextSweepMs = 0

  constructor(context: ControlContext) {
    this.#context = context
  }

  /** Adds what is due to an increment that is about to be written. */
  sweep(draft: MetaDraft): void {
    const { deletedRetentionMs } = this.#context.settings
    const now = this.#context.wallTimeMs()
    const intervalMs = Math.min(MAX_SWEEP_INTERVAL_MS, deletedRetentionMs)
    // A clock that was set back must not put the sweeps off for as long.
    if (now < this.#nextSweepMs && this.#nextSweepMs - now <= intervalMs) return
    this.#nextSweepMs = now + intervalMs
    const oldestMs = BigInt(Math.floor(now - deletedRetentionMs))
    this.#sweepTables(draft, oldestMs)
    this.#sweepRegions(draft, oldestMs)
    this.#sweepJobs(draft)
  }

  #sweepTables(draft: MetaDraft, oldestMs: bigint): void {
    for (const { id, definition } of draft.list(deletedTables)) {
      if ((definition?.deleteTimestamp ?? 0n) < oldestMs) draft.delete(deletedTables, Number(id))
    }
  }

  #sweepRegions(draft: MetaDraft, oldestMs: bigint): void {
    const old = draft.list(deletedRegions).filter(({ deletedTimestamp }) => deletedTimestamp < oldestMs)
    if (old.length === 0) return
    const deletions = new OpenDeletions(draft)
    const lastId = draft.get(idEpochs, IdEpochType.ID_NEXT_REGION)?.value ?? 0n
    for (const { id, definition } of old) {
      const regionId = Number(id)
      // The record is what tells a store that was away, and what keeps an id that a client chose from being handed out again.
      const isNeeded = definition?.peers.some(({ storeId }) => deletions.jobId(regionId, Number(storeId)) !== undefined)
      if (isNeeded !== true && id <= lastId) draft.delete(deletedRegions, regionId)
    }
  }

  /** Jobs that stayed open while many newer ones ended were not pushed out by these. */
  #sweepJobs(draft: MetaDraft): void {
    const lastId = draft.get(idEpochs, IdEpochType.ID_NEXT_JOB)?.value ?? 0n
    const oldest = lastId - BigInt(this.#context.settings.maxArchivedJobs)
    for (const { id } of draft.list(archivedJobs)) {
      if (id > oldest) break
      draft.delete(archivedJobs, Number(id))
    }
  }
}
