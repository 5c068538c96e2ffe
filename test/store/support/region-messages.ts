import { create } from '@bufbuild/protobuf'
import type { RegionDefinition } from '../../../src-main/rpc/generated/dingodb/common_pb'
import { RegionDefinitionSchema, StorageEngine } from '../../../src-main/rpc/generated/dingodb/common_pb'
import type { RegionCmd } from '../../../src-main/rpc/generated/dingodb/coordinator_pb'
import { RegionCmdSchema, RegionCmdType } from '../../../src-main/rpc/generated/dingodb/coordinator_pb'

export const STORE = 20001
export const PEERS = [20001, 20002, 20003]

/** The range that region `id` has in these tests: all keys that begin with `w` and its id. */
export const rangeOf = (regionId: number) => ({
  startKey: new TextEncoder().encode(`w${String(regionId).padStart(8, '0')}`),
  endKey: new TextEncoder().encode(`w${String(regionId + 1).padStart(8, '0')}`),
})

export function definition(
  regionId: number,
  change: { readonly peers?: readonly number[]; readonly storeEngine?: StorageEngine } = {},
): RegionDefinition {
  return create(RegionDefinitionSchema, {
    id: BigInt(regionId),
    epoch: { confVersion: 1n, version: 1n },
    name: `region ${String(regionId)}`,
    range: rangeOf(regionId),
    storeEngine: change.storeEngine ?? StorageEngine.STORE_ENG_RAFT_STORE,
    peers: (change.peers ?? PEERS).map((storeId) => ({
      storeId: BigInt(storeId),
      serverLocation: { host: '127.0.0.1', port: storeId },
      raftLocation: { host: '127.0.0.1', port: storeId + 100 },
    })),
  })
}

/** A region of the engine with one replica, which this store is to have. */
export const monoDefinition = (regionId: number, peers: readonly number[] = [STORE]): RegionDefinition =>
  definition(regionId, { peers, storeEngine: StorageEngine.STORE_ENG_MONO_STORE })

let nextCommandId = 1000

export function createCommand(regionId: number, regionDefinition = definition(regionId)): RegionCmd {
  return create(RegionCmdSchema, {
    id: BigInt(++nextCommandId),
    jobId: BigInt(nextCommandId),
    regionId: BigInt(regionId),
    regionCmdType: RegionCmdType.CMD_CREATE,
    Request: { case: 'createRequest', value: { regionDefinition } },
  })
}

export function deleteCommand(regionId: number): RegionCmd {
  return create(RegionCmdSchema, {
    id: BigInt(++nextCommandId),
    jobId: BigInt(nextCommandId),
    regionId: BigInt(regionId),
    regionCmdType: RegionCmdType.CMD_DELETE,
    Request: { case: 'deleteRequest', value: { regionId: BigInt(regionId) } },
  })
}

export function command(regionId: number, regionCmdType: RegionCmdType, Request: RegionCmd['Request']): RegionCmd {
  return create(RegionCmdSchema, {
    id: BigInt(++nextCommandId),
    jobId: BigInt(nextCommandId),
    regionId: BigInt(regionId),
    regionCmdType,
    Request,
  })
}
