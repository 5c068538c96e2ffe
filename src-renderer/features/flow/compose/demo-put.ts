import { until } from '@vueuse/core'
import { useDoorClient } from '../../../data/door-client'
import { useStepPut } from '../../../data/step-put'
import { useTableJobsStore } from '../../../data/table-jobs-store'
import { useTablesStore } from '../../../data/tables-store'

const DEMO_TABLE = 'demo'
const DEMO_KEY = 'user-42'
const DEMO_VALUE = '{"name":"Ada"}'

/** Puts a row into the first table and stops at its first stage; without any table one is made first. */
export function useDemoPut(): () => Promise<string> {
  const client = useDoorClient()
  const stepPut = useStepPut()
  const tables = useTablesStore()
  const jobs = useTableJobsStore()

  /** @returns the id of a table. @throws Error if it could not be made: what the job says */
  async function someTable(): Promise<number> {
    await tables.load()
    const known = tables.tables[0]?.tableId
    if (known !== undefined) return known
    const job = await client.tables.create.mutate({
      name: DEMO_TABLE,
      schema: 'DINGO',
      columns: [
        { name: 'id', sqlType: 'VARCHAR', nullable: false, isKey: true },
        { name: 'name', sqlType: 'VARCHAR', nullable: true, isKey: false },
      ],
      partitioning: { kind: 'range', boundaries: ['m'] },
      replicas: undefined,
      engine: 'raft',
    })
    if (!jobs.byId.has(job.jobId)) jobs.receive(job)
    await until(() => jobs.byId.get(job.jobId)?.state).not.toBe('running')
    const ended = jobs.byId.get(job.jobId)
    if (ended?.tableId === undefined || ended.state !== 'done') {
      throw new Error(ended?.error?.message ?? `The table ${DEMO_TABLE} could not be made.`)
    }
    await tables.load()
    return ended.tableId
  }

  return async () => {
    const tableId = await someTable()
    return stepPut({ kind: 'table', tableId, text: DEMO_KEY }, new TextEncoder().encode(DEMO_VALUE), undefined)
  }
}
