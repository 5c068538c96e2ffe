import type { ClusterState } from '../../rpc/generated/dingodb/coordinator_pb'
import type { Location, Store, StoreMap } from '../../rpc/generated/dingodb/common_pb'
import { toNumber } from '../../rpc/int64'

/** Where a node's port is reached. */
export interface NodeLocation {
  readonly host: string
  readonly port: number
}

/** Who this store is. */
export interface StoreIdentity {
  readonly storeId: number
  readonly serverLocation: NodeLocation
  readonly raftLocation: NodeLocation
}

/**
 * This store and the others, as the coordinators' answers to heartbeats tell. Not persisted: after a start only this store is
 * known, until the first answer comes.
 */
export class StoreServerMeta {
  readonly identity: StoreIdentity
  #epoch = 0
  #stores: ReadonlyMap<number, Store> = new Map()
  #clusterState: ClusterState | undefined

  constructor(identity: StoreIdentity) {
    this.identity = identity
  }

  get storeId(): number {
    return this.identity.storeId
  }

  /** The epoch of the store map that is known; 0 before the first. */
  get epoch(): number {
    return this.#epoch
  }

  /** The stores of the cluster by their ids, this one among them once the coordinators know it. */
  get stores(): ReadonlyMap<number, Store> {
    return this.#stores
  }

  /** Whether the coordinators let nobody write. */
  get isClusterReadOnly(): boolean {
    return this.#clusterState?.clusterIsReadOnly === true || this.#clusterState?.clusterIsForceReadOnly === true
  }

  /** Why nobody may write; empty if everybody may. */
  get readOnlyReason(): string {
    const state = this.#clusterState
    if (state?.clusterIsForceReadOnly === true) return state.clusterForceReadOnlyReason
    return state?.clusterIsReadOnly === true ? state.clusterReadOnlyReason : ''
  }

  /** Takes what a coordinator tells. A map that is older than the known one is passed over. */
  update(storeMap: StoreMap | undefined, clusterState: ClusterState | undefined): void {
    if (clusterState !== undefined) this.#clusterState = clusterState
    if (storeMap === undefined || storeMap.stores.length === 0) return
    const epoch = toNumber(storeMap.epoch, 'The epoch of the store map')
    if (epoch < this.#epoch) return
    this.#stores = new Map(storeMap.stores.map((store) => [toNumber(store.id, 'The store id'), store]))
    this.#epoch = epoch
  }

  /** Where a store serves clients; undefined if it is not known. */
  serverLocationOf(storeId: number): NodeLocation | undefined {
    if (storeId === this.storeId) return this.identity.serverLocation
    return known(this.#stores.get(storeId)?.serverLocation)
  }

  /** Where a store takes Raft messages; undefined if it is not known. */
  raftLocationOf(storeId: number): NodeLocation | undefined {
    if (storeId === this.storeId) return this.identity.raftLocation
    return known(this.#stores.get(storeId)?.raftLocation)
  }
}

/** A location that can be reached: clients of DingoDB end their process over one without host or port. */
function known(location: Location | undefined): NodeLocation | undefined {
  return location !== undefined && location.host !== '' && location.port !== 0 ? location : undefined
}
