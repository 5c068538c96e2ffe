import type { RegionEpoch } from '../../engine/engine-context'
import type { EngineRegionState } from '../../engine/engine-region'
import type { PlainRange } from '../../engine/write-data'
import type { Peer, RegionDefinition, StoreRegionState } from '../../rpc/generated/dingodb/common_pb'
import { StoreRegionState as States } from '../../rpc/generated/dingodb/common_pb'
import type { Region } from '../../rpc/generated/dingodb/store_internal_pb'
import { toNumber } from '../../rpc/int64'
import type { StoreRegion } from '../region/store-region'
import { mayApplyInState, stateName } from './region-state'

const noBytes = new Uint8Array(0)

/** What is asked of a record again and again, drawn out of it once. */
interface RecordView {
  readonly record: Region
  readonly definition: RegionDefinition
  readonly epoch: RegionEpoch
  readonly range: PlainRange
  readonly encodedRange: PlainRange
  readonly state: EngineRegionState
}

/** A region in the memory of its store: always the record that is on disk, which is replaced as a whole. */
export class RegionEntry implements StoreRegion {
  readonly id: number
  /** Changes without a write: it is known anew after every start. */
  leaderStoreId = 0
  #view: RecordView

  /** @throws SandboxError INVALID_ARGUMENT, DINGODB_ERROR EILLEGAL_PARAMTETERS for a record that lacks parts or has numbers beyond 53 bits */
  constructor(record: Region) {
    this.id = toNumber(record.id, 'The region id')
    this.#view = viewOf(record)
  }

  /** Takes a record that is on disk. */
  replace(record: Region): void {
    this.#view = viewOf(record)
  }

  get record(): Region {
    return this.#view.record
  }

  get definition(): RegionDefinition {
    return this.#view.definition
  }

  get epoch(): RegionEpoch {
    return this.#view.epoch
  }

  get range(): PlainRange {
    return this.#view.range
  }

  get encodedRange(): PlainRange {
    return this.#view.encodedRange
  }

  get state(): EngineRegionState {
    return this.#view.state
  }

  get peerState(): StoreRegionState {
    return this.#view.record.state
  }

  get peers(): readonly Peer[] {
    return this.#view.definition.peers
  }

  get stateEpoch(): number {
    return this.#view.record.historyStates.length
  }
}

function viewOf(record: Region): RecordView {
  const { definition, encodeRange, state } = record
  const epoch = definition?.epoch
  const range = definition?.range
  if (definition === undefined || epoch === undefined || range === undefined) {
    throw new TypeError('it lacks the definition of the region, its epoch or its range')
  }
  if ((States as Readonly<Record<number, string | undefined>>)[state] === undefined) {
    throw new TypeError(`its state ${String(state)} is none that this version knows`)
  }
  return {
    record,
    definition,
    epoch: {
      confVersion: toNumber(epoch.confVersion, 'The conf_version of the region epoch'),
      version: toNumber(epoch.version, 'The version of the region epoch'),
    },
    range: { startKey: range.startKey, endKey: range.endKey },
    encodedRange: { startKey: encodeRange?.startKey ?? noBytes, endKey: encodeRange?.endKey ?? noBytes },
    state: { name: stateName(state), mayApply: mayApplyInState(state) },
  }
}
