import type { RegionDefinition, RegionMetrics } from '../../rpc/generated/dingodb/common_pb'
import { RegionState, StoreRegionState } from '../../rpc/generated/dingodb/common_pb'
import type { RegionInternal } from '../../rpc/generated/dingodb/coordinator_internal_pb'
import type { StoreOperation } from '../../rpc/generated/dingodb/coordinator_pb'
import { RegionCmdStatus } from '../../rpc/generated/dingodb/coordinator_pb'
import type { MetaDraft } from '../meta/meta-draft'
import { deletedRegions, jobs, regions } from '../meta/meta-table'
import type { ControlContext } from './control-context'
import { updateJob } from './jobs'
import { OpenDeletions } from './open-deletions'
import { planDeletion, setRegionDefinition, setRegionState, settleDrop } from './regions'

/** What one heartbeat says of the regions of a store. */
export interface RegionReport {
  readonly storeId: number
  readonly metrics: readonly RegionMetrics[]
  /** Whether it names only some of the store's regions. */
  readonly isPartial: boolean
  /** Whether it tells of a split or merge. */
  readonly isEpochUpdate: boolean
}

/** Region-state that follows from what the leader's store says (GenRegionState, dingodb.md 3.2); others change nothing. */
const STATE_OF_LEADER: ReadonlyMap<StoreRegionState, RegionState> = new Map([
  [StoreRegionState.NORMAL, RegionState.REGION_NORMAL],
  [StoreRegionState.SPLITTING, RegionState.REGION_SPLITTING],
  [StoreRegionState.MERGING, RegionState.REGION_MERGING],
  [StoreRegionState.STANDBY, RegionState.REGION_STANDBY],
  [StoreRegionState.TOMBSTONE, RegionState.REGION_TOMBSTONE],
])

/** Plans what follows from a report; mostly nothing. */
export function applyRegionReport(draft: MetaDraft, context: ControlContext, report: RegionReport): void {
  let deletions: OpenDeletions | undefined
  for (const metrics of report.metrics) {
    const regionId = Number(metrics.id)
    const region = draft.get(regions, regionId)
    const isGone = metrics.storeRegionState === StoreRegionState.DELETED
    const isToGo =
      region === undefined
        ? draft.get(deletedRegions, regionId) !== undefined
        : region.state === RegionState.REGION_DELETING
    if (isToGo) {
      deletions ??= new OpenDeletions(draft)
      if (isGone) confirmDeletion(draft, context, deletions, regionId, report.storeId)
      // A store that was away must not revive a region that has been dropped meanwhile.
      else planDeletion(draft, context, deletions, regionId, report.storeId)
    } else if (region !== undefined && Number(metrics.leaderStoreId) === report.storeId) {
      applyLeaderReport(draft, region, metrics, report)
    }
  }
}

/** The store has nothing of the region any more: its deletion is carried out. */
function confirmDeletion(
  draft: MetaDraft,
  context: ControlContext,
  deletions: OpenDeletions,
  regionId: number,
  storeId: number,
): void {
  const job = draft.get(jobs, deletions.jobId(regionId, storeId) ?? 0)
  if (job === undefined) return
  updateJob(draft, context, job, (operation) => carriedOut(operation, storeId))
  deletions.closed(regionId, storeId)
  settleDrop(draft, context, deletions, regionId)
}

function carriedOut(operation: StoreOperation, storeId: number): StoreOperation {
  if (Number(operation.storeId) !== storeId) return operation
  const regionCmds = operation.regionCmds.map((command) => ({ ...command, status: RegionCmdStatus.STATUS_DONE }))
  return { ...operation, regionCmds, isSuccess: true }
}

function applyLeaderReport(
  draft: MetaDraft,
  region: RegionInternal,
  metrics: RegionMetrics,
  report: RegionReport,
): void {
  const reported = metrics.regionDefinition
  const mayRedefine = !report.isPartial || report.isEpochUpdate
  const isRedefined = mayRedefine && reported !== undefined && isNewer(reported, region.definition)
  const current = isRedefined ? redefined(draft, region, reported) : region
  const state = STATE_OF_LEADER.get(metrics.storeRegionState)
  if (state !== undefined) setRegionState(draft, current, state)
}

function redefined(draft: MetaDraft, region: RegionInternal, reported: RegionDefinition): RegionInternal {
  if (region.definition === undefined) return setRegionDefinition(draft, region, reported)
  const { epoch, range, peers } = reported
  return setRegionDefinition(draft, region, {
    ...region.definition,
    ...(epoch !== undefined && { epoch }),
    ...(range !== undefined && { range }),
    ...(peers.length > 0 && { peers }),
  })
}

function isNewer(reported: RegionDefinition, known: RegionDefinition | undefined): boolean {
  const { confVersion = 0n, version = 0n } = reported.epoch ?? {}
  const { confVersion: knownConfVersion = 0n, version: knownVersion = 0n } = known?.epoch ?? {}
  return (
    confVersion >= knownConfVersion &&
    version >= knownVersion &&
    confVersion + version > knownConfVersion + knownVersion
  )
}
