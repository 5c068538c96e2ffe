import type { VueWrapper } from '@vue/test-utils'
import { DOMWrapper, flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Gate } from '../../../../src-main/flow/gate'
import GateForm from '../../../../src-renderer/features/flow/side/GateForm.vue'
import { FakeDoor, doorError } from '../../support/fake-door'

const users = { tableId: 1001, name: 'users', schema: 'app', partitions: 2, replicas: 3, engine: '', columns: 2 }
const prefixes = [Uint8Array.of(0x72, 1), Uint8Array.of(0x72, 2)]
const usersFromK1: Gate = {
  gateId: 'g1',
  isEnabled: true,
  stage: 'log.sync',
  nodeId: undefined,
  regionId: undefined,
  operation: undefined,
  keys: { prefixes, table: { tableId: 1001, name: 'users', text: 'k1' } },
  messageType: undefined,
  condition: '',
  hitCount: 1,
}

let door: FakeDoor
let form: VueWrapper | undefined
beforeEach(() => {
  door = new FakeDoor()
  door.answers.set('tables.tree', () => [{ schemaId: 2, name: 'app', tables: [users] }])
  door.answers.set('keyspace.prefixes', () => ({ tableName: 'users', prefixes }))
  for (const name of ['addGate', 'changeGate']) door.answers.set(`flow.${name}`, () => undefined)
})
afterEach(() => form?.unmount())

async function open(gate?: Gate) {
  const given = { open: false, gate: gate && { ...gate, hits: 0 } }
  form = mount(GateForm, { props: given, global: { plugins: [door.plugin()] }, attachTo: document.body })
  await form.setProps({ open: true })
  await flushPromises()
}

/** The control of a field, and what is told beside it. */
function field(label: string) {
  const found = [...document.querySelectorAll('label')].find((each) => each.textContent.trim() === label)
  const control = document.getElementById(found?.htmlFor ?? '') as HTMLInputElement | HTMLSelectElement
  return {
    wrapper: new DOMWrapper(control),
    value: control.value,
    options: [...control.querySelectorAll('option')].map(({ value }) => value),
    isDisabled: control.disabled,
    isWrong: control.getAttribute('aria-invalid') === 'true',
    note: document.getElementById(control.getAttribute('aria-describedby') ?? '')?.textContent.trim(),
  }
}

async function save() {
  await new DOMWrapper(document.querySelector('#gate-form') as Element).trigger('submit')
  await flushPromises()
}
const callsOf = (procedure: string) =>
  door.calls.filter((call) => call.procedure === procedure).map(({ input }) => input)

describe('the form of a breakpoint', () => {
  it('takes the keys of a table by its name and what they begin with', async () => {
    await open()
    expect(field('Keys of').value).toBe('0')
    await field('Keys of').wrapper.setValue('1001')
    expect(field('Key begins with').note).toContain('a key of the table')
    await field('Key begins with').wrapper.setValue('k1')
    await save()
    expect(callsOf('keyspace.prefixes')).toEqual([{ tableId: 1001, text: 'k1' }])
    expect(callsOf('flow.addGate')).toMatchObject([{ keys: usersFromK1.keys }])
  })

  it('offers the stages of the operation, and says what stores are told of one on a table', async () => {
    await open()
    expect(field('Stage').options).toContain('region.saveMeta')
    await field('Operation').wrapper.setValue('CreateTable')
    expect(field('Stage').options).toEqual([
      '',
      'coordinator.validateTable',
      'coordinator.planRegions',
      'coordinator.commitMeta',
      'coordinator.pushRegionCmd',
    ])
    expect(field('Operation').note).toContain('CreateRegion')
    // Nor is it ever a message of Raft.
    expect(field('Type of message').isDisabled).toBe(true)
    await field('Operation').wrapper.setValue('CreateRegion')
    expect(field('Stage').options).toContain('region.saveMeta')
    expect(field('Stage').options).not.toContain('region.updateMeta')
    expect(field('Operation').note).toBeUndefined()
  })

  it('says beside a stage that the operation never comes by it, and does not set that', async () => {
    await open()
    await field('Stage').wrapper.setValue('region.saveMeta')
    await field('Operation').wrapper.setValue('CreateTable')
    expect(field('Stage')).toMatchObject({
      value: 'region.saveMeta',
      isWrong: true,
      note: 'No CreateTable comes by region.saveMeta.',
    })
    await save()
    expect(callsOf('flow.addGate')).toEqual([])
    await field('Operation').wrapper.setValue('CreateRegion')
    expect(field('Stage')).toMatchObject({ value: 'region.saveMeta', isWrong: false })
    await save()
    expect(callsOf('flow.addGate')).toMatchObject([{ stage: 'region.saveMeta', operation: 'CreateRegion' }])
  })

  it('shows a breakpoint as it was set', async () => {
    await open(usersFromK1)
    expect([field('Keys of').value, field('Key begins with').value]).toEqual(['1001', 'k1'])
    await save()
    expect(callsOf('flow.changeGate')).toMatchObject([{ gateId: 'g1', keys: usersFromK1.keys }])
  })

  it('is set once however often that is asked, and is the one that the form was opened for', async () => {
    const answers: Array<() => void> = []
    door.answers.set(
      'keyspace.prefixes',
      () => new Promise((resolve) => answers.push(() => resolve({ tableName: 'users', prefixes }))),
    )
    await open(usersFromK1)
    await save()
    await save()
    expect(answers).toHaveLength(1)
    // Closed without waiting, and opened for another one.
    await form?.setProps({ open: false })
    await form?.setProps({ open: true, gate: { ...usersFromK1, gateId: 'g2', hits: 0 } })
    answers[0]?.()
    await flushPromises()
    expect(callsOf('flow.changeGate')).toMatchObject([{ gateId: 'g1' }])
    expect(form?.emitted('update:open')).toBeUndefined()
    await save()
    answers[1]?.()
    await flushPromises()
    expect(callsOf('flow.changeGate')).toMatchObject([{ gateId: 'g1' }, { gateId: 'g2' }])
    expect(form?.emitted('update:open')).toEqual([[false]])
  })

  it('tells those who show it of a refusal that came when it was closed', async () => {
    const error = { code: 'FLOW_GATE_NOT_FOUND', message: 'There is no breakpoint g1.', details: {} } as const
    let refuse: (error: Error) => void = () => undefined
    door.answers.set('flow.changeGate', () => new Promise((_resolve, reject) => (refuse = reject)))
    await open(usersFromK1)
    await save()
    await form?.setProps({ open: false })
    refuse(doorError(error))
    await flushPromises()
    expect(form?.emitted('refused')).toEqual([[error]])
  })

  it('says beside the fields what is wrong: no hex, and no such table any more', async () => {
    await open()
    await field('Keys of').wrapper.setValue('1001')
    await field('Key begins with').wrapper.setValue('0x7')
    expect(field('Key begins with')).toMatchObject({ isWrong: true })
    await save()
    expect(callsOf('keyspace.prefixes')).toEqual([])
    await field('Key begins with').wrapper.setValue('k')
    expect(field('Key begins with')).toMatchObject({ isWrong: false })
    door.answers.set('keyspace.prefixes', () => {
      throw doorError({ code: 'CLIENT_NOT_FOUND', message: 'The cluster has no table 1001.', details: {} })
    })
    await save()
    expect(field('Keys of')).toMatchObject({ isWrong: true, note: 'There is no such table any more.' })
    expect(callsOf('flow.addGate')).toEqual([])
  })
})
