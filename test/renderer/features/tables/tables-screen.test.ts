import { enableAutoUnmount, flushPromises, mount } from '@vue/test-utils'
import type { VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { TableDetail, TableDraft, TableJob, TableNode } from '../../../../src-main/client/views/tables'
import { useSessionStore } from '../../../../src-renderer/data/session-store'
import { useTableDraftStore } from '../../../../src-renderer/data/table-draft-store'
import { useTableJobsStore } from '../../../../src-renderer/data/table-jobs-store'
import TablesScreen from '../../../../src-renderer/features/tables/TablesScreen.vue'
import { closedSession, doorError, FakeDoor } from '../../support/fake-door'
import { keyBytes, keyView, segment } from '../../support/key-views'

enableAutoUnmount(afterEach)

let door: FakeDoor
let tables: TableNode[]

const table = (tableId: number, name: string): TableNode => ({
  tableId,
  name,
  schema: 'DINGO',
  partitions: 3,
  replicas: 3,
  engine: 'raft',
  columns: 2,
})
const detail = (tableId: number): TableDetail => ({
  takenAtMs: 1,
  table: table(tableId, 'users'),
  schemaId: 2,
  columns: [{ name: 'id', sqlType: 'BIGINT', nullable: false, keyPosition: 0 }],
  strategy: 'hash',
  partitions: [{ ...segment(100), partitionId: 100, userRange: undefined }],
  sizeBytes: 2048,
  keyCount: 5,
  example: keyView(keyBytes(100, '42')),
  json: '{"name":"users"}',
})
const job = (change: Partial<TableJob>): TableJob => ({
  jobId: 'j1',
  kind: 'create',
  schema: 'DINGO',
  table: 'demo',
  tableId: 7,
  state: 'running',
  startedAtMs: 1,
  elapsedMs: 100,
  regions: [{ regionId: 80001, partitionId: 1, state: 'REGION_NEW', leaderStoreId: undefined, storeIds: [] }],
  ready: 0,
  total: 3,
  error: undefined,
  ...change,
})

beforeEach(() => {
  door = new FakeDoor()
  tables = [table(1, 'users')]
  door.answers.set('tables.tree', () => [{ schemaId: 2, name: 'DINGO', tables }])
  door.answers.set('tables.detail', ({ tableId }: { tableId: number }) => detail(tableId))
  door.answers.set('tables.preview', ({ name }: TableDraft) => ({
    problems: name === '' ? [{ path: 'name', code: 'name-empty', parameters: {} }] : [],
    requestJson: name === '' ? undefined : `{"name":"${name}"}`,
    replicas: 3,
    regions: [],
  }))
  door.answers.set('tables.create', () => job({}))
  door.answers.set('tables.drop', () => job({ jobId: 'j2', kind: 'drop', table: 'users' }))
})

async function open(address: string): Promise<VueWrapper> {
  await door.router.push(address)
  const screen = mount(TablesScreen, { global: { plugins: [door.plugin()] }, attachTo: document.body })
  useSessionStore(door.pinia).receive({
    ...closedSession,
    phase: 'running',
    capabilities: { control: true, pause: false, write: true },
  })
  await flushPromises()
  return screen
}
const called = (procedure: string) =>
  door.calls.filter((call) => call.procedure === procedure).map(({ input }) => input)
const button = (text: string) =>
  [...document.querySelectorAll('button')].find((each) => each.textContent.trim() === text)
async function press(text: string): Promise<void> {
  button(text)?.click()
  await flushPromises()
}

describe('the tables screen', () => {
  beforeEach(() => (document.body.innerHTML = ''))

  it('lists tables with their figures, and opens one', async () => {
    const screen = await open('/tables')
    expect(screen.text()).toContain('Tables: 1')
    await screen.findAll('.list [role=row]')[1]?.trigger('click')
    await flushPromises()
    expect(door.router.currentRoute.value.path).toBe('/tables/1')
    expect(screen.text()).toContain('hash of the key, modulo 3')
  })

  it('makes a demo table of three partitions from nothing, follows it, and leads to it', async () => {
    tables = []
    const screen = await open('/tables')
    await press('Create a demo table')
    expect(called('tables.create')).toMatchObject([
      { name: 'demo', partitioning: { kind: 'range', boundaries: ['h', 'p'] } },
    ])
    expect(screen.text()).toContain('0 of 3 regions are ready')
    useTableJobsStore(door.pinia).receive(job({ state: 'done', ready: 3 }))
    await flushPromises()
    expect(door.router.currentRoute.value.fullPath).toBe('/tables/7?job=j1')
  })

  it('stops waiting for a creation, which goes on', async () => {
    door.answers.set('tables.giveUp', () => undefined)
    await open('/tables')
    useTableJobsStore(door.pinia).receive(job({}))
    await flushPromises()
    await press('Stop waiting')
    expect(called('tables.giveUp')).toEqual([{ jobId: 'j1' }])
  })

  it('says why a table cannot be shown', async () => {
    door.answers.set('tables.detail', () => {
      throw doorError({ code: 'RPC_UNAVAILABLE', message: 'No coordinator answers.', details: {} })
    })
    const screen = await open('/tables/9')
    expect(screen.get('article.error-card').text()).toContain('No coordinator answers.')
  })

  it('takes a table that is gone for an ordinary outcome, and leads to the others', async () => {
    door.answers.set('tables.detail', () => {
      throw doorError({ code: 'CLIENT_NOT_FOUND', message: 'No table.', details: {} })
    })
    const screen = await open('/tables/9')
    expect(screen.find('article.error-card').exists()).toBe(false)
    expect(screen.get('.empty-state').text()).toContain('There is no table 9')
    await screen.get('.empty-state button').trigger('click')
    await flushPromises()
    expect(door.router.currentRoute.value.path).toBe('/tables')
  })
})

describe('the form of a table', () => {
  beforeEach(() => (document.body.innerHTML = ''))

  it('tells what each storage engine keeps, and of replicas what the chosen one has', async () => {
    const screen = await open('/tables/new')
    const engines = screen.findAll('form select').at(-1)
    expect(screen.text()).toContain('Replicated by Raft, on disk.')
    expect(screen.text()).toContain('Empty: the usual number, 3.')
    await engines?.setValue('mono')
    expect(screen.text()).toContain('One copy, on the disk of one store, without Raft.')
    expect(screen.text()).toContain('Empty: the usual number, 1.')
    const session = useSessionStore(door.pinia)
    session.receive({ ...closedSession, phase: 'running', engine: 'memory' })
    await flushPromises()
    expect(screen.text()).toContain('lost when that store is killed')
  })

  it('says beside the fields what is wrong with engine and replicas', async () => {
    const problems = [
      { path: 'replicas', code: 'replicas-of-mono', parameters: {} },
      { path: 'engine', code: 'engine-refused', parameters: {} },
    ]
    door.answers.set('tables.preview', () => ({ problems, requestJson: undefined, replicas: 3, regions: [] }))
    await open('/tables/new')
    const wrongs = [...document.querySelectorAll('form [aria-invalid=true]')].map((field) => {
      const ids = (field.getAttribute('aria-describedby') ?? '').split(' ')
      return ids.map((id) => document.getElementById(id)?.textContent ?? '').join(' ')
    })
    expect(wrongs).toEqual([
      expect.stringContaining('Mono keeps one replica'),
      expect.stringContaining('Stores refuse regions of this engine'),
    ])
  })
})

describe('a drop', () => {
  beforeEach(() => (document.body.innerHTML = ''))
  const preview = (keyCount: number | undefined) => () => ({
    table: table(1, 'users'),
    regionIds: [1, 2, 3],
    sizeBytes: 2048,
    keyCount,
  })
  const dropButton = () => button('Drop table')

  it('says what it deletes, and has the name typed where there are keys', async () => {
    door.answers.set('tables.dropPreview', preview(5))
    await open('/tables/1')
    await press('Drop …')
    expect(document.body.textContent).toContain('2.00 KiB')
    expect(dropButton()?.disabled).toBe(true)
    const input = document.querySelector<HTMLInputElement>('.drop input')
    if (input) input.value = 'users'
    input?.dispatchEvent(new Event('input'))
    await flushPromises()
    await press('Drop table')
    expect(called('tables.drop')).toEqual([{ tableId: 1 }])
    expect(door.router.currentRoute.value.fullPath).toBe('/tables?job=j2')
  })

  it('asks for no name where there is certainly no key, and for one where nobody has counted', async () => {
    door.answers.set('tables.dropPreview', preview(0))
    const screen = await open('/tables/1')
    await press('Drop …')
    expect(dropButton()?.disabled).toBe(false)
    screen.unmount()
    document.body.innerHTML = ''
    door.answers.set('tables.dropPreview', preview(undefined))
    await open('/tables/1')
    await press('Drop …')
    expect(dropButton()?.disabled).toBe(true)
  })
})

describe('the form for a table', () => {
  beforeEach(() => (document.body.innerHTML = ''))

  it('keeps what was typed while another screen is looked at, and starts over when the table is made', async () => {
    const screen = await open('/tables/new')
    const name = screen.get('form input')
    await name.setValue('orders')
    await door.router.push('/tables')
    await flushPromises()
    await door.router.push('/tables/new')
    await flushPromises()
    expect((screen.get('form input').element as HTMLInputElement).value).toBe('orders')
    await screen.get('form').trigger('submit')
    await flushPromises()
    expect(called('tables.create')).toMatchObject([{ name: 'orders', partitioning: { kind: 'hash', count: 3 } }])
    expect(useTableDraftStore(door.pinia).form.name).toBe('')
  })

  it('creates nothing while something is wrong, and says it beside the field', async () => {
    const screen = await open('/tables/new')
    expect(screen.text()).not.toContain('A table needs a name.')
    await screen.get('form').trigger('submit')
    await flushPromises()
    expect(screen.text()).toContain('A table needs a name.')
    expect(called('tables.create')).toEqual([])
  })

  it('moves columns by the keyboard, and the focus goes with them', async () => {
    const screen = await open('/tables/new')
    const names = () => screen.findAll<HTMLInputElement>('input.name').map(({ element }) => element.value)
    expect(names()).toEqual(['id', 'name'])
    await screen.findAll('input.name')[0]?.trigger('keydown', { key: 'ArrowDown', altKey: true })
    await flushPromises()
    expect(names()).toEqual(['name', 'id'])
    expect((document.activeElement as HTMLInputElement).value).toBe('id')
  })

  it('passes over an answer about an older draft', async () => {
    await open('/tables')
    const draft = useTableDraftStore(door.pinia)
    const release: Array<() => void> = []
    door.answers.set('tables.preview', async ({ name }: TableDraft) => {
      if (name === 'old') await new Promise<void>((resolve) => release.push(resolve))
      return { problems: [], requestJson: name, replicas: 3, regions: [] }
    })
    draft.form.name = 'old'
    const slow = draft.check()
    draft.form.name = 'new'
    await draft.check()
    await vi.waitFor(() => expect(release).toHaveLength(1))
    release[0]?.()
    await slow
    expect(draft.preview?.requestJson).toBe('new')
  })

  it('does not let the answer of a creation overwrite an event that came before it', async () => {
    await open('/tables')
    const [draft, jobs] = [useTableDraftStore(door.pinia), useTableJobsStore(door.pinia)]
    door.answers.set('tables.create', () => {
      jobs.receive(job({ state: 'done', ready: 3 }))
      return job({})
    })
    await draft.create()
    expect(jobs.byId.get('j1')?.state).toBe('done')
  })
})
