import type { DescMethodUnary } from '@bufbuild/protobuf'
import type { RawEngine } from '../../../engine/raw'
import type { Disk } from '../../../env'
import type { RaftNodeManager } from '../../../raft/node/raft-node-manager'
import type { ServiceHandlers, UnaryHandler } from '../../../rpc/call'
import { dingoError } from '../../../rpc/dingo-error'
import { Errno } from '../../../rpc/generated/dingodb/error_pb'
import type { InspectionService } from '../../../rpc/generated/sandbox/inspection_pb'
import { toNumber } from '../../../rpc/int64'
import { regionKey, metaColumnFamily, metaKeyText } from '../../../store/meta/meta-keys'
import { checkIsLocal } from '../local-caller'
import { inspectEngine } from './engine-inspection'
import { locateKey } from './key-location'
import type { NodeMetrics } from './node-metrics'
import { RaftInspection } from './raft-inspection'

/** What the inspection of a node is made of. */
export interface InspectedNode {
  readonly disk: Disk
  readonly raftManager: RaftNodeManager
  /** Ids of the regions that are up here in an engine without Raft. */
  readonly regionsWithoutRaft: () => ReadonlySet<number>
  readonly rawEngine: RawEngine
  readonly metrics: NodeMetrics
}

type Handlers = ServiceHandlers<typeof InspectionService>

/** The handlers of InspectionService. Whoever is not on this machine is refused: logs and records hold people's data. */
export function inspectionHandlers(node: InspectedNode): Handlers {
  const { rawEngine, metrics } = node
  const raft = new RaftInspection(node)
  const regionIdOf = ({ regionId }: { readonly regionId: bigint }) => toNumber(regionId, 'region_id')
  return onlyForLocalCallers({
    getRaftState: (request) => raft.state(regionIdOf(request)),

    readRaftLog: ({ fromIndex, limit, ...request }) =>
      raft.entries(regionIdOf(request), toNumber(fromIndex, 'from_index'), limit),

    readRaftLogEntry: ({ index, ...request }) => raft.entry(regionIdOf(request), toNumber(index, 'index')),

    async getRegionRecord(request) {
      const key = regionKey(regionIdOf(request))
      const record = await rawEngine.get(key, { columnFamily: metaColumnFamily })
      if (record !== undefined) return { key: metaKeyText(key), record }
      const message = `This node has no record ${metaKeyText(key)}: the region is not here.`
      throw dingoError(Errno.EREGION_NOT_FOUND, message)
    },

    getEngine: () => inspectEngine(rawEngine),

    async flush() {
      await rawEngine.flush()
      return {}
    },

    async compact({ columnFamily }) {
      const { columnFamilies } = rawEngine
      if (columnFamily !== '' && !columnFamilies.includes(columnFamily)) {
        const message = `This node has no column family "${columnFamily}": it has ${columnFamilies.join(', ')}. Name none for all of them.`
        throw dingoError(Errno.EILLEGAL_PARAMTETERS, message)
      }
      for (const each of columnFamily === '' ? columnFamilies : [columnFamily]) {
        await rawEngine.compact({ columnFamily: each })
      }
      return {}
    },

    async locateKey({ key }) {
      return { places: await locateKey(rawEngine, key) }
    },

    getMetrics: () => metrics.read(),
  })
}

function onlyForLocalCallers(handlers: Handlers): Handlers {
  const guarded = Object.entries(handlers as Record<string, UnaryHandler<DescMethodUnary>>).map(
    ([name, handler]): [string, UnaryHandler<DescMethodUnary>] => [
      name,
      (request, call) => {
        checkIsLocal(call)
        return handler(request, call)
      },
    ],
  )
  return Object.fromEntries(guarded)
}
