import { dingoError } from '../../rpc/dingo-error'
import { toNumber } from '../../rpc/int64'
import type { ServiceHandlers } from '../../rpc/call'
import { Errno } from '../../rpc/generated/dingodb/error_pb'
import type { MetaService, TsoRequest } from '../../rpc/generated/dingodb/meta_pb'
import { TsoOpType } from '../../rpc/generated/dingodb/meta_pb'
import {
  createAutoIncrement,
  generateAutoIncrement,
  requireAutoIncrement,
  updateAutoIncrement,
} from '../model/auto-increment'
import { requireTable, requireTableId } from '../model/tables'
import { unknownValue } from '../model/known-values'
import type { ServiceContext, GetServiceContext } from './service-context'

/** Handlers of MetaService for timestamps and auto-increment columns. */
export function sequenceHandlers(service: GetServiceContext): ServiceHandlers<typeof MetaService> {
  return {
    async tsoService(request) {
      switch (request.opType) {
        case TsoOpType.OP_GEN_TSO:
          return generate(service(), request)
        case TsoOpType.OP_QUERY_TSO_INFO:
          return tsoInfo(service())
        case TsoOpType.OP_NONE:
        case TsoOpType.OP_RESET_TSO:
        case TsoOpType.OP_UPDATE_TSO: {
          const message = `${TsoOpType[request.opType]} is not served: timestamps are moved by the coordinators alone.`
          throw dingoError(Errno.ENOT_SUPPORT, message)
        }
        default:
          throw unknownValue('operation on timestamps', request.opType)
      }
    },

    getTsoInfo: () => tsoInfo(service()),

    getAutoIncrement(request) {
      return service().control.read((state) => ({
        startId: requireAutoIncrement(state, requireTableId(request.tableId)),
      }))
    },

    createAutoIncrement(request) {
      return service().control.run((draft) => {
        const table = requireTable(draft, request.tableId)
        createAutoIncrement(draft, Number(table.id), request.startId)
        return {}
      })
    },

    updateAutoIncrement(request) {
      return service().control.run((draft) => {
        updateAutoIncrement(draft, requireTableId(request.tableId), request.startId, request.force)
        return {}
      })
    },

    generateAutoIncrement(request) {
      return service().control.run((draft) =>
        generateAutoIncrement(draft, requireTableId(request.tableId), {
          count: request.count,
          increment: request.autoIncrementIncrement,
          offset: request.autoIncrementOffset,
        }),
      )
    },
  }
}

async function generate({ oracle }: ServiceContext, request: TsoRequest) {
  const count = toNumber(request.count, 'The number of timestamps')
  const { physical, logical } = await oracle.generate(count)
  return {
    opType: request.opType,
    startTimestamp: { physical: BigInt(physical), logical: BigInt(logical) },
    count: BigInt(count),
  }
}

async function tsoInfo({ oracle, leadership, context }: ServiceContext) {
  await leadership.ready()
  const { next, bound } = oracle.info
  const location = leadership.leader?.serverLocation
  return {
    opType: TsoOpType.OP_QUERY_TSO_INFO,
    startTimestamp: { physical: BigInt(next.physical), logical: BigInt(next.logical) },
    savePhysical: BigInt(bound),
    systemTime: BigInt(context.wallTimeMs()),
    leader: location === undefined ? '' : `${location.host}:${String(location.port)}`,
  }
}
