import { flushPromises, mount } from '@vue/test-utils'
import { beforeEach, describe, expect, it } from 'vitest'
import EntityChip from '../../../src-renderer/ui/EntityChip.vue'
import { entityLabel } from '../../../src-renderer/ui/entity-label'
import { hovered } from '../../../src-renderer/ui/hover-card'
import type { Entity } from '../../../src-renderer/app/navigation/entity'
import { FakeDoor } from '../support/fake-door'

const region: Entity = { kind: 'region', regionId: 80001 }
let door: FakeDoor
beforeEach(async () => {
  door = new FakeDoor()
  await door.router.push('/keyspace?key=00')
})
const chip = (entity: Entity) => mount(EntityChip, { props: { entity }, global: { plugins: [door.plugin()] } })

describe('a chip', () => {
  it('is a link to where the entity is at home', () => {
    const link = chip(region).get('a')
    expect(link.text()).toBe('R80001')
    expect(link.attributes('href')).toBe('/regions/80001')
  })

  it('shows the entity in the inspector, and keeps what is chosen on the screen', async () => {
    await chip(region).get('a').trigger('click')
    await flushPromises()
    expect(door.router.currentRoute.value.fullPath).toBe('/keyspace?key=00&inspect=region-80001')
  })

  it('goes there with Ctrl', async () => {
    await chip(region).get('a').trigger('click', { ctrlKey: true })
    await flushPromises()
    expect(door.router.currentRoute.value.fullPath).toBe('/regions/80001')
  })

  it('has its card while it is pointed at, and takes it along when it goes', async () => {
    const wrapper = chip(region)
    await wrapper.get('a').trigger('pointerenter')
    expect(hovered.value?.entity).toEqual(region)
    wrapper.unmount()
    expect(hovered.value).toBeUndefined()
  })

  it('names what it can without an overview', () => {
    expect(entityLabel({ kind: 'store', storeId: 20001 }, undefined)).toBe('S-20001')
    expect(entityLabel({ kind: 'key', hex: '72'.repeat(40) }, undefined)).toBe(`0x${'72'.repeat(12)}…`)
    expect(entityLabel({ kind: 'entry', regionId: 1, storeId: 2, index: 7 }, undefined)).toBe('#7')
  })
})
