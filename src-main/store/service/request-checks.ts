import { compareBytes } from '../../engine/raw/key-range'
import type { PlainRange } from '../../engine/write-data'
import { dingoError } from '../../rpc/dingo-error'
import type { RegionEpoch as WireEpoch } from '../../rpc/generated/dingodb/common_pb'
import { StoreRegionState } from '../../rpc/generated/dingodb/common_pb'
import { Errno } from '../../rpc/generated/dingodb/error_pb'
import type { Context } from '../../rpc/generated/dingodb/store_pb'
import type { StoreRegion, StoreRegions } from '../region/store-region'
import { storeRegionInfo } from './region-hints'
import { describeBytes, describeRange } from './describe-bytes'
import type { StoreLocations } from './store-ports'
import { MAX_KEY_BYTES, MAX_VALUE_BYTES } from './service-settings'

/** A check that a request passes before it is served, as the stepper names it. */
export interface RequestCheck {
  /** Name of the function that makes it. */
  readonly name: string
  /** What the check refuses with. */
  readonly refusals: readonly Errno[]
  /** What it asks, in words. */
  readonly question: string
}

/** What a region in a state refuses with; states that are not here serve (dingodb.md 3.5 row 6). */
const stateRefusals: Readonly<Partial<Record<StoreRegionState, Errno>>> = {
  [StoreRegionState.NEW]: Errno.EREGION_NEW,
  [StoreRegionState.STANDBY]: Errno.EREGION_STANDBY,
  [StoreRegionState.DELETING]: Errno.EREGION_DELETING,
  [StoreRegionState.DELETED]: Errno.EREGION_DELETED,
  [StoreRegionState.MERGING]: Errno.EREGION_MERGEING,
  [StoreRegionState.ORPHAN]: Errno.EREGION_ORPHAN,
  [StoreRegionState.TOMBSTONE]: Errno.EREGION_TOMBSTONE,
}

/** The checks of a request for keys in the order in which they are made (dingodb.md 3.5). Those of a range are in range-checks.ts. */
export const keyRequestChecks: readonly RequestCheck[] = [
  { name: 'requireRegion', refusals: [Errno.EREGION_NOT_FOUND], question: 'Does this store have the region?' },
  { name: 'enter', refusals: [Errno.EREQUEST_FULL], question: 'Has the region room for one more request?' },
  {
    name: 'checkEpoch',
    refusals: [Errno.EREGION_VERSION],
    question: 'Does the client know the region as it is now?',
  },
  {
    name: 'checkKey',
    refusals: [Errno.EKEY_EMPTY, Errno.EKEY_INVALID],
    question: 'Is there a key, and is it short enough to be stored?',
  },
  {
    name: 'checkNotNegative',
    refusals: [Errno.EILLEGAL_PARAMTETERS],
    question: 'Are the timestamp of a read and the time to live of a write 0 or more?',
  },
  { name: 'checkState', refusals: Object.values(stateRefusals), question: 'Does the region serve in its state?' },
  { name: 'checkKeyInRange', refusals: [Errno.EKEY_OUT_OF_RANGE], question: 'Does the key belong to the region?' },
  { name: 'checkWritable', refusals: [Errno.ESYSTEM_CLUSTER_READ_ONLY], question: 'Does the cluster take new data?' },
]

/** The region that a request names. @throws SandboxError DINGODB_ERROR EREGION_NOT_FOUND */
export function requireRegion(regions: StoreRegions, context: Context | undefined, storeId: number): StoreRegion {
  // An id that a number cannot hold is no region's: no need to refuse it in another way.
  const regionId = Number(context?.regionId ?? 0n)
  const region = regions.find(regionId)
  if (region !== undefined) return region
  const message = `Region ${String(context?.regionId ?? 0n)} is not on store ${String(storeId)}: look up where it is.`
  throw dingoError(Errno.EREGION_NOT_FOUND, message, { details: { regionId, storeId } })
}

