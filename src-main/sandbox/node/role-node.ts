import { CoordinatorNode } from '../../coordinator/coordinator-node'
import { RaftKvEngine } from '../../engine/raft-kv/raft-kv-engine'
import type { RawEngine } from '../../engine/raw'
import { RocksEngine } from '../../engine/rocks/rocks-engine'
import type { Env } from '../../env'
import type { FlowProbe } from '../../flow/flow-probe'
import type { RaftNodeManager } from '../../raft/node/raft-node-manager'
import type { ServiceRegistry } from '../../rpc/service-registry'
import type { StoreMetrics } from '../../store/inspection/store-metrics'
import { StoreNode } from '../../store/store-node'
import { hostMetrics } from './host-metrics'
import type { NodeListener } from './mountable-node'
import type { NodeConfig, NodeRole } from './node-config'
import type { NodeNetwork } from './node-network'

/** What a store and a coordinator have in common for whoever runs them. */
export interface RoleNode {
  registerServices(ports: { readonly server: ServiceRegistry; readonly raft: ServiceRegistry }): void
  start(): Promise<void>
  stop(): Promise<void>
  silence(): void
  /** Ids of the regions that are up here, and led, in an engine without Raft; a coordinator has none. */
  regionsWithoutRaft?(): ReadonlySet<number>
  /** The calls that clients made; a coordinator counts none. */
  readonly metrics?: StoreMetrics
}

/** What a store or a coordinator is made of; its maker closes it all afterwards. */
export interface RoleNodeParts {
  readonly env: Env
  readonly config: NodeConfig
  readonly rawEngine: RawEngine
  readonly raftManager: RaftNodeManager
  readonly network: NodeNetwork
  /** Follows operations. */
  readonly probe: FlowProbe
  readonly listener: NodeListener
}

const NO_REGIONS: ReadonlySet<number> = new Set()

/** The regions without Raft of a node that may not have its role yet. */
export const regionsWithoutRaft = (role: RoleNode | undefined): ReadonlySet<number> =>
  role?.regionsWithoutRaft?.() ?? NO_REGIONS

/** The column families of each role beside `default`. */
export const COLUMN_FAMILIES: Readonly<Record<NodeRole, readonly string[]>> = {
  store: ['meta', 'data', 'lock', 'write'],
  coordinator: ['meta'],
}

/** Puts a store or a coordinator together, as the configuration says. */
export function createRoleNode(parts: RoleNodeParts): RoleNode {
  return parts.config.role === 'store' ? createStore(parts) : createCoordinator(parts)
}

function createStore({ env, config, rawEngine, raftManager, network, probe, listener }: RoleNodeParts): RoleNode {
  const { settings } = config
  const store = new StoreNode({
    env,
    storeId: config.nodeId,
    serverLocation: config.server,
    raftLocation: config.raft,
    rawEngine,
    createEngines: (dependencies) => [
      new RaftKvEngine({ ...dependencies, env, raftManager, probe, readMode: settings.readMode }),
      new RocksEngine({ ...dependencies, env, probe, storeId: config.nodeId }),
    ],
    coordinators: network.coordinators,
    settings: { heartbeatIntervalMs: settings.storeHeartbeatMs },
    hostMetrics: () => hostMetrics(env.disk, config.directory),
    probe,
    ...listener,
  })
  network.addresses.learned = store.meta.server
  return store
}

function createCoordinator({ env, config, rawEngine, raftManager, network, probe, listener }: RoleNodeParts): RoleNode {
  const { settings } = config
  return new CoordinatorNode({
    env,
    coordinatorId: config.nodeId,
    serverLocation: config.server,
    raftLocation: config.raft,
    coordinators: config.coordinators.map(({ nodeId, server, raft }) => ({
      id: nodeId,
      serverLocation: server,
      raftLocation: raft,
    })),
    rawEngine,
    raftManager,
    channels: network.channels,
    probe,
    settings: {
      storeOfflineMs: settings.storeOfflineMs,
      jobIntervalMs: settings.jobIntervalMs,
      usesLeases: settings.readMode === 'lease',
    },
    ...listener,
  })
}
