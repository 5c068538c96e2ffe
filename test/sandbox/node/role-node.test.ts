import { describe, expect, it } from 'vitest'
import type { ReadMode } from '../../../src-main/engine/engine-context'
import { RawMemEngine } from '../../../src-main/engine/raw/memory/raw-mem-engine'
import { simulatedEnv } from '../../../src-main/env/simulated'
import { noProbe } from '../../../src-main/flow/flow-probe'
import type { RaftGroupOptions } from '../../../src-main/raft/node/raft-node-manager'
import type { NodeConfig } from '../../../src-main/sandbox/node/node-config'
import { DEFAULT_NODE_SETTINGS } from '../../../src-main/sandbox/node/node-settings'
import type { RoleNodeParts } from '../../../src-main/sandbox/node/role-node'
import { COLUMN_FAMILIES, createRoleNode } from '../../../src-main/sandbox/node/role-node'

const endpoint = { host: '127.0.0.1', port: 22_001 }
const coordinator = { nodeId: 22_001, name: 'coordinator-1', server: endpoint, raft: endpoint }

/** With which settings a coordinator opens its member of the coordinators' group. */
async function settingsOfGroup(readMode: ReadMode) {
  const { env } = simulatedEnv({ seed: 1 }).addNode('node')
  let opened: RaftGroupOptions<unknown>['settings']
  const unreached = new Error('So far and no further.')
  const raftManager = {
    open: (options: RaftGroupOptions<unknown>) => {
      opened = options.settings
      return Promise.reject(unreached)
    },
  } as unknown as RoleNodeParts['raftManager']
  const config: NodeConfig = {
    ...{ ...coordinator, role: 'coordinator', clusterId: 1, directory: '/node', engine: 'memory' },
    ...{ coordinators: [coordinator], stores: [], settings: { ...DEFAULT_NODE_SETTINGS, readMode } },
  }
  const node = createRoleNode({
    ...{ env, config, raftManager, probe: noProbe, network: {} as RoleNodeParts['network'] },
    rawEngine: await RawMemEngine.open({ columnFamilies: COLUMN_FAMILIES.coordinator }),
    listener: {
      onFailure: () => undefined,
      onWarning: () => undefined,
      onShutdown: () => undefined,
      onFlow: () => undefined,
    },
  })
  await expect(node.start()).rejects.toBe(unreached)
  return opened
}

describe('the coordinators’ group', () => {
  it.each([
    ['lease', 'lease'],
    ['read-index', 'safe'],
    ['leader', 'safe'],
  ] as const)('of a cluster set to %s rests its reads on %s', async (readMode, expected) => {
    expect((await settingsOfGroup(readMode))?.readMode).toBe(expected)
  })
})
