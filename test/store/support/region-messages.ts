import { create } from '@bufbuild/protobuf'
import type { RegionDefinition } from '../../../src-main/rpc/generated/dingodb/common_pb'
import { RegionDefinitionSchema } from '../../../src-main/rpc/generated/dingodb/common_pb'
import type { RegionCmd } from '../../../src-main/rpc/generated/dingodb/coordinator_pb'
import { RegionCmdSchema, RegionCmdType } from '../../../src-main/rpc/generated/dingodb/coordinator_pb'

export const STORE = 20001
export const PEERS = [20001, 20002, 20003]

/** The range that region `id` has in these tests: all keys that begin with `w` and its id. */
export const rangeOf = (regionId: number) => ({
  startKey: new TextEncoder().encode(`w${String(regionId).padStart(8, '0')}`),
  endKey: new TextEncoder().encode(`w${String(regionId + 1).padStart(8, '0')}`),
})

export function definition(regionId: number, change: { readonly peers?: readonly number[] } = {}): RegionDefinition {
  return create(RegionDefinitionSchema, {
    id: BigInt(regionId),
    epoch: { confVersion: 1n, version: 1n },
    name: `region ${String(regionId)}`,
    range: rangeOf(regionId),
    peers: (change.peers ?? PEERS).map((storeId) => ({
      storeId: BigInt(storeId),
      serverLocation: { host: '127.0.0.1', port: storeId },
      raftLocation: { host: '127.0.0.1', port: storeId + 100 },
    })),
  })
}

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
