import { flushPromises, mount } from '@vue/test-utils'
import { defineComponent } from 'vue'
import { describe, expect, it } from 'vitest'
import type { SessionView } from '../../../../src-main/sandbox/session/session-view'
import { useSessionStore } from '../../../../src-renderer/data/session-store'
import { allNodes, clusterPicture } from '../../../../src-renderer/features/cluster/cluster-picture'
import { useNodeMenu } from '../../../../src-renderer/features/cluster/use-node-menu'
import { someSession } from '../../support/cluster-scene'
import { FakeDoor } from '../../support/fake-door'

const STORE = 20_001

/** The item that heals the links of the first store, and what the host was asked when it was chosen. */
async function healItem(links: Partial<Pick<SessionView, 'cutLinks' | 'delayedLinks'>>) {
  const door = new FakeDoor()
  door.session = { ...someSession(), ...links }
  for (const name of ['healLink', 'delayLink']) door.answers.set(`nodes.${name}`, () => undefined)
  let menu: ReturnType<typeof useNodeMenu> | undefined
  const page = mount(
    defineComponent(() => {
      menu = useNodeMenu()
      return () => null
    }),
    { global: { plugins: [door.plugin()] } },
  )
  await useSessionStore().load()
  const node = allNodes(clusterPicture(door.session, undefined, undefined)).find(({ nodeId }) => nodeId === STORE)
  const item = menu?.itemsOf(node!).find(({ id }) => id === 'healNode')
  if (item?.disabledReason === undefined) item?.run()
  await flushPromises()
  page.unmount()
  const asked = door.calls.flatMap(({ procedure, input }) =>
    procedure.startsWith('nodes.') ? [[procedure, input]] : [],
  )
  return { reason: item?.disabledReason, asked }
}

describe('the item that heals the links of a node', () => {
  it('ends the cuts and the delays of its links, and of no others', async () => {
    const { asked } = await healItem({
      cutLinks: [
        { from: STORE, to: 20_002 },
        { from: 20_002, to: 20_003 },
      ],
      delayedLinks: [
        { from: 20_003, to: STORE, delayMs: 250 },
        { from: 20_003, to: 20_002, delayMs: 250 },
      ],
    })
    expect(asked).toEqual([
      ['nodes.healLink', { from: STORE, to: 20_002, direction: 'one-way' }],
      ['nodes.delayLink', { from: 20_003, to: STORE, direction: 'one-way', delayMs: 0 }],
    ])
  })

  it('is there where a link is late only, and says why where all are sound', async () => {
    expect((await healItem({ delayedLinks: [{ from: STORE, to: 20_002, delayMs: 1 }] })).reason).toBeUndefined()
    expect((await healItem({})).reason).toBe('None of its links is cut or delayed.')
  })
})
