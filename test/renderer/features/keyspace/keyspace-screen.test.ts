import { enableAutoUnmount, flushPromises, mount } from '@vue/test-utils'
import type { VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { usePairStore } from '../../../../src-renderer/data/pair-store'
import { useSessionStore } from '../../../../src-renderer/data/session-store'
import KeyspaceScreen from '../../../../src-renderer/features/keyspace/KeyspaceScreen.vue'
import { bytesToHex } from '../../../../src-renderer/ui/format'
import { closedSession, doorError, FakeDoor } from '../../support/fake-door'
import { FakeKeyspace } from '../../support/fake-keyspace'
import { keyBytes, pair, segment } from '../../support/key-views'

enableAutoUnmount(afterEach)

let door: FakeDoor
let keyspace: FakeKeyspace

beforeEach(() => {
  door = new FakeDoor()
  keyspace = new FakeKeyspace(door)
  keyspace.segments = [segment(100), segment(101), segment(200)]
  keyspace.add(pair(100, 'ada', '{"born":1815}'), pair(101, 'bob', 'text'), pair(200, 'zoe', 'other'))
  door.answers.set('tables.tree', () => [
    {
      schemaId: 2,
      name: 'DINGO',
      tables: [1, 2].map((tableId) => ({ tableId, name: `t${tableId}`, schema: 'DINGO' })),
    },
  ])
})

async function open(address: string, write = true): Promise<VueWrapper> {
  await door.router.push(address)
  const screen = mount(KeyspaceScreen, { global: { plugins: [door.plugin()] }, attachTo: document.body })
  useSessionStore().receive({
    ...closedSession,
    phase: 'running',
    capabilities: { control: true, pause: false, write },
  })
  await flushPromises()
  return screen
}
const query = () => door.router.currentRoute.value.query
const keys = (screen: VueWrapper) => screen.findAll('.pair-list [role=row] .key').map((cell) => cell.text())
const button = (screen: VueWrapper, text: string) => screen.findAll('button').find((each) => each.text() === text)

const submit = (screen: VueWrapper) => screen.get('.form button[type=submit]').trigger('click')

describe('the keyspace screen', () => {
  it('lists the keys of all, of a table, or of a region, as the address says', async () => {
    expect(keys(await open('/keyspace'))).toEqual(['t1/ada', 't1/bob', 't2/zoe'])
    expect(keys(await open('/keyspace?table=1'))).toEqual(['t1/ada', 't1/bob'])
    expect(keys(await open('/keyspace?table=1&region=101'))).toEqual(['t1/bob'])
    expect(keys(await open(`/keyspace?from=${bytesToHex(keyBytes(101, ''))}`))).toEqual(['t1/bob', 't2/zoe'])
  })

  it('says how many are shown, and how to fill what is empty', async () => {
    expect((await open('/keyspace')).text()).toContain('3 shown, that is all')
    keyspace.segments = [segment(300)]
    expect((await open('/keyspace?table=3')).text()).toContain('No keys here')
  })

  it('chooses regions on the line by press and by arrow keys, in the address', async () => {
    const screen = await open('/keyspace')
    await screen.findAll('.strip [role=option]')[1]?.trigger('click')
    await flushPromises()
    expect(query()['region']).toBe('101')
    expect(keys(screen)).toEqual(['t1/bob'])
    await screen.get('.strip').trigger('keydown', { key: 'ArrowRight' })
    await flushPromises()
    expect(query()['region']).toBe('200')
    expect(screen.find('.strip [aria-selected=true]').text()).toContain('R200')
  })

  it('shows the pair that the address names', async () => {
    const screen = await open(`/keyspace?key=${bytesToHex(keyBytes(100, 'ada'))}`)
    expect(screen.get('.panel').text()).toContain('t1/ada')
    expect(screen.get('.panel').text()).toContain('born')
  })

  it('goes to a typed key, and says beside the field why it cannot', async () => {
    const screen = await open('/keyspace')
    const seek = screen.get('form.seek')
    await seek.get('input').setValue('0x123')
    await seek.trigger('submit')
    expect(seek.text()).toContain('Hex has two digits a byte')
    await seek.get('input').setValue('t1/bob')
    await seek.trigger('submit')
    await flushPromises()
    // The fake cluster keeps typed keys in the first partition of their table.
    expect(query()['key']).toBe(bytesToHex(keyBytes(100, 'bob')))
    expect(screen.text()).toContain('There is no such key')
  })

  it('writes what is typed, and an answer that comes late takes nothing of it away', async () => {
    const screen = await open('/keyspace?table=1&panel=put')
    const [key, value] = [screen.get('.key-field input'), screen.get('.value-field textarea')]
    await key.setValue('carl')
    await value.setValue('first')
    await submit(screen)
    await key.setValue('dora')
    await flushPromises()
    expect(keyspace.at(keyBytes(100, 'carl'))).toBeDefined()
    expect((key.element as HTMLInputElement).value).toBe('dora')
    expect(screen.text()).toContain('t1/carl is written')
    expect(keys(screen)).toContain('t1/carl')
  })

  it('refuses bad input beside its field, and sends nothing', async () => {
    const screen = await open('/keyspace?table=1&panel=put')
    await screen.findAll('.value-field input[type=radio]')[1]?.setValue(true)
    await screen.get('.value-field textarea').setValue('zz')
    await submit(screen)
    expect(screen.get('.key-field').text()).toContain('Type a key.')
    expect(screen.get('.value-field').text()).toContain('Hex has two digits a byte')
    expect(door.calls.some(({ procedure }) => procedure === 'keyspace.put')).toBe(false)
  })

  it('tells no more of a write when the next one is refused', async () => {
    const screen = await open('/keyspace?table=1&panel=put')
    await screen.get('.key-field input').setValue('carl')
    await submit(screen)
    await flushPromises()
    expect(screen.text()).toContain('t1/carl is written')
    await screen.get('.key-field input').setValue('')
    await submit(screen)
    expect(screen.get('.key-field').text()).toContain('Type a key.')
    expect(screen.text()).not.toContain('is written')
  })

  it('tells no more of a comparison when another key is looked at, or the next one is refused', async () => {
    const screen = await open(`/keyspace?table=1&panel=set&key=${bytesToHex(keyBytes(100, 'ada'))}`)
    keyspace.add(pair(100, 'ada', 'theirs'))
    const compare = async () => {
      await submit(screen)
      await flushPromises()
    }
    await compare()
    expect(screen.text()).toContain('holds another value than expected')
    await screen.get('.key-field input').setValue('')
    await compare()
    expect(screen.text()).not.toContain('holds another value than expected')
    await screen.get('.key-field input').setValue('ada')
    await compare()
    expect(screen.text()).toContain('holds another value than expected')
    await door.router.replace({ query: { ...query(), key: bytesToHex(keyBytes(101, 'bob')) } })
    await flushPromises()
    expect(screen.text()).not.toContain('holds another value than expected')
  })

  it('goes on offering to put back what was deleted while another key is looked at', async () => {
    const screen = await open(`/keyspace?key=${bytesToHex(keyBytes(100, 'ada'))}`)
    await usePairStore().remove()
    await flushPromises()
    await door.router.replace({ query: { ...query(), key: bytesToHex(keyBytes(101, 'bob')) } })
    await flushPromises()
    expect(screen.text()).toContain('t1/ada is deleted')
    await button(screen, 'Put back')?.trigger('click')
    await flushPromises()
    expect(keys(screen)).toEqual(['t1/ada', 't1/bob', 't2/zoe'])
  })

  it('goes to a key of a table that was not known yet', async () => {
    const tree = door.answers.get('tables.tree')
    door.answers.set('tables.tree', () => [])
    const screen = await open('/keyspace')
    if (tree) door.answers.set('tables.tree', tree)
    const seek = screen.get('form.seek')
    await seek.get('input').setValue('t1/ada')
    await seek.trigger('submit')
    await flushPromises()
    expect(query()['key']).toBe(bytesToHex(keyBytes(100, 'ada')))
  })

  it('asks no more for a table when one was chosen', async () => {
    const screen = await open('/keyspace')
    const seek = screen.get('form.seek')
    await seek.get('input').setValue('42')
    await seek.trigger('submit')
    await flushPromises()
    expect(seek.text()).toContain('Choose a table')
    await door.router.replace('/keyspace?table=1')
    await flushPromises()
    expect(seek.text()).not.toContain('Choose a table')
  })

  it('tells a refused compare-and-set as a lesson, and leaves what was expected to the person', async () => {
    const screen = await open(`/keyspace?table=1&panel=set&key=${bytesToHex(keyBytes(100, 'ada'))}`)
    const [expected, next] = screen.findAll('textarea')
    expect((expected?.element as HTMLTextAreaElement).value).toBe('{"born":1815}')
    keyspace.add(pair(100, 'ada', 'theirs'))
    await next?.setValue('mine')
    await submit(screen)
    await flushPromises()
    expect(screen.text()).toContain('holds another value than expected')
    expect(screen.find('.error-card').exists()).toBe(false)
    expect((expected?.element as HTMLTextAreaElement).value).toBe('{"born":1815}')
    await button(screen, 'Take the present value')?.trigger('click')
    expect((expected?.element as HTMLTextAreaElement).value).toBe('theirs')
  })

  it('offers to put back what was deleted', async () => {
    const screen = await open(`/keyspace?key=${bytesToHex(keyBytes(100, 'ada'))}`)
    await usePairStore().remove()
    await flushPromises()
    expect(keys(screen)).toEqual(['t1/bob', 't2/zoe'])
    await button(screen, 'Put back')?.trigger('click')
    await flushPromises()
    expect(keys(screen)).toEqual(['t1/ada', 't1/bob', 't2/zoe'])
  })

  it('says why nothing can be written', async () => {
    const screen = await open('/keyspace?panel=put', false)
    expect(screen.text()).toContain('open for reading only')
    expect(screen.get('.form button[type=submit]').attributes('disabled')).toBeDefined()
  })

  it('shows an error of the list with what to do, and goes on', async () => {
    const answer = door.answers.get('keyspace.page')
    door.answers.set('keyspace.page', () => {
      throw doorError({ code: 'DINGODB_ERROR', message: 'Not the leader.', details: { name: 'ERAFT_NOTLEADER' } })
    })
    const screen = await open('/keyspace')
    expect(screen.text()).toContain('Another store leads this region')
    if (answer) door.answers.set('keyspace.page', answer)
    await button(screen, 'Try again')?.trigger('click')
    await flushPromises()
    expect(keys(screen)).toHaveLength(3)
  })
})
