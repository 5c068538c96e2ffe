import { SandboxError } from '../../base/sandbox-error'
import { Slots } from './slots'
import { isRunningState } from '../meta/region-state'
import type { StoreRegionMeta } from '../meta/store-region-meta'
import { foundingPeers } from './founding-peers'
import type { RegionEngines } from '../storage/storage'
import type { StoreRegion } from './store-region'

/** How regions are brought up at a start. */
export interface RegionRecoveryOptions {
  readonly regions: StoreRegionMeta
  readonly engines: RegionEngines
  /** How many at a time. */
  readonly maxAtATime: number
  /** Regions that a command is about to take down. */
  readonly isLeaving: (regionId: number) => boolean
  /** A region's replica did not come up; the others go on. */
  readonly onFailure: (regionId: number, error: SandboxError) => void
}

/**
 * Brings up the replicas of all regions in whose state one runs (dingodb.md 3.3, Recover), several side by side.
 *
 * @returns the regions that are up
 */
export async function recoverRegions(options: RegionRecoveryOptions): Promise<readonly StoreRegion[]> {
  const { regions, engines, maxAtATime, isLeaving, onFailure } = options
  const slots = new Slots(maxAtATime)
  const recovered: StoreRegion[] = []
  const recover = async (region: StoreRegion): Promise<void> => {
    try {
      await engines.engineOf(region).addRegion(region, foundingPeers(region))
      recovered.push(region)
    } catch (thrown) {
      onFailure(region.id, SandboxError.from(thrown))
    }
  }
  const due = regions.all().filter(({ id, peerState }) => isRunningState(peerState) && !isLeaving(id))
  await Promise.all(due.map((region) => slots.run(() => recover(region))))
  return recovered
}
