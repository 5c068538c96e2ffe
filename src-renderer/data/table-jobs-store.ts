import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import type { TableJob } from '../../src-main/client/views/tables'
import { useDoorClient } from './door-client'

/** Creations and drops of tables, under way and just done. */
export const useTableJobsStore = defineStore('tableJobs', () => {
  const client = useDoorClient()
  const byId = shallowRef<ReadonlyMap<string, TableJob>>(new Map())
  /** The newest first. */
  const jobs = computed(() => [...byId.value.values()].sort((one, other) => other.startedAtMs - one.startedAtMs))

  function receive(job: TableJob): void {
    byId.value = new Map(byId.value).set(job.jobId, job)
  }

  async function load(): Promise<void> {
    const known = await client.tables.jobs.query()
    byId.value = new Map(known.map((job) => [job.jobId, job]))
  }

  return { jobs, byId, receive, load }
})
