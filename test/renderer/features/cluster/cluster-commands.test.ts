import { flushPromises, mount } from '@vue/test-utils'
import { defineComponent } from 'vue'
import { beforeEach, describe, expect, it } from 'vitest'
import { findCommand } from '../../../../src-renderer/app/commands/command-registry'
import { useOverviewStore } from '../../../../src-renderer/data/overview-store'
import { useSessionStore } from '../../../../src-renderer/data/session-store'
import { useClusterCommands } from '../../../../src-renderer/features/cluster/cluster-commands'
import { someOverview, someSession, someTile } from '../../support/cluster-scene'
import { FakeDoor } from '../../support/fake-door'

let door: FakeDoor
beforeEach(() => {
  door = new FakeDoor()
})

const Caller = defineComponent({
  setup() {
    useClusterCommands()
    return () => undefined
  },
})

async function open(address: string) {
  door.session = someSession()
  await door.router.push(address)
  const caller = mount(Caller, { global: { plugins: [door.plugin()] } })
  await useSessionStore().load()
  await flushPromises()
  return caller
}

describe('commands on the cluster', () => {
  it('kill the leader of the inspected region, whichever screen is in view', async () => {
    door.answers.set('nodes.kill', () => undefined)
    const caller = await open('/regions?inspect=region-80001')
    useOverviewStore().receive(someOverview([someTile(80_001, { leaderStoreId: 20_003 })]))
    expect(findCommand('cluster.killLeader')?.unavailable?.()).toBeUndefined()
    await findCommand('cluster.killLeader')?.run()
    expect(door.calls.at(-1)).toEqual({ procedure: 'nodes.kill', input: { nodeId: 20_003 } })
    caller.unmount()
    expect(findCommand('cluster.killLeader')).toBeUndefined()
  })

  it('say why they cannot run', async () => {
    const caller = await open('/cluster')
    expect(findCommand('cluster.killLeader')?.unavailable?.()).toMatch(/Choose a Region/)
    expect(findCommand('cluster.cutLink')?.unavailable?.()).toMatch(/Choose a node/)
    caller.unmount()
  })
})
