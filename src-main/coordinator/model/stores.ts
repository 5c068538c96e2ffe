import type { Peer, Store, StoreType } from '../../rpc/generated/dingodb/common_pb'
import { PeerSchema, PeerRole, StoreInState, StoreState } from '../../rpc/generated/dingodb/common_pb'
import { create } from '@bufbuild/protobuf'
import { dingoError } from '../../rpc/dingo-error'
import { Errno } from '../../rpc/generated/dingodb/error_pb'
import { regions, stores } from '../meta/meta-table'
import type { MetaView } from '../meta/meta-view'
import type { ControlContext } from './control-context'

/** The keyring with which a store registers itself at its first heartbeat (dingodb.md 3.7). */
export const OPEN_KEYRING = 'TO_BE_CONTINUED'

/** @throws SandboxError DINGODB_ERROR ESTORE_NOT_FOUND */
export function requireStore(view: MetaView, storeId: number): Store {
  const store = view.get(stores, storeId)
  if (store !== undefined) return store
  throw dingoError(Errno.ESTORE_NOT_FOUND, `The cluster has no store ${String(storeId)}.`)
}

/** Whether new replicas may be placed on a store. */
export function takesReplicas({ state, inState }: Store): boolean {
  return state === StoreState.STORE_NORMAL && inState === StoreInState.STORE_IN
}

/** Which stores are wanted. */
export interface StoreChoice {
  readonly count: number
  readonly storeType: StoreType
  /** Only stores with this tag; empty for any. */
  readonly resourceTag: string
  /** These and no others; empty for a free choice. */
  readonly storeIds: readonly number[]
}

/**
 * Chooses the stores of a region by load: fewest replicas first, then fewest leaders, then the smallest id. Only stores that
 * are NORMAL and IN are chosen.
 *
 * @throws SandboxError DINGODB_ERROR EREGION_UNAVAILABLE if there are not enough, EILLEGAL_PARAMTETERS for a number below 1
 */
export function selectStores(view: MetaView, context: ControlContext, choice: StoreChoice): readonly Peer[] {
  if (choice.count < 1) {
    throw dingoError(Errno.EILLEGAL_PARAMTETERS, `A region has at least one replica, not ${String(choice.count)}.`)
  }
  const replicas = replicaCounts(view)
  const candidates = view
    .list(stores)
    .filter((store) => takesReplicas(store) && store.storeType === choice.storeType)
    .filter((store) => choice.resourceTag === '' || store.resourceTag === choice.resourceTag)
    .filter((store) => choice.storeIds.length === 0 || choice.storeIds.includes(Number(store.id)))
    .map((store) => ({
      store,
      replicas: replicas.get(Number(store.id)) ?? 0,
      leaders: context.leaderCount(Number(store.id)),
    }))
    .sort(
      (left, right) =>
        left.replicas - right.replicas || left.leaders - right.leaders || Number(left.store.id - right.store.id),
    )
  if (candidates.length < choice.count) {
    const message = `${String(choice.count)} stores are needed and ${String(candidates.length)} can take a replica (NORMAL, IN, of the right type and tag): start more stores or ask for fewer replicas.`
    throw dingoError(Errno.EREGION_UNAVAILABLE, message)
  }
  return candidates.slice(0, choice.count).map(({ store }) =>
    create(PeerSchema, {
      storeId: store.id,
      role: PeerRole.VOTER,
      ...(store.serverLocation !== undefined && { serverLocation: store.serverLocation }),
      ...(store.raftLocation !== undefined && { raftLocation: store.raftLocation }),
    }),
  )
}

/** Peers with the locations at which their stores are served now; a store may have come back elsewhere. */
export function withCurrentLocations(view: MetaView, peers: readonly Peer[]): Peer[] {
  return peers.map((peer) => {
    const store = view.get(stores, Number(peer.storeId))
    if (store?.serverLocation === undefined || store.raftLocation === undefined) return peer
    return { ...peer, serverLocation: store.serverLocation, raftLocation: store.raftLocation }
  })
}

function replicaCounts(view: MetaView): ReadonlyMap<number, number> {
  const counts = new Map<number, number>()
  for (const { definition } of view.list(regions)) {
    for (const { storeId } of definition?.peers ?? []) {
      counts.set(Number(storeId), (counts.get(Number(storeId)) ?? 0) + 1)
    }
  }
  return counts
}