/** Equality of both counters, as DingoDB insists on. @throws SandboxError DINGODB_ERROR EREGION_VERSION with the region as it is */
export function checkEpoch(region: StoreRegion, asked: WireEpoch | undefined, locations: StoreLocations): void {
  const { confVersion, version } = region.epoch
  if (asked !== undefined && Number(asked.confVersion) === confVersion && Number(asked.version) === version) return
  const known = asked === undefined ? 'no epoch' : `epoch ${String(asked.confVersion)}-${String(asked.version)}`
  const message = `Region ${String(region.id)} has epoch ${String(confVersion)}-${String(version)}, the request has ${known}: take the region as this answer gives it, and route again.`
  throw dingoError(Errno.EREGION_VERSION, message, {
    details: { regionId: region.id, confVersion, version },
    storeRegionInfo: storeRegionInfo(region, locations),
  })
}

/** @throws SandboxError DINGODB_ERROR EKEY_EMPTY, EKEY_INVALID */
export function checkKey(key: Uint8Array): void {
  if (key.length === 0) throw dingoError(Errno.EKEY_EMPTY, 'The key is empty: a key has at least one byte.')
  if (key.length <= MAX_KEY_BYTES) return
  const message = `The key ${describeBytes(key)} has ${String(key.length)} bytes: keys have at most ${String(MAX_KEY_BYTES)}.`
  throw dingoError(Errno.EKEY_INVALID, message, { details: { bytes: key.length, maxBytes: MAX_KEY_BYTES } })
}

/** @throws SandboxError DINGODB_ERROR EILLEGAL_PARAMTETERS for a value that the raw engines do not take */
export function checkValue(value: Uint8Array): void {
  if (value.length <= MAX_VALUE_BYTES) return
  const message = `A value has ${String(value.length)} bytes: values have at most ${String(MAX_VALUE_BYTES)}.`
  throw dingoError(Errno.EILLEGAL_PARAMTETERS, message, {
    details: { bytes: value.length, maxBytes: MAX_VALUE_BYTES },
  })
}

/** @throws SandboxError DINGODB_ERROR EILLEGAL_PARAMTETERS if a write carries too many bytes in total */
export function checkWriteBytes(bytes: number, maxBytes: number): void {
  if (bytes <= maxBytes) return
  const message = `The write has ${String(bytes)} bytes of keys and values, this store takes ${String(maxBytes)} at once: send it in parts.`
  throw dingoError(Errno.EILLEGAL_PARAMTETERS, message, { details: { bytes, maxBytes } })
}

/** @param what names the field: `ts` or `ttl` @throws SandboxError DINGODB_ERROR EILLEGAL_PARAMTETERS */
export function checkNotNegative(value: bigint, what: string): void {
  if (value >= 0n) return
  const message = `The request has the ${what} ${String(value)}: it is 0 or more.`
  throw dingoError(Errno.EILLEGAL_PARAMTETERS, message)
}

/** @throws SandboxError DINGODB_ERROR with the code that stands for the region's state */
export function checkState(region: StoreRegion): void {
  const refusal = stateRefusals[region.peerState]
  if (refusal === undefined) return
  const state = StoreRegionState[region.peerState]
  const message = `Region ${String(region.id)} is ${state} on this store and serves no requests: look up where its keys are, and retry.`
  throw dingoError(refusal, message, { details: { regionId: region.id, state } })
}

/** @throws SandboxError DINGODB_ERROR EKEY_OUT_OF_RANGE */
export function checkKeyInRange(region: StoreRegion, range: PlainRange, key: Uint8Array): void {
  if (compareBytes(key, range.startKey) >= 0 && compareBytes(key, range.endKey) < 0) return
  const message = `Key ${describeBytes(key)} is not in region ${String(region.id)}, whose range is ${describeRange(range)}: look up the region of the key.`
  throw dingoError(Errno.EKEY_OUT_OF_RANGE, message, { details: { regionId: region.id } })
}

/** @param isReadOnly as the coordinators said in the last heartbeat @throws SandboxError DINGODB_ERROR ESYSTEM_CLUSTER_READ_ONLY */
export function checkWritable(isReadOnly: boolean): void {
  if (!isReadOnly) return
  const message = 'The cluster is read-only and takes no new data: free space or end the read-only state, then retry.'
  throw dingoError(Errno.ESYSTEM_CLUSTER_READ_ONLY, message)
}
