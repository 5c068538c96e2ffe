import { DebugService } from '../rpc/generated/dingodb/debug_pb'
import { NodeService } from '../rpc/generated/dingodb/node_pb'
import { PushService } from '../rpc/generated/dingodb/push_pb'
import { StoreService } from '../rpc/generated/dingodb/store_pb'
import type { ServiceRegistry } from '../rpc/service-registry'
import type { DebugServiceDependencies } from './inspection/debug-service'
import { createDebugService } from './inspection/debug-service'
import type { NodeServiceDependencies } from './inspection/node-service'
import { createNodeService } from './inspection/node-service'
import type { NodeGate } from './node-gate'
import type { PushServiceDependencies } from './push/push-service'
import { createPushService } from './push/push-service'
import type { StoreServiceDependencies } from './service/store-service'
import { createStoreService } from './service/store-service'

/** What is served on the two ports of a store. */
export interface StorePorts {
  readonly server: ServiceRegistry
  readonly raft: ServiceRegistry
}

/** What the services of a store are made of. */
export type StoreServicesDependencies = StoreServiceDependencies &
  NodeServiceDependencies &
  DebugServiceDependencies &
  PushServiceDependencies

/** Serves a store's part of DingoDB's protocol (dingodb.md 2.1), all of it behind the node's gate. Peers' messages are served by the transport. */
export function registerStoreServices(
  ports: StorePorts,
  gate: NodeGate,
  dependencies: StoreServicesDependencies,
): void {
  const nodeService = gate.guard<typeof NodeService>(createNodeService(dependencies))
  ports.server
    .add(StoreService, gate.guard<typeof StoreService>(createStoreService(dependencies)))
    .add(NodeService, nodeService)
    .add(DebugService, gate.guard<typeof DebugService>(createDebugService(dependencies)))
    .add(PushService, gate.guard<typeof PushService>(createPushService(dependencies)))
  ports.raft.add(NodeService, nodeService)
}
