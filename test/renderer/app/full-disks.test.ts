import { flushPromises, mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import { defineComponent, h } from 'vue'
import { fullDisks } from '../../../src-renderer/app/panel/full-disks'
import { useProblems } from '../../../src-renderer/app/panel/use-problems'
import { useOverviewStore } from '../../../src-renderer/data/overview-store'
import { FakeDoor } from '../support/fake-door'
import { someOverview } from '../support/cluster-scene'

const MIB = 1024 * 1024
/** An overview in which the disks of the stores have so much room, in bytes; undefined where it was not measured. */
function overviewWith(free: ReadonlyArray<number | undefined>) {
  const overview = someOverview([])
  const stores = overview.stores.map((store, at) => ({
    ...store,
    freeBytes: free[at],
    totalBytes: free[at] === undefined ? undefined : 160 * MIB,
  }))
  return { ...overview, stores }
}

describe('a disk with little room', () => {
  it('is one that was measured and has next to nothing', () => {
    expect(fullDisks(overviewWith([0, undefined, 100 * MIB]).stores)).toEqual([
      { storeId: 20_001, ordinal: 1, freeBytes: 0, totalBytes: 160 * MIB },
    ])
  })

  it('is a problem that needs somebody, until there is room', async () => {
    const door = new FakeDoor()
    const page = mount(
      defineComponent({
        setup() {
          const { problems, needsSomebody } = useProblems()
          const words = () => problems.value.map(({ title, why }) => `${title}: ${why}`).join()
          return () => h('p', `${String(needsSomebody.value)} ${words()}`)
        },
      }),
      { global: { plugins: [door.plugin()] } },
    )
    const overview = useOverviewStore()
    overview.receive(overviewWith([0, 12 * MIB, 100 * MIB]))
    await flushPromises()
    expect(page.text()).toMatch(/^true .*disk of S1, S2: 0 B of 160 MiB are free/)
    overview.receive(overviewWith([100 * MIB, 100 * MIB, undefined]))
    await flushPromises()
    expect(page.text()).toBe('false')
  })
})
