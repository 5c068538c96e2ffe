import type { StoreMap } from '../../rpc/generated/dingodb/common_pb'
import { StoreMapSchema } from '../../rpc/generated/dingodb/common_pb'
import type { ClusterState, IdEpochType } from '../../rpc/generated/dingodb/coordinator_pb'
import { ClusterStateSchema } from '../../rpc/generated/dingodb/coordinator_pb'
import { create } from '@bufbuild/protobuf'
import type { Clock } from '../../env'
import type { Leadership } from '../control/leadership'
import type { MetaControl } from '../control/meta-control'
import type { CoordinatorNodeOptions } from '../coordinator-node'
import type { RegionReports } from '../liveness/region-reports'
import type { StoreLiveness } from '../liveness/store-liveness'
import type { MetaStateMachine } from '../meta/meta-state-machine'
import { clusterFlags, idEpochs, stores } from '../meta/meta-table'
import type { MetaView } from '../meta/meta-view'
import type { ControlContext } from '../model/control-context'
import type { TimestampOracle } from '../tso/timestamp-oracle'
import type { RegionMessages } from './region-messages'

/** What the handlers of the coordinator's services work with, from when it has started. */
export interface ServiceContext {
  readonly node: CoordinatorNodeOptions
  readonly clock: Clock
  readonly machine: MetaStateMachine
  readonly leadership: Leadership
  readonly control: MetaControl
  readonly context: ControlContext
  readonly reports: RegionReports
  readonly liveness: StoreLiveness
  readonly messages: RegionMessages
  readonly oracle: TimestampOracle
}

/** Gives the context of a running coordinator. @throws SandboxError DINGODB_ERROR ERAFT_NOTLEADER before start and after stop */
export type GetServiceContext = () => ServiceContext

/** A counter's value. */
export function counterOf(view: MetaView, type: IdEpochType): bigint {
  return view.get(idEpochs, type)?.value ?? 0n
}

/** All stores, with when they were heard from. */
export function storeMapOf(view: MetaView, liveness: StoreLiveness, epoch: bigint): StoreMap {
  return create(StoreMapSchema, {
    epoch,
    stores: view.list(stores).map((store) => {
      const lastSeenMs = liveness.lastSeenMs(Number(store.id))
      return lastSeenMs === undefined ? store : { ...store, lastSeenTimestamp: BigInt(lastSeenMs) }
    }),
  })
}

/** Whether the cluster takes writes. */
export function clusterStateOf(view: MetaView): ClusterState {
  const flags = view.get(clusterFlags, 0)
  const isReadOnly = flags?.isForceReadOnly ?? false
  const reason = flags?.forceReadOnlyReason ?? ''
  return create(ClusterStateSchema, {
    clusterIsReadOnly: isReadOnly,
    clusterIsForceReadOnly: isReadOnly,
    clusterReadOnlyReason: reason,
    clusterForceReadOnlyReason: reason,
  })
}
