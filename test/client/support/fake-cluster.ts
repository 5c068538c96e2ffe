import type { MessageInitShape } from '@bufbuild/protobuf'
import type { RegionMetricsSchema, RegionSchema } from '../../../src-main/rpc/generated/dingodb/common_pb'
import { RegionState, StoreState } from '../../../src-main/rpc/generated/dingodb/common_pb'
import type { JobSchema } from '../../../src-main/rpc/generated/dingodb/coordinator_pb'
import { CoordinatorService, RegionCmdType } from '../../../src-main/rpc/generated/dingodb/coordinator_pb'
import { Errno } from '../../../src-main/rpc/generated/dingodb/error_pb'
import { dingoError } from '../../../src-main/rpc/dingo-error'
import { LocalNetwork } from '../../../src-main/rpc/local-channels'
import { ServiceRegistry } from '../../../src-main/rpc/service-registry'
import { RealClock } from '../../../src-main/env/real'
import { SeededRandom } from '../../../src-main/env'
import type { ClusterClientOptions } from '../../../src-main/client/cluster-client'
import { ClusterClient } from '../../../src-main/client/cluster-client'
import { compareKeys } from '../../../src-main/client/key-bytes'
import { FakeMeta } from './fake-meta'
import { FakeStore } from './fake-store'

/** One byte a character, so that any key can be written down. */
export const bytes = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0))
export const text = (value: Uint8Array | undefined): string | undefined =>
  value === undefined ? undefined : String.fromCharCode(...value)

/** A region as the fake coordinator and the fake stores share it: all see a change at once, unless a test says otherwise. */
export interface FakeRegion {
  id: number
  start: string
  end: string
  version: number
  /** Index of the store that leads. */
  leader: number
  /** The table that it is of, as the coordinators say. */
  tableId?: number | undefined
  partitionId?: number | undefined
  /** REGION_NORMAL unless given. */
  state?: RegionState
  /** What ScanRegions says of it, while the coordinator lags behind. */
  announced?: { start: string; end: string; version: number; leader?: number } | 'hidden'
}

const COORDINATORS = ['coordinator:1', 'coordinator:2']
export const STORES = ['store-0:1', 'store-1:1', 'store-2:1']

/** Two coordinators, of which the second leads, and three stores over local channels; regions hold their pairs in a map. */
export class FakeCluster {
  readonly network = new LocalNetwork(new RealClock())
  readonly regions: FakeRegion[] = []
  readonly pairs = new Map<string, Uint8Array>()
  readonly stores = STORES.map((_, index) => new FakeStore(this, index))
  readonly meta = new FakeMeta(this)
  /** What leaders reported of their regions. */
  readonly metrics: Array<MessageInitShape<typeof RegionMetricsSchema>> = []
  /** The coordinators' jobs, those under way and those in the archive. */
  readonly jobs: Array<MessageInitShape<typeof JobSchema>> = []
  lookUps = 0
  /** How often everything about all regions was asked for. */
  wholeReads = 0
  /** So many stores are in the store map. */
  storeCount = STORES.length
  droppedRegions: number[] = []
  #servers = new Map<string, { close(): void }>()

  constructor() {
    for (const store of this.stores) this.serveStore(store.index)
    for (const index of COORDINATORS.keys()) this.serveCoordinator(index)
  }

