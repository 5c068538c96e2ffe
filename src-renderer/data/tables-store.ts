import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'
import type { SerializedSandboxError } from '../../src-main/base/sandbox-error'
import type { DropPreview, SchemaNode, TableDetail, TableJob, TableNode } from '../../src-main/client/views/tables'
import { toDoorError, useDoorClient } from './door-client'
import { NewestQuestion } from './newest-question'
import { useSessionStore } from './session-store'
import { useTableJobsStore } from './table-jobs-store'

/** The tables of the cluster, and the one that is looked at. */
export const useTablesStore = defineStore('tables', () => {
  const client = useDoorClient()
  const session = useSessionStore()
  const jobs = useTableJobsStore()
  const schemas = shallowRef<readonly SchemaNode[]>()
  const error = shallowRef<SerializedSandboxError>()
  const detail = shallowRef<TableDetail>()
  const detailError = shallowRef<SerializedSandboxError>()
  const treeQuestion = new NewestQuestion()
  const detailQuestion = new NewestQuestion()

  /** Of all schemas, by name. */
  const tables = computed<readonly TableNode[]>(
    () => schemas.value?.flatMap((schema) => [...schema.tables]).sort((a, b) => (a.name < b.name ? -1 : 1)) ?? [],
  )
  const tablesById = computed(() => new Map(tables.value.map((table) => [table.tableId, table])))

  /** Asks which tables there are. What was known before stays until there is something newer. */
  async function load(): Promise<void> {
    const counts = treeQuestion.ask()
    try {
      const answer = await client.tables.tree.query()
      if (!counts()) return
      schemas.value = answer
      error.value = undefined
    } catch (thrown) {
      if (counts()) error.value = toDoorError(thrown)
    }
  }

  /** Asks for one table. What was known of the same table stays until there is something newer. */
  async function loadDetail(tableId: number): Promise<void> {
    const counts = detailQuestion.ask()
    if (detail.value?.table.tableId !== tableId) {
      detail.value = undefined
      detailError.value = undefined
    }
    try {
      const answer = await client.tables.detail.query({ tableId })
      if (!counts()) return
      detail.value = answer
      detailError.value = undefined
    } catch (thrown) {
      if (counts()) detailError.value = toDoorError(thrown)
    }
  }

  /** What a drop would delete. @throws what the door sends; see toDoorError */
  function dropPreview(tableId: number): Promise<DropPreview> {
    return client.tables.dropPreview.query({ tableId })
  }

  /** Begins a drop. @throws what the door sends; see toDoorError */
  async function drop(tableId: number): Promise<TableJob> {
    const job = await client.tables.drop.mutate({ tableId })
    receiveAnswered(job)
    return job
  }

  /** An event about the job may have come before the answer, and knows more. */
  function receiveAnswered(job: TableJob): void {
    if (!jobs.byId.has(job.jobId)) jobs.receive(job)
  }

  /** Stops waiting for a job; the cluster goes on with it. @throws what the door sends; see toDoorError */
  async function giveUp(jobId: string): Promise<void> {
    await client.tables.giveUp.mutate({ jobId })
  }

  /** Forgets everything. */
  function clear(): void {
    treeQuestion.forget()
    detailQuestion.forget()
    schemas.value = undefined
    error.value = undefined
    detail.value = undefined
    detailError.value = undefined
  }

  // Another cluster: what was read is of no use.
  watch(() => session.generation, clear, { flush: 'sync' })
  return {
    schemas,
    tables,
    tablesById,
    error,
    detail,
    detailError,
    load,
    loadDetail,
    dropPreview,
    drop,
    giveUp,
    clear,
  }
})
