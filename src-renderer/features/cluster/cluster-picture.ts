import type { SerializedSandboxError } from '../../../src-main/base/sandbox-error'
import type { CoordinatorView, ClusterOverview, RegionTile, StoreView } from '../../../src-main/client/views/overview'
import type { ClusterNodeInfo, ClusterNodeState } from '../../../src-main/sandbox/cluster/cluster-events'
import type { SessionView } from '../../../src-main/sandbox/session/session-view'

/** What a node is at; `silent`: nobody here runs it, and it does not answer. */
export type NodeCondition = ClusterNodeState | 'silent'

interface NodeOfPicture {
  readonly nodeId: number
  /** 1.. in the order of ids among its kind: its place, and for a store its hue. */
  readonly ordinal: number
  /** `C1`, `S1`. */
  readonly mark: string
  /** `store-1`; for a node that this program does not run, its mark. */
  readonly name: string
  readonly condition: NodeCondition
  /** Whether what is shown of it is of before: it does not run, or did not answer. */
  readonly isStale: boolean
  readonly serverAddress: string
  readonly raftAddress: string
  readonly lastError: SerializedSandboxError | undefined
}

export interface CoordinatorOfPicture extends NodeOfPicture {
  readonly role: 'coordinator'
  /** What the cluster told of it; undefined before the first overview. */
  readonly view: CoordinatorView | undefined
  readonly isLeader: boolean
}

export interface StoreOfPicture extends NodeOfPicture {
  readonly role: 'store'
  readonly view: StoreView | undefined
  /** Wall time in ms at which the coordinators last heard from it. */
  readonly lastHeardMs: number | undefined
}

export type PictureNode = CoordinatorOfPicture | StoreOfPicture

/** How one store holds a region. */
export type ReplicaRole = 'leader' | 'follower' | 'learner'

/** On tiles, the same in every language. */
export const ROLE_LETTERS: Readonly<Record<ReplicaRole, string>> = { leader: 'L', follower: 'F', learner: 'Lr' }

/** A region, and its replicas by store. */
export interface PictureRegion {
  readonly tile: RegionTile
  readonly roles: ReadonlyMap<number, ReplicaRole>
}

/** What the screen shows, whichever way it draws it. */
export interface ClusterPicture {
  readonly coordinators: readonly CoordinatorOfPicture[]
  readonly stores: readonly StoreOfPicture[]
  /** In the order of ids, so that each has the same place in every column. */
  readonly regions: readonly PictureRegion[]
}

/**
 * Puts together what the host knows of its nodes (at once) and what the cluster tells of itself (a moment later). Either
 * may be missing: before the first overview, and for a cluster that this program does not run.
 */
export function clusterPicture(
  session: Pick<SessionView, 'nodes'>,
  overview: ClusterOverview | undefined,
  tableId: number | undefined,
): ClusterPicture {
  const coordinatorViews = new Map(overview?.coordinators.map((view) => [view.nodeId, view]))
  const storeViews = new Map(overview?.stores.map((view) => [view.storeId, view]))
  return {
    coordinators: idsOf(session.nodes, 'coordinator', coordinatorViews).map(([nodeId, info], index) =>
      coordinatorOf(nodeId, info, coordinatorViews.get(nodeId), index + 1),
    ),
    stores: idsOf(session.nodes, 'store', storeViews).map(([nodeId, info], index) =>
      storeOf(nodeId, info, storeViews.get(nodeId), index + 1, overview?.takenAtMs),
    ),
    regions: (overview?.tiles ?? [])
      .filter((tile) => tableId === undefined || tile.tableId === tableId)
      .map((tile) => ({ tile, roles: rolesOf(tile) })),
  }
}

function idsOf(
  nodes: readonly ClusterNodeInfo[],
  role: ClusterNodeInfo['role'],
  views: ReadonlyMap<number, unknown>,
): ReadonlyArray<readonly [nodeId: number, info: ClusterNodeInfo | undefined]> {
  const infos = new Map(nodes.flatMap((node) => (node.role === role ? [[node.nodeId, node]] : [])))
  const ids = new Set([...infos.keys(), ...views.keys()])
  return [...ids].sort((one, other) => one - other).map((nodeId) => [nodeId, infos.get(nodeId)])
}

function conditionOf(info: ClusterNodeInfo | undefined, answers: boolean | undefined): NodeCondition {
  return info?.state ?? (answers === false ? 'silent' : 'running')
}

function coordinatorOf(
  nodeId: number,
  info: ClusterNodeInfo | undefined,
  view: CoordinatorView | undefined,
  ordinal: number,
): CoordinatorOfPicture {
  const condition = conditionOf(info, view?.answers)
  const isStale = condition !== 'running' || view?.answers === false
  return {
    role: 'coordinator',
    nodeId,
    ordinal,
    mark: `C${ordinal}`,
    name: info?.name ?? `C${ordinal}`,
    condition,
    isStale,
    serverAddress: info?.serverAddress ?? view?.serverAddress ?? '',
    raftAddress: info?.raftAddress ?? view?.raftAddress ?? '',
    lastError: info?.lastError,
    view,
    // The host knows at once that a node is gone; who leads then is for the next overview to tell.
    isLeader: view?.isLeader === true && !isStale,
  }
}

function storeOf(
  nodeId: number,
  info: ClusterNodeInfo | undefined,
  view: StoreView | undefined,
  ordinal: number,
  takenAtMs: number | undefined,
): StoreOfPicture {
  const condition = conditionOf(info, view?.answers)
  const age = view?.heartbeatAgeMs
  return {
    role: 'store',
    nodeId,
    ordinal: view?.ordinal ?? ordinal,
    mark: `S${view?.ordinal ?? ordinal}`,
    name: info?.name ?? `S${view?.ordinal ?? ordinal}`,
    condition,
    isStale: condition !== 'running' || view?.answers === false,
    serverAddress: info?.serverAddress ?? view?.serverAddress ?? '',
    raftAddress: info?.raftAddress ?? view?.raftAddress ?? '',
    lastError: info?.lastError,
    view,
    lastHeardMs: age === undefined || takenAtMs === undefined ? undefined : takenAtMs - age,
  }
}

function rolesOf(tile: RegionTile): ReadonlyMap<number, ReplicaRole> {
  const roles = new Map<number, ReplicaRole>()
  for (const storeId of tile.storeIds) roles.set(storeId, 'follower')
  for (const storeId of tile.learnerStoreIds) roles.set(storeId, 'learner')
  if (tile.leaderStoreId !== undefined) roles.set(tile.leaderStoreId, 'leader')
  return roles
}

/** All nodes, coordinators first, each kind in the order of ids. */
export function allNodes({ coordinators, stores }: ClusterPicture): readonly PictureNode[] {
  return [...coordinators, ...stores]
}
