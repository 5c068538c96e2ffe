import { flushPromises, mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import type { FlowState } from '../../../../src-main/flow/flow-views'
import type { TraceRule } from '../../../../src-main/flow/gate'
import { useFlowStore } from '../../../../src-renderer/data/flow-store'
import TraceRuleForm from '../../../../src-renderer/features/flow/side/TraceRuleForm.vue'
import { FakeDoor, doorError } from '../../support/fake-door'

const rule: TraceRule = {
  oneIn: 5,
  regionId: undefined,
  keys: { prefixes: [Uint8Array.of(0x72, 1)], table: { tableId: 1001, name: 'users', text: 'k1' } },
  operation: 'KvPut',
}

async function openForm(door: FakeDoor) {
  door.answers.set('tables.tree', () => [])
  door.answers.set('flow.setRule', () => undefined)
  const page = mount(TraceRuleForm, { global: { plugins: [door.plugin()] } })
  useFlowStore().receive({ rule } as FlowState)
  await flushPromises()
  await page.get('button').trigger('click')
  await flushPromises()
  return page
}
const rulesOf = (door: FakeDoor) =>
  door.calls.filter(({ procedure }) => procedure === 'flow.setRule').map(({ input }) => input)

describe('the rule by which operations are traced', () => {
  it('is set with the keys of a table that the host finds', async () => {
    const door = new FakeDoor()
    door.answers.set('keyspace.prefixes', () => ({ tableName: 'users', prefixes: [Uint8Array.of(0x72, 9)] }))
    const page = await openForm(door)
    await page.get('form').trigger('submit')
    await flushPromises()
    expect(rulesOf(door)).toEqual([{ ...rule, keys: { ...rule.keys, prefixes: [Uint8Array.of(0x72, 9)] } }])
    expect(page.find('form').exists()).toBe(false)
  })

  it('can be turned off although its table is gone, and whatever stands in the form', async () => {
    const door = new FakeDoor()
    door.answers.set('keyspace.prefixes', () => {
      throw doorError({ code: 'CLIENT_NOT_FOUND', message: 'The cluster has no table 1001.', details: {} })
    })
    const page = await openForm(door)
    await page.get('form').trigger('submit')
    await flushPromises()
    expect(page.text()).toContain('There is no such table any more.')
    await page.get('input').setValue('-1')
    await page.get('.buttons button[type=button]').trigger('click')
    await flushPromises()
    expect(rulesOf(door)).toEqual([{ ...rule, oneIn: 0 }])
    expect(page.find('form').exists()).toBe(false)
  })
})
