import { watch } from 'vue'
import type { TableJob } from '../../../src-main/client/views/tables'
import { useTableJobsStore } from '../../data/table-jobs-store'
import { useTabsStore } from './open-tabs'

/**
 * Closes the tabs of a table that was dropped, and of its regions. The one in view stays and says that it is gone: nothing
 * is taken away from under somebody's eyes.
 */
export function closeTabsOfDropped(): void {
  const jobs = useTableJobsStore()
  const tabs = useTabsStore()
  /** Regions by job: when a drop is done, it names none any more. */
  const regionIds = new Map<string, ReadonlySet<number>>()

  function look(job: TableJob): void {
    if (job.kind !== 'drop') return
    const known = new Set([...(regionIds.get(job.jobId) ?? []), ...job.regions.map(({ regionId }) => regionId)])
    if (job.state === 'running') {
      regionIds.set(job.jobId, known)
      return
    }
    regionIds.delete(job.jobId)
    if (job.state !== 'done') return
    const paths = [...known].map((regionId) => `/regions/${regionId}`)
    if (job.tableId !== undefined) paths.push(`/tables/${job.tableId}`)
    for (const path of paths) if (path !== tabs.activePath) tabs.close(path)
  }
  watch(
    () => jobs.jobs,
    (now, before) => {
      for (const job of now) if (!before.includes(job)) look(job)
    },
    { flush: 'sync' },
  )
}
