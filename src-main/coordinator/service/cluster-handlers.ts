import type { MessageInitShape } from '@bufbuild/protobuf'
import { create } from '@bufbuild/protobuf'
import { dingoError, toErrorMessage } from '../../rpc/dingo-error'
import { toNumber } from '../../rpc/int64'
import type { ServiceHandlers } from '../../rpc/call'
import {
  CoordinatorState,
  LocationSchema,
  StoreInState,
  StoreSchema,
  StoreState,
} from '../../rpc/generated/dingodb/common_pb'
import type { CoordinatorService, HelloRequest, HelloResponseSchema } from '../../rpc/generated/dingodb/coordinator_pb'
import { IdEpochType, UpdateGCSafePointRequest_GcFlagType } from '../../rpc/generated/dingodb/coordinator_pb'
import { Errno } from '../../rpc/generated/dingodb/error_pb'
import { ClusterFlagsSchema } from '../../rpc/generated/sandbox/coordinator_meta_pb'
import { storeHeartbeat } from '../liveness/heartbeat'
import type { MetaDraft } from '../meta/meta-draft'
import { clusterFlags, regions, stores } from '../meta/meta-table'
import { hex } from '../model/key-ranges'
import { requireStore } from '../model/stores'
import { requireKnown } from '../model/known-values'
import { memoryInfoOf } from './memory-info'
import type { GetServiceContext } from './service-context'
import { clusterStateOf, counterOf, storeMapOf } from './service-context'

const KEYRING_BYTES = 16

type Handlers = ServiceHandlers<typeof CoordinatorService>

