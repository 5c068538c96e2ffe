import type { Region, RegionDefinition } from '../../rpc/generated/dingodb/common_pb'
import {
  PeerRole,
  RawEngine,
  RegionState,
  StorageEngine,
  StoreRegionState,
} from '../../rpc/generated/dingodb/common_pb'
import type { Region as StoreRegion } from '../../rpc/generated/dingodb/store_internal_pb'
import type { TableNames } from './decode-key'
import { decodeKey } from './decode-key'
import { enumName } from './enum-name'
import type { ReplicaFields } from './region-detail'

/** What the coordinators think of a region. */
export function coordinatorFields(region: Region, names: TableNames): ReplicaFields {
  return {
    state: enumName(RegionState, region.state),
    metaEpoch: Number(region.epoch),
    leaderStoreId: idOf(region.leaderStoreId),
    ...definitionFields(region.definition, names),
  }
}

/**
 * What a store thinks of its replica.
 *
 * @param leaderStoreId whom the replica's Raft node follows, which is younger than the record; undefined if that is not known
 */
export function replicaFields(
  region: StoreRegion,
  leaderStoreId: number | undefined,
  names: TableNames,
): ReplicaFields {
  return {
    state: enumName(StoreRegionState, region.state),
    metaEpoch: undefined,
    leaderStoreId: leaderStoreId ?? idOf(region.leaderId),
    ...definitionFields(region.definition, names),
  }
}

function definitionFields(
  definition: RegionDefinition | undefined,
  names: TableNames,
): Omit<ReplicaFields, 'state' | 'metaEpoch' | 'leaderStoreId'> {
  const peers = (definition?.peers ?? [])
    .map(({ storeId, role }) => `${String(storeId)}${role === PeerRole.LEARNER ? ' (learner)' : ''}`)
    .sort()
  return {
    name: definition?.name ?? '',
    confVersion: Number(definition?.epoch?.confVersion ?? 0n),
    version: Number(definition?.epoch?.version ?? 0n),
    startKey: decodeKey(definition?.range?.startKey ?? NO_BYTES, names).text,
    endKey: decodeKey(definition?.range?.endKey ?? NO_BYTES, names).text,
    peers: peers.join(', '),
    storeEngine: enumName(StorageEngine, definition?.storeEngine ?? 0),
    rawEngine: enumName(RawEngine, definition?.rawEngine ?? 0),
    tableId: Number(definition?.tableId ?? 0n),
    partitionId: Number(definition?.partId ?? 0n),
  }
}

/** States of the coordinators and of stores are different machines: of these only stores are compared with each other. */
const COMPARED_BETWEEN_STORES: ReadonlySet<keyof ReplicaFields> = new Set(['state', 'metaEpoch'])

/** The fields in which somebody says something else than the others. */
export function differingFields(
  coordinator: ReplicaFields,
  replicas: ReadonlyArray<ReplicaFields | undefined>,
): Array<keyof ReplicaFields> {
  const known = replicas.filter((fields) => fields !== undefined)
  return (Object.keys(coordinator) as Array<keyof ReplicaFields>).filter((field) => {
    const compared = COMPARED_BETWEEN_STORES.has(field) ? known : [coordinator, ...known]
    return new Set(compared.map((fields) => fields[field])).size > 1
  })
}

const idOf = (id: bigint): number | undefined => (id > 0n ? Number(id) : undefined)
const NO_BYTES = new Uint8Array(0)
