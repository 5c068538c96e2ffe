import { describe, expect, it } from 'vitest'
import type { NodeConfig } from '../../../src-main/sandbox/node/node-config'
import { parseNodeConfig } from '../../../src-main/sandbox/node/node-config'
import { DEFAULT_NODE_SETTINGS } from '../../../src-main/sandbox/node/node-settings'

const coordinator = {
  nodeId: 22_001,
  server: { host: '10.0.0.1', port: 22_001 },
  raft: { host: '10.0.0.1', port: 22_101 },
}
const config: NodeConfig = {
  clusterId: 7,
  nodeId: 20_001,
  role: 'store',
  name: 'store-1',
  directory: '/data/store-1',
  server: { host: '10.0.0.2', port: 20_001 },
  raft: { host: '10.0.0.2', port: 20_101 },
  engine: 'rocksdb',
  coordinators: [coordinator],
  stores: [],
  settings: DEFAULT_NODE_SETTINGS,
}
const without = (name: keyof NodeConfig) =>
  JSON.stringify(Object.fromEntries(Object.entries(config).filter(([field]) => field !== name)))
const withField = (name: string, value: unknown) => JSON.stringify({ ...config, [name]: value })

describe('the configuration of a node', () => {
  it('comes out as it went in', () => {
    expect(parseNodeConfig(JSON.stringify(config))).toEqual(config)
  })

  it('needs no settings and no stores', () => {
    expect(parseNodeConfig(without('settings')).settings).toEqual(DEFAULT_NODE_SETTINGS)
    expect(parseNodeConfig(without('stores')).stores).toEqual([])
  })

  it('keeps the defaults of what the settings leave out', () => {
    const { settings } = parseNodeConfig(withField('settings', { raft: { tickMs: 10 }, readMode: 'lease' }))
    const { raft } = DEFAULT_NODE_SETTINGS
    expect(settings).toEqual({ ...DEFAULT_NODE_SETTINGS, raft: { ...raft, tickMs: 10 }, readMode: 'lease' })
  })

  it.each([
    ['nodeId', 'nodeId', 0],
    ['nodeId', 'nodeId', '1'],
    ['role', 'role', 'index'],
    ['directory', 'directory', ''],
    ['engine', 'engine', 'innodb'],
    ['server', 'server.port', { host: 'a', port: 65_536 }],
    ['raft', 'raft', 'a:1'],
    ['coordinators', 'coordinators[0].raft', [{ ...coordinator, raft: undefined }]],
    ['settings', 'settings.raft.tickMs', { raft: { tickMs: 0 } }],
    ['settings', 'settings.readMode', { readMode: 'dirty' }],
  ])('names what is wrong: %s (%s)', (field, way, value) => {
    expect(() => parseNodeConfig(withField(field, value))).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', details: { field: way } }) as Error,
    )
  })

  it('must be JSON', () => {
    expect(() => parseNodeConfig('nodeId: 1')).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }) as Error)
  })
})