/** Handlers of CoordinatorService for the coordinators themselves, the stores and the cluster as a whole. */
export function clusterHandlers(service: GetServiceContext): Handlers {
  const hello = async (request: HelloRequest): Promise<MessageInitShape<typeof HelloResponseSchema>> => {
    const { leadership, control, machine } = service()
    if (request.isJustVersionInfo) return { versionInfo: {} }
    // A follower says that it does not lead, and yet answers (dingodb.md 2.2); the state is NEW even of a healthy one.
    const error = await leadership.ready().then(
      () => undefined,
      (thrown: unknown) => toErrorMessage(thrown),
    )
    return {
      ...(error !== undefined && { error }),
      state: CoordinatorState.COORDINATOR_NEW,
      statusDetail: 'OK',
      ...(request.getMemoryInfo && { memoryInfo: memoryInfoOf(machine) }),
      clusterState: clusterStateOf(control.state),
    }
  }

  return {
    hello,
    getMemoryInfo: (request) => hello({ ...request, getMemoryInfo: true, isJustVersionInfo: false }),

    storeHeartbeat: (request) => storeHeartbeat(service(), request),

    async getCoordinatorMap(request) {
      const { leadership, node, control } = service()
      if (request.getCoordinatorMap) await leadership.barrier()
      const leaderLocation = leadership.leader?.serverLocation
      const location = leaderLocation && create(LocationSchema, leaderLocation)
      const coordinators = node.coordinators.map(({ id, serverLocation }) => ({
        id: BigInt(id),
        state: CoordinatorState.COORDINATOR_NORMAL,
        location: serverLocation,
      }))
      const epoch = counterOf(control.state, IdEpochType.EPOCH_COORINATOR)
      return {
        epoch,
        // One Raft group keeps what DingoDB keeps in four, so all four have the same leader.
        ...(location !== undefined && {
          leaderLocation: location,
          kvLeaderLocation: location,
          tsoLeaderLocation: location,
          autoIncrementLeaderLocation: location,
        }),
        coordinatorLocations: node.coordinators.map(({ serverLocation }) => serverLocation),
        ...(request.getCoordinatorMap && { coordinatorMap: { epoch, coordinators } }),
      }
    },

    getStoreMap(request) {
      const { control, liveness } = service()
      return control.read((state) => {
        const epoch = counterOf(state, IdEpochType.EPOCH_STORE)
        const storemap = storeMapOf(state, liveness, epoch)
        const wanted = request.filterStoreTypes
        const listed = storemap.stores.filter(({ storeType }) => wanted.length === 0 || wanted.includes(storeType))
        return { epoch, storemap: { ...storemap, stores: listed } }
      })
    },

    createStore() {
      const { control, context } = service()
      return control.run((draft) => {
        let storeId = draft.nextId(IdEpochType.ID_NEXT_STORE)
        while (draft.get(stores, storeId) !== undefined) storeId = draft.nextId(IdEpochType.ID_NEXT_STORE)
        const keyring = hex(context.randomBytes(KEYRING_BYTES))
        const createTimestamp = BigInt(context.wallTimeMs())
        const id = BigInt(storeId)
        const store = create(StoreSchema, { id, keyring, createTimestamp, epoch: 1n, state: StoreState.STORE_NEW })
        draft.put(stores, storeId, store)
        return { storeId: id, keyring }
      })
    },

    async deleteStore(request) {
      const { control, liveness, reports } = service()
      const storeId = toNumber(request.storeId, 'The store id')
      await control.run((draft) => {
        const store = requireStoreWithKeyring(draft, storeId, request.keyring)
        const isUsed = draft
          .list(regions)
          .some(({ definition }) => definition?.peers.some((peer) => peer.storeId === request.storeId))
        if (isUsed || (store.inState === StoreInState.STORE_IN && store.state === StoreState.STORE_NORMAL)) {
          const message = `Store ${String(storeId)} is in use: take it out with UpdateStore and move its regions away first.`
          throw dingoError(Errno.ESTORE_IN_USE, message)
        }
        draft.delete(stores, storeId)
      })
      liveness.forget(storeId)
      reports.forgetStore(storeId)
      return {}
    },

    updateStore(request) {
      const storeId = toNumber(request.storeId, 'The store id')
      const inState = requireKnown(StoreInState, request.storeInState, 'state of a store in the cluster')
      return service().control.run((draft) => {
        const store = requireStoreWithKeyring(draft, storeId, request.keyring)
        if (store.inState !== inState) draft.put(stores, storeId, { ...store, inState, epoch: store.epoch + 1n })
        return {}
      })
    },

    getStoreMetrics(request) {
      const { control, reports } = service()
      const storeId = toNumber(request.storeId, 'The store id')
      const { regionId } = request
      if (regionId > 0n && storeId === 0) {
        throw dingoError(
          Errno.EILLEGAL_PARAMTETERS,
          'The metrics of a region of a store need the id of the store, too.',
        )
      }
      return control.read((state) => {
        if (storeId !== 0) requireStore(state, storeId)
        const storeIds = storeId === 0 ? state.list(stores).map(({ id }) => Number(id)) : [storeId]
        const storeMetrics = storeIds.map((id) => {
          const all = reports.ofStore(id)
          const one = all.get(Number(regionId))
          const wanted = regionId === 0n ? all : one === undefined ? [] : [[Number(regionId), one] as const]
          const storeOwnMetrics = reports.ownOf(id)
          return {
            id: BigInt(id),
            ...(storeOwnMetrics !== undefined && { storeOwnMetrics }),
            regionMetricsMap: Object.fromEntries(wanted),
          }
        })
        return { epoch: counterOf(state, IdEpochType.EPOCH_STORE), storeMetrics }
      })
    },

    getStoreOwnMetrics(request) {
      const { control, reports } = service()
      const wanted = request.storeIds.map((id) => toNumber(id, 'The store id'))
      return control.read((state) => {
        for (const storeId of wanted) requireStore(state, storeId)
        const storeIds = wanted.length === 0 ? state.list(stores).map(({ id }) => Number(id)) : wanted
        return { storeOwnMetrics: storeIds.flatMap((id) => reports.ownOf(id) ?? []) }
      })
    },

    configCoordinator(request) {
      return service().control.run((draft) => {
        if (!request.setForceReadOnly) return {}
        const { isForceReadOnly, forceReadOnlyReason } = request
        draft.put(clusterFlags, 0, { ...flagsOf(draft), isForceReadOnly, forceReadOnlyReason })
        return {}
      })
    },

    updateGCSafePoint(request) {
      requireKnown(UpdateGCSafePointRequest_GcFlagType, request.gcFlag, 'flag of garbage collection')
      return service().control.run((draft) => {
        raiseCounter(draft, IdEpochType.ID_GC_SAFE_POINT, request.safePoint)
        raiseCounter(draft, IdEpochType.ID_GC_RESOLVE_LOCK_SAFE_POINT, request.resolveLockSafePoint)
        if (request.gcFlag !== UpdateGCSafePointRequest_GcFlagType.GC_NONE) {
          const gcStop = request.gcFlag === UpdateGCSafePointRequest_GcFlagType.GC_STOP
          draft.put(clusterFlags, 0, { ...flagsOf(draft), gcStop })
        }
        return {
          newSafePoint: counterOf(draft, IdEpochType.ID_GC_SAFE_POINT),
          gcStop: flagsOf(draft).gcStop,
          newResolveLockSafePoint: counterOf(draft, IdEpochType.ID_GC_RESOLVE_LOCK_SAFE_POINT),
        }
      })
    },

    getGCSafePoint() {
      return service().control.read((state) => ({
        safePoint: counterOf(state, IdEpochType.ID_GC_SAFE_POINT),
        gcStop: state.get(clusterFlags, 0)?.gcStop ?? false,
        resolveLockSafePoint: counterOf(state, IdEpochType.ID_GC_RESOLVE_LOCK_SAFE_POINT),
      }))
    },
  }
}

/** A safe point never goes back. */
function raiseCounter(draft: MetaDraft, type: IdEpochType, value: bigint): void {
  if (value > counterOf(draft, type)) draft.setCounter(type, value)
}

function flagsOf(draft: MetaDraft) {
  return draft.get(clusterFlags, 0) ?? create(ClusterFlagsSchema)
}

function requireStoreWithKeyring(draft: MetaDraft, storeId: number, keyring: string) {
  const store = requireStore(draft, storeId)
  if (store.keyring === keyring) return store
  throw dingoError(Errno.EKEYRING_ILLEGAL, `The keyring is not that of store ${String(storeId)}.`)
}
