import type { SerializedSandboxError } from '../../base/sandbox-error'
import { RaftNodeState, RegionState, StoreState } from '../../rpc/generated/dingodb/common_pb'
import { formatLocation } from './format-location'
import { enumName } from './enum-name'
import type { NodeChecks } from './node-checks'
import type { ClusterOverview, CoordinatorView, RegionTile, StoreView } from './overview'
import { MOST_TILES } from './overview'
import type { RegionFacts } from './region-facts'
import type { FactsOfMaps } from './region-rows-reader'

/** What an overview is drawn from. */
export interface OverviewSources {
  readonly known: FactsOfMaps
  readonly checks: NodeChecks
  /** Wall time in ms. */
  readonly nowMs: number
  /** Why the maps are not those of now. */
  readonly error: SerializedSandboxError | undefined
}

export function overviewPicture(sources: OverviewSources): ClusterOverview {
  const { known, nowMs, error } = sources
  const { facts, maps, concerns } = known
  return {
    takenAtMs: nowMs,
    coordinators: coordinatorViews(sources),
    stores: storeViews(sources),
    regionCount: facts.length,
    regionsWithLeader: facts.length - concerns['no-leader'],
    tableCount: maps.names.tables.length,
    tiles: facts.slice(0, MOST_TILES).map(tileOf),
    concerns,
    error,
  }
}

function coordinatorViews({ known, checks }: OverviewSources): CoordinatorView[] {
  const { coordinatorMap, leaderLocation } = known.maps.coordinators
  const leaderAddress = formatLocation(leaderLocation)
  const leaderId = leadingCoordinator(checks)
  return (coordinatorMap?.coordinators ?? []).map(({ id, location }) => {
    const nodeId = Number(id)
    const check = checks.coordinators.get(nodeId)
    const serverAddress = formatLocation(location)
    // The map does not tell it, the coordinator itself does: `host:port:0`.
    const raftAddress = check?.raft?.peerId.replace(/:\d+$/, '') ?? ''
    return {
      nodeId,
      serverAddress,
      raftAddress,
      isLeader: leaderId === undefined ? check !== undefined && serverAddress === leaderAddress : leaderId === nodeId,
      answers: check !== undefined,
      term: numberOf(check?.raft?.term),
      committedIndex: numberOf(check?.raft?.committedIndex),
      appliedIndex: numberOf(check?.raft?.knownAppliedIndex),
    }
  })
}

/** Who says that it leads, in the newest term; undefined if nobody tells: then what the coordinators told last counts. */
function leadingCoordinator({ coordinators }: NodeChecks): number | undefined {
  let leader: { readonly nodeId: number; readonly term: bigint } | undefined
  for (const [nodeId, { raft }] of coordinators) {
    if (raft?.raftState !== RaftNodeState.STATE_LEADER) continue
    if (leader === undefined || raft.term > leader.term) leader = { nodeId, term: raft.term }
  }
  return leader?.nodeId
}

function storeViews({ known, checks, nowMs }: OverviewSources): StoreView[] {
  const { maps, facts } = known
  const copies = new Map<number, number>()
  const leaders = new Map<number, number>()
  for (const { storeIds, leaderStoreId } of facts) {
    for (const storeId of storeIds) copies.set(storeId, (copies.get(storeId) ?? 0) + 1)
    if (leaderStoreId !== undefined) leaders.set(leaderStoreId, (leaders.get(leaderStoreId) ?? 0) + 1)
  }
  return maps.stores.map((store, position) => {
    const storeId = Number(store.id)
    const own = maps.reports.get(storeId)?.own
    const totalBytes = reported(own?.systemTotalCapacity)
    return {
      storeId,
      ordinal: position + 1,
      serverAddress: formatLocation(store.serverLocation),
      raftAddress: formatLocation(store.raftLocation),
      state: enumName(StoreState, store.state),
      answers: checks.stores.has(storeId),
      // Clocks of two machines may differ.
      heartbeatAgeMs: store.lastSeenTimestamp > 0n ? Math.max(0, nowMs - Number(store.lastSeenTimestamp)) : undefined,
      regionCount: copies.get(storeId) ?? 0,
      leaderCount: leaders.get(storeId) ?? 0,
      totalBytes,
      // Of a disk that was measured 0 is the truth: it is full.
      freeBytes: totalBytes === undefined ? undefined : Number(own?.systemFreeCapacity ?? 0n),
      processUsedBytes: reported(own?.processUsedMemory),
    }
  })
}

function tileOf(facts: RegionFacts): RegionTile {
  const { region, regionId, name, tableId, tableName, leaderStoreId, storeIds, learnerStoreIds, concerns } = facts
  return {
    regionId,
    name,
    state: enumName(RegionState, region.state),
    tableId: tableId === 0 ? undefined : tableId,
    tableName,
    leaderStoreId,
    term: numberOf(facts.report?.braftStatus?.term),
    storeIds,
    learnerStoreIds,
    concerns,
  }
}

const numberOf = (value: bigint | undefined): number | undefined => (value === undefined ? undefined : Number(value))
/** A figure that nobody measured is 0 on the wire. */
const reported = (value: bigint | undefined): number | undefined =>
  value === undefined || value === 0n ? undefined : Number(value)
