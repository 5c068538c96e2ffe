import type { NodeId } from '../../raft/core/model/node-id'
import type { NodeConfig, NodeEndpoint } from './node-config'
import { formatEndpoint } from './node-config'

/** Where a store is, as the coordinators told. */
export interface LearnedStores {
  raftLocationOf(storeId: NodeId): NodeEndpoint | undefined
  serverLocationOf(storeId: NodeId): NodeEndpoint | undefined
  readonly stores: ReadonlyMap<NodeId, unknown>
}

/**
 * Who is reached where. What the configuration says comes first: it is as young as the start of the node, while what the
 * coordinators tell may be what a store said before it was moved.
 */
export class AddressBook {
  readonly #raftAddresses: ReadonlyMap<NodeId, string>
  readonly #nodeIds: ReadonlyMap<string, NodeId>
  /** Set when there is somebody who learns. */
  learned: LearnedStores | undefined

  constructor({ coordinators, stores }: Pick<NodeConfig, 'coordinators' | 'stores'>) {
    const members = [...coordinators, ...stores]
    this.#raftAddresses = new Map(members.map(({ nodeId, raft }) => [nodeId, formatEndpoint(raft)]))
    this.#nodeIds = new Map(
      members.flatMap(({ nodeId, server, raft }) => [
        [formatEndpoint(server), nodeId],
        [formatEndpoint(raft), nodeId],
      ]),
    )
  }

  /** Where a node's Raft messages go; undefined if it is not known. */
  raftAddressOf(nodeId: NodeId): string | undefined {
    const configured = this.#raftAddresses.get(nodeId)
    if (configured !== undefined) return configured
    const learned = this.learned?.raftLocationOf(nodeId)
    return learned === undefined ? undefined : formatEndpoint(learned)
  }

  /** The node behind one of its two addresses; undefined if it is not known. */
  nodeIdOf(address: string): NodeId | undefined {
    const configured = this.#nodeIds.get(address)
    if (configured !== undefined) return configured
    for (const storeId of this.learned?.stores.keys() ?? []) {
      const locations = [this.learned?.serverLocationOf(storeId), this.learned?.raftLocationOf(storeId)]
      if (locations.some((location) => location !== undefined && formatEndpoint(location) === address)) return storeId
    }
    return undefined
  }
}
