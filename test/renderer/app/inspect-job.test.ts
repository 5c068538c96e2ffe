import { flushPromises, mount } from '@vue/test-utils'
import { beforeEach, describe, expect, it } from 'vitest'
import type { JobDetail } from '../../../src-main/client/views/job-detail'
import InspectorPane from '../../../src-renderer/app/inspector/InspectorPane.vue'
import { useOverviewStore } from '../../../src-renderer/data/overview-store'
import { useSessionStore } from '../../../src-renderer/data/session-store'
import { someOverview, someSession, someTile } from '../support/cluster-scene'
import { FakeDoor, doorError } from '../support/fake-door'

const command = (storeId: number, status: string, error?: string) => ({
  commandId: storeId,
  type: 'CMD_CREATE',
  regionId: 80_001,
  storeId,
  status,
  error,
})
const underWay: JobDetail = {
  jobId: 12,
  name: 'CreateRegion',
  status: 'RUNNING',
  isFinished: false,
  createdAtMs: 1_795_385_000_000,
  updatedAtMs: 1_795_385_000_500,
  finishedAtMs: undefined,
  currentTask: 0,
  tasks: [{ commands: [command(20_001, 'STATUS_DONE'), command(20_002, 'STATUS_FAIL', 'no such engine')] }],
  regionIds: [80_001],
  lastError: 'no such engine',
}

let door: FakeDoor
beforeEach(() => {
  door = new FakeDoor()
})

async function inspect(word: string) {
  await door.router.push(`/cluster?inspect=${word}`)
  const page = mount(InspectorPane, { global: { plugins: [door.plugin()] }, attachTo: document.body })
  useSessionStore().receive(someSession())
  useOverviewStore().receive(someOverview([someTile(80_001)]))
  await flushPromises()
  return page
}

describe('a job in the inspector', () => {
  it('tells what it is for, how far it is and what went wrong, and follows it to its end', async () => {
    let job = underWay
    door.answers.set('inspection.job', () => job)
    const page = await inspect('job-12')
    const text = page.text()
    for (const word of ['CreateRegion', 'RUNNING', 'under way', 'Task 1 of 1', 'no such engine']) {
      expect(text).toContain(word)
    }
    expect(page.findAll('tbody tr').map((row) => row.text())).toHaveLength(3)
    const links = page.findAll('.body a').map((link) => link.attributes('href'))
    expect(links.some((link) => link?.endsWith('/regions/80001'))).toBe(true)
    expect(links.some((link) => link?.includes('inspect=store-20002'))).toBe(true)

    job = { ...underWay, status: 'DONE', isFinished: true, finishedAtMs: 1_795_385_009_000, currentTask: undefined }
    useOverviewStore().receive({ ...someOverview([]), takenAtMs: 1_795_385_009_000 })
    await flushPromises()
    expect(page.text()).toContain('DONE')
    expect(page.text()).not.toContain('under way')
    // What has ended does not change, so it is not asked for again.
    const asked = door.calls.length
    useOverviewStore().receive({ ...someOverview([]), takenAtMs: 1_795_385_010_000 })
    await flushPromises()
    expect(door.calls).toHaveLength(asked)
    page.unmount()
  })

  it('says so when there is no such job', async () => {
    door.answers.set('inspection.job', () => {
      throw doorError({ code: 'CLIENT_NOT_FOUND', message: 'The coordinators know no job 99.', details: {} })
    })
    const page = await inspect('job-99')
    expect(page.get('article').text()).toContain('no job 99')
    page.unmount()
  })
})
