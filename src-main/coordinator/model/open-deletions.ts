import { RegionCmdType } from '../../rpc/generated/dingodb/coordinator_pb'
import { jobs } from '../meta/meta-table'
import type { MetaView } from '../meta/meta-view'
import { currentCommands, isPending } from './jobs'

/**
 * Which regions are still to be deleted on which stores. Read from the jobs once and kept up by whoever plans on the same
 * draft, so that a table of a thousand regions is dropped in one walk over the jobs.
 */
export class OpenDeletions {
  readonly #jobIds = new Map<string, number>()

  constructor(view: MetaView) {
    for (const job of view.list(jobs)) {
      for (const command of currentCommands(job)) {
        if (command.regionCmdType !== RegionCmdType.CMD_DELETE || !isPending(command)) continue
        this.opened(Number(command.regionId), Number(command.storeId), Number(job.id))
      }
    }
  }

  /** The job that deletes the region on the store; undefined if it has been deleted there or never is to be. */
  jobId(regionId: number, storeId: number): number | undefined {
    return this.#jobIds.get(nameOf(regionId, storeId))
  }

  opened(regionId: number, storeId: number, jobId: number): void {
    this.#jobIds.set(nameOf(regionId, storeId), jobId)
  }

  closed(regionId: number, storeId: number): void {
    this.#jobIds.delete(nameOf(regionId, storeId))
  }
}

function nameOf(regionId: number, storeId: number): string {
  return `${String(regionId)}/${String(storeId)}`
}
