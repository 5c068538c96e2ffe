import { dingoError, toErrorMessage } from '../../rpc/dingo-error'
import type { ServiceHandlers } from '../../rpc/call'
import { Errno } from '../../rpc/generated/dingodb/error_pb'
import type { PushService } from '../../rpc/generated/dingodb/push_pb'
import type { RegionController } from '../controller/region-controller'
import type { StoreServerMeta } from '../meta/store-server-meta'

/** What PushService is made of. */
export interface PushServiceDependencies {
  readonly server: StoreServerMeta
  readonly controller: RegionController
}

/**
 * What coordinators call on a store (push.proto, PushService). Each region command has an answer of its own; one that was taken is on
 * disk and will be done, but is not done yet.
 */
export function createPushService({
  server,
  controller,
}: PushServiceDependencies): ServiceHandlers<typeof PushService> {
  return {
    async pushStoreOperation({ storeOperation }, { traceId }) {
      if (storeOperation === undefined) {
        throw dingoError(Errno.EILLEGAL_PARAMTETERS, 'A push to a store needs a store operation, but it has none.')
      }
      const { storeId, regionCmds } = storeOperation
      if (storeId !== 0n && storeId !== BigInt(server.storeId)) {
        const message = `The pushed operation is for store ${String(storeId)}, and this is store ${String(server.storeId)}.`
        throw dingoError(Errno.EILLEGAL_PARAMTETERS, message, { details: { storeId: server.storeId } })
      }
      const answers = await controller.take(regionCmds, traceId)
      return {
        regionCmdResults: answers.map(({ message, refusal }) => ({
          regionCmdId: message.id,
          regionCmdType: message.regionCmdType,
          ...(refusal && { error: toErrorMessage(refusal) }),
        })),
      }
    },

    pushHeartbeat({ heartbeatResponse }) {
      server.update(heartbeatResponse?.storemap, heartbeatResponse?.clusterState)
      return {}
    },
  }
}
