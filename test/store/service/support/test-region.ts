import { create } from '@bufbuild/protobuf'
import type { RegionEpoch } from '../../../../src-main/engine/engine-context'
import type { EngineRegionState } from '../../../../src-main/engine/engine-region'
import type { PlainRange } from '../../../../src-main/engine/write-data'
import type { Peer, RegionDefinition } from '../../../../src-main/rpc/generated/dingodb/common_pb'
import {
  RegionDefinitionSchema,
  StorageEngine,
  StoreRegionState,
} from '../../../../src-main/rpc/generated/dingodb/common_pb'
import type { Region } from '../../../../src-main/rpc/generated/dingodb/store_internal_pb'
import { RegionSchema } from '../../../../src-main/rpc/generated/dingodb/store_internal_pb'
import { mayApplyInState } from '../../../../src-main/store/meta/region-state'
import type { StoreRegion, StoreRegions } from '../../../../src-main/store/region/store-region'

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

/** A region whose every part a test may change, as the metadata's owner does. */
export class TestRegion implements StoreRegion {
  readonly id: number
  epoch: RegionEpoch = { confVersion: 1, version: 1 }
  range: PlainRange
  peerState = StoreRegionState.NORMAL
  leaderStoreId = 20_001
  storeEngine = StorageEngine.STORE_ENG_MEMORY
  peerIds = [20_001, 20_002, 20_003]

  constructor(id: number, startKey: string, endKey: string) {
    this.id = id
    this.range = { startKey: bytes(startKey), endKey: bytes(endKey) }
  }

  get state(): EngineRegionState {
    return { name: StoreRegionState[this.peerState], mayApply: mayApplyInState(this.peerState) }
  }

  get definition(): RegionDefinition {
    return create(RegionDefinitionSchema, {
      id: BigInt(this.id),
      storeEngine: this.storeEngine,
      range: this.range,
      epoch: { confVersion: BigInt(this.epoch.confVersion), version: BigInt(this.epoch.version) },
      tableId: 77n,
      peers: this.peerIds.map((storeId) => ({
        storeId: BigInt(storeId),
        serverLocation: { host: '10.0.0.1', port: storeId },
      })),
    })
  }

  get peers(): readonly Peer[] {
    return this.definition.peers
  }

  get record(): Region {
    return create(RegionSchema, { id: BigInt(this.id), definition: this.definition, state: this.peerState })
  }
}

/** Regions of a store that a test adds and takes away. */
export class TestRegions implements StoreRegions {
  readonly byId = new Map<number, TestRegion>()

  add(region: TestRegion): TestRegion {
    this.byId.set(region.id, region)
    return region
  }

  find(regionId: number): TestRegion | undefined {
    return this.byId.get(regionId)
  }

  list(): readonly TestRegion[] {
    return [...this.byId.values()].sort((left, right) => left.id - right.id)
  }
}
