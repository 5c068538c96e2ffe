import type { MessageInitShape } from '@bufbuild/protobuf'
import { dingoError } from '../../rpc/dingo-error'
import { toNumber } from '../../rpc/int64'
import type { Store } from '../../rpc/generated/dingodb/common_pb'
import { StoreInState, StoreState } from '../../rpc/generated/dingodb/common_pb'
import type { StoreHeartbeatRequest, StoreHeartbeatResponseSchema } from '../../rpc/generated/dingodb/coordinator_pb'
import { IdEpochType } from '../../rpc/generated/dingodb/coordinator_pb'
import { Errno } from '../../rpc/generated/dingodb/error_pb'
import type { MetaDraft } from '../meta/meta-draft'
import { MetaDraft as Draft } from '../meta/meta-draft'
import { stores } from '../meta/meta-table'
import type { MetaView } from '../meta/meta-view'
import { applyRegionReport } from '../model/region-report'
import { OPEN_KEYRING } from '../model/stores'
import type { ServiceContext } from '../service/service-context'
import { clusterStateOf, counterOf, storeMapOf } from '../service/service-context'

/**
 * Takes what a store says of itself and of its regions. Only what changes metadata goes through Raft: an idle store costs no
 * log entry.
 *
 * @throws SandboxError DINGODB_ERROR ERAFT_NOTLEADER, EILLEGAL_PARAMTETERS, ESTORE_NOT_FOUND, EKEYRING_ILLEGAL
 */
export async function storeHeartbeat(
  service: ServiceContext,
  request: StoreHeartbeatRequest,
): Promise<MessageInitShape<typeof StoreHeartbeatResponseSchema>> {
  const { leadership, control, context, reports, liveness } = service
  await leadership.ready()
  const store = requireSender(request.store)
  const storeId = toNumber(store.id, 'The store id')
  await runIfNeeded(service, (draft) => {
    registerStore(draft, context.wallTimeMs(), store)
  })
  liveness.seen(storeId)
  const { storeMetrics } = request
  if (storeMetrics?.storeOwnMetrics !== undefined) reports.reportOwn(storeId, storeMetrics.storeOwnMetrics)
  const metrics = Object.values(storeMetrics?.regionMetricsMap ?? {})
  // Most heartbeats carry no regions at all; that says nothing about them.
  if (storeMetrics !== undefined && metrics.length > 0) {
    const isPartial = storeMetrics.isPartialRegionMetrics
    const report = { storeId, metrics, isPartial, isEpochUpdate: storeMetrics.isUpdateEpochVersion }
    reports.report(storeId, metrics, isPartial)
    await runIfNeeded(service, (draft) => {
      applyRegionReport(draft, context, report)
    })
  }
  const epoch = counterOf(control.state, IdEpochType.EPOCH_STORE)
  return {
    storemapEpoch: epoch,
    storemap: storeMapOf(control.state, liveness, epoch),
    clusterState: clusterStateOf(control.state),
  }
}

/** Plans on what is applied first; only if that changes anything it is planned again, in its turn, and written. */
async function runIfNeeded({ control }: ServiceContext, plan: (draft: MetaDraft) => void): Promise<void> {
  const probe = new Draft(control.state)
  plan(probe)
  if (!probe.isEmpty) await control.run(plan)
}

function requireSender(store: Store | undefined): Store {
  const { id = 0n, serverLocation, raftLocation } = store ?? {}
  const isComplete = id > 0n && hasAddress(serverLocation) && hasAddress(raftLocation)
  if (store !== undefined && isComplete) return store
  const message = 'A heartbeat needs the id of its store and the server and raft locations with host and port.'
  throw dingoError(Errno.EILLEGAL_PARAMTETERS, message)
}

function hasAddress(location: Store['serverLocation']): boolean {
  return location !== undefined && location.host !== '' && location.port > 0
}

function registerStore(draft: MetaDraft, wallTimeMs: number, sender: Store): void {
  const storeId = Number(sender.id)
  const known = draft.get(stores, storeId)
  requireKeyring(draft, known, sender)
  const { serverLocation, raftLocation, resourceTag, storeType } = sender
  if (known === undefined) {
    draft.put(stores, storeId, {
      ...sender,
      epoch: 1n,
      state: StoreState.STORE_NORMAL,
      inState: StoreInState.STORE_IN,
      createTimestamp: BigInt(wallTimeMs),
      lastSeenTimestamp: 0n,
    })
    return
  }
  const isSame =
    known.state === StoreState.STORE_NORMAL &&
    sameLocation(known.serverLocation, serverLocation) &&
    sameLocation(known.raftLocation, raftLocation) &&
    known.resourceTag === resourceTag &&
    known.storeType === storeType &&
    known.leaderNumWeight === sender.leaderNumWeight
  if (isSame) return
  draft.put(stores, storeId, {
    ...known,
    epoch: known.epoch + 1n,
    state: StoreState.STORE_NORMAL,
    ...(serverLocation !== undefined && { serverLocation }),
    ...(raftLocation !== undefined && { raftLocation }),
    resourceTag,
    storeType,
    leaderNumWeight: sender.leaderNumWeight,
  })
}

function requireKeyring(view: MetaView, known: Store | undefined, { id, keyring }: Store): void {
  if (keyring === OPEN_KEYRING) return
  if (known === undefined || view.get(stores, Number(id)) === undefined) {
    const message = `The cluster has no store ${String(id)}: create it, or send the keyring ${OPEN_KEYRING} to register.`
    throw dingoError(Errno.ESTORE_NOT_FOUND, message)
  }
  if (known.keyring === keyring) return
  throw dingoError(Errno.EKEYRING_ILLEGAL, `The keyring is not that of store ${String(id)}.`)
}

function sameLocation(left: Store['serverLocation'], right: Store['serverLocation']): boolean {
  return left?.host === right?.host && left?.port === right?.port
}
