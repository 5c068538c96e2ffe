import type { DescMessage, DescMethodUnary, MessageInitShape } from '@bufbuild/protobuf'
import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import { Server, ServerCredentials } from '@grpc/grpc-js'
import type { RegionMetrics } from '../../../src-main/rpc/generated/dingodb/common_pb'
import {
  RaftNodeState,
  RegionDefinitionSchema,
  RegionMetricsSchema,
  RegionSchema,
  RegionState,
  StoreInState,
  StoreMetricsSchema,
  StoreRegionState,
  StoreState,
} from '../../../src-main/rpc/generated/dingodb/common_pb'
import {
  CoordinatorService,
  GetStoreMetricsRequestSchema,
} from '../../../src-main/rpc/generated/dingodb/coordinator_pb'
import { MetaService } from '../../../src-main/rpc/generated/dingodb/meta_pb'

export const STORE_IDS = [20_001, 20_002, 20_003]
export const FIRST_REGION = 80_001
export const location = (port: number) => ({ host: '127.0.0.1', port })

/** Answers as the coordinator of three stores with so many regions, each on all of them. @returns its address */
export async function serveRegions(count: number): Promise<string> {
  const numbers = Array.from({ length: count }, (_, at) => at)
  const regions = numbers.map((at) => {
    const leaderStoreId = BigInt(STORE_IDS[at % 3] ?? 0)
    const state = RegionState.REGION_NORMAL
    return create(RegionSchema, { id: BigInt(FIRST_REGION + at), definition: definition(at), state, leaderStoreId })
  })
  const stores = STORE_IDS.map((storeId) => ({
    id: BigInt(storeId),
    state: StoreState.STORE_NORMAL,
    inState: StoreInState.STORE_IN,
    serverLocation: location(storeId),
    raftLocation: location(storeId + 1000),
  }))
  const storeMetrics = STORE_IDS.map((storeId) => {
    const regionMetricsMap: Record<string, RegionMetrics> = {}
    for (const at of numbers) regionMetricsMap[String(FIRST_REGION + at)] = report(at, storeId)
    return create(StoreMetricsSchema, { id: BigInt(storeId), regionMetricsMap })
  })
  const { getRegionMap, getStoreMap, getStoreMetrics, getCoordinatorMap } = CoordinatorService.method
  const { getSchemas, getTablesBySchema } = MetaService.method
  const metricsBytes = new Map(
    storeMetrics.map((metrics) => [metrics.id, encoded(getStoreMetrics, { storeMetrics: [metrics] })]),
  )
  const all = Buffer.concat([...metricsBytes.values()])
  return serveBytes([
    [getRegionMap, encoded(getRegionMap, { regionmap: { epoch: 1n, regions } })],
    [getStoreMap, encoded(getStoreMap, { storemap: { epoch: 1n, stores } })],
    [getStoreMetrics, (request) => metricsBytes.get(fromBinary(GetStoreMetricsRequestSchema, request).storeId) ?? all],
    [getCoordinatorMap, encoded(getCoordinatorMap, { coordinatorMap: { epoch: 1n, coordinators: [] } })],
    [getSchemas, encoded(getSchemas, {})],
    [getTablesBySchema, encoded(getTablesBySchema, {})],
  ])
}

type Answer = Buffer | ((request: Buffer) => Buffer)

function encoded<Output extends DescMessage>(
  { output }: DescMethodUnary<DescMessage, Output>,
  response: MessageInitShape<Output>,
): Buffer {
  return Buffer.from(toBinary(output, create(output, response)))
}

/** Answers with bytes that were made before, so that the server costs nothing while its caller is measured. */
async function serveBytes(answers: ReadonlyArray<readonly [DescMethodUnary, Answer]>): Promise<string> {
  const server = new Server({ 'grpc.max_send_message_length': -1 })
  const asIs = (bytes: Buffer) => bytes
  for (const [method, answer] of answers) {
    const path = `/${method.parent.typeName}/${method.name}`
    const definition = { path, requestStream: false, responseStream: false, originalName: method.localName } as const
    const codec = {
      requestSerialize: asIs,
      requestDeserialize: asIs,
      responseSerialize: asIs,
      responseDeserialize: asIs,
    }
    server.addService(
      { [method.name]: { ...definition, ...codec } },
      {
        [method.name]: (call: { readonly request: Buffer }, done: (error: null, response: Buffer) => void) => {
          done(null, typeof answer === 'function' ? answer(call.request) : answer)
        },
      },
    )
  }
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound)
      else reject(error)
    })
  })
  return `127.0.0.1:${String(port)}`
}

export function definition(at: number) {
  return create(RegionDefinitionSchema, {
    id: BigInt(FIRST_REGION + at),
    name: `region-${String(at)}`,
    epoch: { version: 1n, confVersion: 1n },
    range: { startKey: key(at), endKey: key(at + 1) },
    peers: STORE_IDS.map((storeId) => ({
      storeId: BigInt(storeId),
      serverLocation: location(storeId),
      raftLocation: location(storeId + 1000),
    })),
  })
}

export function report(at: number, storeId: number): RegionMetrics {
  const leaderStoreId = STORE_IDS[at % 3] ?? 0
  const isLeader = leaderStoreId === storeId
  const follower = () => ({ valid: true, nextIndex: 101n, lastRpcSendTimestamp: 1_790_000_000_000n })
  const followers = STORE_IDS.filter((id) => id !== storeId).map((id) => [
    `127.0.0.1:${String(id + 1000)}:0`,
    follower(),
  ])
  return create(RegionMetricsSchema, {
    id: BigInt(FIRST_REGION + at),
    leaderStoreId: BigInt(leaderStoreId),
    storeRegionState: StoreRegionState.NORMAL,
    regionDefinition: definition(at),
    rowCount: BigInt(at % 5_000),
    regionSize: BigInt((at * 104_729) % 2 ** 26),
    minKey: key(at),
    maxKey: key(at),
    lastUpdateMetricsTimestamp: 1_790_000_000_000n,
    braftStatus: {
      raftState: isLeader ? RaftNodeState.STATE_LEADER : RaftNodeState.STATE_FOLLOWER,
      peerId: `127.0.0.1:${String(storeId + 1000)}:0`,
      leaderPeerId: `127.0.0.1:${String(leaderStoreId + 1000)}:0`,
      term: 2n,
      committedIndex: 100n,
      knownAppliedIndex: 100n,
      firstIndex: 1n,
      lastIndex: 100n,
      diskIndex: 100n,
      ...(isLeader && { stableFollowers: Object.fromEntries(followers) as Record<string, never> }),
    },
  })
}

const key = (at: number): Uint8Array => new TextEncoder().encode(`w-key-${String(at).padStart(8, '0')}`)
