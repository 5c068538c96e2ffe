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

  /** Told since the last question was asked: newer than its answer. */
  let heard = new Map<string, TableJob>()

  function receive(job: TableJob): void {
    heard.set(job.jobId, job)
    byId.value = new Map(byId.value).set(job.jobId, job)
  }

  async function load(): Promise<void> {
    const heardMeanwhile = new Map<string, TableJob>()
    heard = heardMeanwhile
    const known = await client.tables.jobs.query()
    // Somebody has asked again meanwhile: that answer is the newer one.
    if (heard !== heardMeanwhile) return
    byId.value = new Map([...known.map((job): [string, TableJob] => [job.jobId, job]), ...heardMeanwhile])
  }

  return { jobs, byId, receive, load }
})
