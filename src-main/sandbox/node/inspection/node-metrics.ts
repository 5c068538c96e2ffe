import type { MessageInitShape } from '@bufbuild/protobuf'
import type { RawEngine } from '../../../engine/raw'
import type { Clock } from '../../../env'
import type { ManagedNode, RaftNodeManager } from '../../../raft/node/raft-node-manager'
import type { GetMetricsResponseSchema, MethodCountersSchema } from '../../../rpc/generated/sandbox/inspection_pb'
import type { MethodMetrics, StoreMetrics } from '../../../store/inspection/store-metrics'
import type { EventLoopDelay } from '../node-status'

/** Asking an engine costs it a walk over its files: this often is enough for a picture. */
const ENGINE_FIGURES_GOOD_FOR_MS = 10_000

/** What the figures of a node are taken from. */
export interface NodeMetricsOptions {
  readonly clock: Clock
  readonly raftManager: RaftNodeManager
  /** Ids of the regions that are up on this node, and led, in an engine without Raft. */
  readonly regionsWithoutRaft: () => ReadonlySet<number>
  readonly rawEngine: RawEngine
  /** The calls of clients; a coordinator counts none. */
  readonly calls: StoreMetrics | undefined
  readonly eventLoopDelay: () => EventLoopDelay
  readonly heapUsedBytes: () => number
}

interface EngineFigures {
  readonly engineDiskBytes?: bigint
  readonly engineMemtableBytes?: bigint
  readonly enginePendingCompactionBytes?: bigint
}

/** Where a group that this node leads was when it was looked at last. */
interface LedGroup {
  readonly term: number
  readonly committedIndex: number
}

/** The figures of one node that grow with what it does. Who reads them, and how often, changes nothing for others who read. */
export class NodeMetrics {
  readonly #options: NodeMetricsOptions
  #led = new Map<number, LedGroup>()
  #committedEntries = 0
  #engine: { readonly atMs: number; readonly figures: Promise<EngineFigures> } | undefined

  constructor(options: NodeMetricsOptions) {
    this.#options = options
  }

  /** @throws SandboxError ENGINE_* */
  async read(): Promise<MessageInitShape<typeof GetMetricsResponseSchema>> {
    const { calls, eventLoopDelay, heapUsedBytes } = this.#options
    const engine = await this.#engineFigures()
    const delay = eventLoopDelay()
    return {
      methods: (calls?.called() ?? []).map(counters),
      ...this.#raftFigures(),
      ...engine,
      eventLoopDelayMeanMs: delay.meanMs,
      eventLoopDelayMaxMs: delay.maxMs,
      heapUsedBytes: BigInt(heapUsedBytes()),
    }
  }

  #raftFigures() {
    const withoutRaft = this.#options.regionsWithoutRaft().size
    let regionCount = withoutRaft
    let largestLag = 0
    const led = new Map<number, LedGroup>()
    for (const node of this.#options.raftManager.nodes) {
      regionCount += 1
      largestLag = Math.max(largestLag, node.log.lastIndex - node.applied.index)
      if (node.isLeader) led.set(node.regionId, this.#countCommitted(node))
    }
    this.#led = led
    return {
      committedEntries: BigInt(this.#committedEntries),
      regionCount: BigInt(regionCount),
      leaderCount: BigInt(withoutRaft + led.size),
      largestLag: BigInt(largestLag),
    }
  }

  /** Counts what was committed since the last look, if the group has been led all the while. */
  #countCommitted({ regionId, term, log, applied }: ManagedNode): LedGroup {
    const before = this.#led.get(regionId)
    // What is applied is committed, and stands still at the last entry once all is done.
    const committedIndex = Math.min(applied.index, log.lastIndex)
    if (before?.term === term) this.#committedEntries += Math.max(0, committedIndex - before.committedIndex)
    return { term, committedIndex }
  }

  #engineFigures(): Promise<EngineFigures> {
    const nowMs = this.#options.clock.monotonicMs()
    if (this.#engine === undefined || nowMs - this.#engine.atMs >= ENGINE_FIGURES_GOOD_FOR_MS) {
      const figures = engineFigures(this.#options.rawEngine)
      const asked = { atMs: nowMs, figures }
      this.#engine = asked
      figures.catch(() => {
        // Its callers are told; the next one asks anew.
        if (this.#engine === asked) this.#engine = undefined
      })
    }
    return this.#engine.figures
  }
}

async function engineFigures(rawEngine: RawEngine): Promise<EngineFigures> {
  const { diskBytes, columnFamilies } = await rawEngine.properties()
  const inside = rawEngine.supports.inspection ? await rawEngine.inspect() : undefined
  const memtableBytes = sum(columnFamilies.map((family) => family.memtableBytes))
  const pendingBytes = sum((inside?.columnFamilies ?? []).map((family) => family.compaction.estimatedPendingBytes))
  return {
    ...(diskBytes !== undefined && { engineDiskBytes: BigInt(diskBytes) }),
    ...(memtableBytes !== undefined && { engineMemtableBytes: BigInt(memtableBytes) }),
    ...(pendingBytes !== undefined && { enginePendingCompactionBytes: BigInt(pendingBytes) }),
  }
}

/** Undefined if nobody tells. */
function sum(values: ReadonlyArray<number | undefined>): number | undefined {
  const known = values.filter((value) => value !== undefined)
  return known.length === 0 ? undefined : Math.round(known.reduce((total, value) => total + value, 0))
}

function counters({ method, latency, errors }: MethodMetrics): MessageInitShape<typeof MethodCountersSchema> {
  const buckets = latency.filledBuckets()
  return {
    method,
    calls: BigInt(latency.count),
    errors: BigInt(errors),
    boundsMs: buckets.map(({ upToMs }) => upToMs),
    counts: buckets.map(({ count }) => BigInt(count)),
  }
}