  serveCoordinator(index: number): void {
    const address = COORDINATORS[index] ?? ''
    const registry = new ServiceRegistry()
    const follower = (): never => {
      throw dingoError(Errno.ERAFT_NOTLEADER, 'I follow.', { leaderLocation: { host: 'coordinator', port: 2 } })
    }
    registry.add(CoordinatorService, {
      scanRegions: index === 0 ? follower : (request) => this.#scanRegions(request.key, request.rangeEnd),
      getRegionMap: () => {
        this.wholeReads += 1
        return { regionmap: { regions: this.regions.map((region) => this.#describe(region)) } }
      },
      getRegionMetrics: () => {
        this.wholeReads += 1
        return { regionMetrics: this.metrics }
      },
      getStoreMetrics: () => ({ storeMetrics: STORES.map((_, index) => this.#reports(index)) }),
      getJobList: ({ includeArchive, archiveStartId }) => ({
        jobList: this.jobs.filter(({ id = 0n, finishTime = '' }) =>
          finishTime === '' ? true : includeArchive && id >= archiveStartId,
        ),
      }),
      queryRegion: ({ regionId }) => {
        const metrics = this.metrics.find(({ id }) => id === regionId)
        return { region: this.#describe(this.region(Number(regionId)), metrics) }
      },
      createRegionId: () => ({ regionIds: [BigInt(this.regions.length + 1)] }),
      createRegion: ({ regionId, range }) => {
        const [start, end] = [text(range?.startKey) ?? '', text(range?.endKey) ?? '']
        this.regions.push({ id: Number(regionId), start, end, version: 1, leader: 0 })
        return { regionId }
      },
      dropRegion: ({ regionId }) => {
        this.droppedRegions.push(Number(regionId))
        return {}
      },
      getStoreMap: () => ({
        storemap: {
          stores: STORES.slice(0, this.storeCount).map((_, index) => ({
            id: BigInt(20_001 + index),
            state: StoreState.STORE_NORMAL,
            serverLocation: location(index),
          })),
        },
      }),
      getCoordinatorMap: () => ({
        leaderLocation: { host: 'coordinator', port: 2 },
        coordinatorLocations: [
          { host: 'coordinator', port: 1 },
          { host: 'coordinator', port: 2 },
        ],
      }),
    })
    this.meta.addTo(registry)
    this.#servers.set(address, this.network.serve(address, registry))
  }

  region(id: number): FakeRegion {
    const region = this.regions.find((each) => each.id === id)
    if (region === undefined) throw dingoError(Errno.EREGION_NOT_FOUND, `Not found region ${String(id)}`)
    return region
  }

  serveStore(index: number): void {
    const registry = new ServiceRegistry()
    this.stores[index]?.addTo(registry)
    this.#servers.set(STORES[index] ?? '', this.network.serve(STORES[index] ?? '', registry))
  }

  stop(address: string): void {
    this.#servers.get(address)?.close()
  }

  client(options: Partial<ClusterClientOptions> = {}): ClusterClient {
    return new ClusterClient({
      coordinators: COORDINATORS,
      channels: this.network.channels('client'),
      clock: this.network.clock,
      random: new SeededRandom(1),
      ...options,
    })
  }

  #scanRegions(key: Uint8Array, rangeEnd: Uint8Array) {
    this.lookUps++
    const regions = this.regions
      .filter((region) => region.announced !== 'hidden')
      .map((region) => ({ ...region, ...(typeof region.announced === 'object' ? region.announced : {}) }))
      .filter(({ start, end }) => {
        if (rangeEnd.length === 0) return compareKeys(bytes(start), key) <= 0 && compareKeys(key, bytes(end)) < 0
        return compareKeys(bytes(start), rangeEnd) < 0 && compareKeys(key, bytes(end)) < 0
      })
      .sort((left, right) => compareKeys(bytes(left.start), bytes(right.start)))
    return {
      regions: regions.map(({ id, start, end, version, leader }) => ({
        regionId: BigInt(id),
        range: { startKey: bytes(start), endKey: bytes(end) },
        regionEpoch: { confVersion: 1n, version: BigInt(version) },
        ...(leader < 0 ? {} : { leader: location(leader) }),
        voters: STORES.map((_, index) => location(index)),
      })),
    }
  }

  /** What a store tells of the regions that it leads. */
  #reports(index: number) {
    const led = this.metrics.filter(
      ({ id }) => this.regions.find((region) => BigInt(region.id) === id)?.leader === index,
    )
    return {
      id: BigInt(20_001 + index),
      regionMetricsMap: Object.fromEntries(led.map((each) => [String(each.id), each])),
    }
  }

  #describe(
    region: FakeRegion,
    metrics?: MessageInitShape<typeof RegionMetricsSchema>,
  ): MessageInitShape<typeof RegionSchema> {
    return {
      ...(metrics && { metrics }),
      id: BigInt(region.id),
      state: region.state ?? RegionState.REGION_NORMAL,
      leaderStoreId: region.leader < 0 ? 0n : BigInt(20_001 + region.leader),
      definition: {
        tableId: BigInt(region.tableId ?? 0),
        partId: BigInt(region.partitionId ?? 0),
        id: BigInt(region.id),
        name: `region ${String(region.id)}`,
        epoch: { confVersion: 1n, version: BigInt(region.version) },
        range: { startKey: bytes(region.start), endKey: bytes(region.end) },
        peers: STORES.map((_, index) => ({ storeId: BigInt(20_001 + index), serverLocation: location(index) })),
      },
    }
  }
}

export const location = (index: number) => ({ host: `store-${String(index)}`, port: 1 })

/** The job of a creation that two of three stores have refused five times. @param job ended with a `finishTime` */
export function refusedCreations(regionId: number, job: { readonly finishTime: string }) {
  const storeOperations = STORES.map((_, index) => ({
    storeId: BigInt(20_001 + index),
    regionCmds: [{ regionId: BigInt(regionId), regionCmdType: RegionCmdType.CMD_CREATE }],
    isSuccess: index === 0,
    retryCount: index === 0 ? 0 : 5,
    errors: index === 0 ? [] : [{ errcode: Errno.EENGINE_NOT_FOUND, errmsg: 'There is no such engine.' }],
  }))
  return [{ id: 7n, name: 'CreateRegion', tasks: [{ storeOperations }], ...job }]
}
