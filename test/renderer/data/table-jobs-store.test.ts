import { beforeEach, describe, expect, it } from 'vitest'
import { createApp } from 'vue'
import type { TableJob } from '../../../src-main/client/views/tables'
import { useTableJobsStore } from '../../../src-renderer/data/table-jobs-store'
import { FakeDoor } from '../support/fake-door'

const job = (jobId: string, state: TableJob['state']): TableJob => ({
  jobId,
  kind: 'create',
  schema: 'DINGO',
  table: 'demo',
  tableId: 7,
  state,
  startedAtMs: 1,
  elapsedMs: 1,
  regions: [],
  ready: 0,
  total: 1,
  error: undefined,
})

let door: FakeDoor
let jobs: ReturnType<typeof useTableJobsStore>

beforeEach(() => {
  door = new FakeDoor()
  const app = createApp({ render: () => null })
  app.use(door.plugin())
  jobs = app.runWithContext(useTableJobsStore)
})

describe('the jobs of tables', () => {
  it('keep what was told while the host was asked, which is newer than its answer', async () => {
    door.answers.set('tables.jobs', () => [job('one', 'running')])
    const loading = jobs.load()
    jobs.receive(job('one', 'done'))
    jobs.receive(job('two', 'running'))
    await loading
    expect(jobs.byId.get('one')?.state).toBe('done')
    expect(jobs.byId.has('two')).toBe(true)
  })

  it('are those of the newest answer', async () => {
    const answers: Array<(known: TableJob[]) => void> = []
    door.answers.set('tables.jobs', () => new Promise((resolve) => answers.push(resolve)))
    const [slow, quick] = [jobs.load(), jobs.load()]
    answers[1]?.([job('new', 'done')])
    await quick
    answers[0]?.([job('old', 'done')])
    await slow
    expect([...jobs.byId.keys()]).toEqual(['new'])
  })
})
