import { SandboxError } from '../../base/sandbox-error'
import type { Engine, EngineKind } from '../../engine/engine'
import type { EngineContext, ReadMode } from '../../engine/engine-context'
import type { EngineReader } from '../../engine/engine-reader'
import type { KeyValue, PlainRange, WriteData, WriteDatum, WriteResult } from '../../engine/write-data'
import type { RequestTrace } from '../../flow/flow-probe'
import { passStage } from '../../flow/pass-stage'
import { jsonDatum } from '../../flow/stage-data'
import type { RaftNodeStatus } from '../../raft/node/raft-node-status'
import { dingoError } from '../../rpc/dingo-error'
import type { RegionDefinition } from '../../rpc/generated/dingodb/common_pb'
import { StorageEngine } from '../../rpc/generated/dingodb/common_pb'
import { Errno } from '../../rpc/generated/dingodb/error_pb'
import type { StoreRegion } from '../region/store-region'
import { causes } from '../stage-causes'

/** Which engine serves a region that asks for a stored engine (common.proto, StorageEngine). */
const engineKinds: Readonly<Record<StorageEngine, EngineKind>> = {
  [StorageEngine.STORE_ENG_RAFT_STORE]: 'raft-kv',
  [StorageEngine.STORE_ENG_MONO_STORE]: 'rocks',
  [StorageEngine.STORE_ENG_MEMORY]: 'memory',
}

const nameOf = (engine: number): string =>
  (StorageEngine as Readonly<Record<number, string | undefined>>)[engine] ?? String(engine)

/** What of a region says which engine is its own. */
export interface RegionOfEngine {
  readonly id: number
  readonly definition: Pick<RegionDefinition, 'storeEngine'>
}

/** Finds the engine of each region: {@link Storage}, for those who bring regions up, look at them and take them down. */
export type RegionEngines = Pick<Storage, 'engineOf' | 'statusOf'>

/** A context together with the region that it was made for: what every call of {@link Storage} takes. */
export interface StorageContext extends EngineContext {
  readonly region: StoreRegion
}

/**
 * The context of one request, with the region's epoch as it is now: call it in the same turn in which the request's epoch
 * was compared.
 *
 * @param readMode how a read proves itself; undefined for the engine's own setting
 * @param trace of a request that is followed
 */
export function storageContext(
  region: StoreRegion,
  readMode?: ReadMode,
  signal?: EngineContext['signal'],
  trace?: RequestTrace,
): StorageContext {
  const { confVersion, version } = region.epoch
  return { region, regionId: region.id, epoch: { confVersion, version }, readMode, signal, trace }
}

/**
 * Turns requests into engine calls (architecture.md part 4). One per store. It finds the engine of a region and knows
 * nothing of how that engine keeps its promises. Every call about a region throws what the engine throws, and EENGINE_NOT_FOUND.
 */
export class Storage {
  readonly #engines = new Map<EngineKind, Engine>()

  /** @param options.engines the engines of this store, one a kind, over one raw engine; they are closed with {@link close} */
  constructor(options: { readonly engines: readonly Engine[] }) {
    for (const engine of options.engines) this.#engines.set(engine.kind, engine)
  }

  /**
   * The engine that a region's definition asks for.
   *
   * @throws SandboxError DINGODB_ERROR EENGINE_NOT_FOUND
   */
  engineOf(region: RegionOfEngine): Engine {
    const engine = this.#findEngine(region)
    if (engine !== undefined) return engine
    const name = nameOf(region.definition.storeEngine)
    const served = Object.entries(engineKinds).filter(([, kind]) => this.#engines.has(kind))
    const names = served.map(([number]) => nameOf(Number(number))).join(' and ')
    const message = `Region ${String(region.id)} asks for the storage engine ${name}, which this store does not have. It has ${names}: create the region with one of these.`
    throw dingoError(Errno.EENGINE_NOT_FOUND, message, { details: { regionId: region.id, storeEngine: name } })
  }

  /** A region's replica in the terms of BRaftStatus; undefined if there is none here, or no engine for it. */
  statusOf(region: RegionOfEngine): RaftNodeStatus | undefined {
    return this.#findEngine(region)?.status(region.id)
  }

  /** Whether the region is up here in an engine without Raft: then this store leads it. */
  leadsAlone(region: RegionOfEngine): boolean {
    const engine = this.#findEngine(region)
    return engine?.supports.replicated === false && engine.status(region.id) !== undefined
  }

  /** Closes all engines, whatever one of them throws. Twice is harmless. @throws SandboxError of the first engine that fails */
  async close(): Promise<void> {
    const ends = await Promise.allSettled([...this.#engines.values()].map((engine) => engine.close()))
    const failed = ends.find((end) => end.status === 'rejected')
    if (failed !== undefined) throw SandboxError.from(failed.reason)
  }

  /** Sets keys. `expiresAtMs` is wall time; undefined for never. */
  kvPut(context: StorageContext, entries: readonly KeyValue[], expiresAtMs: number | undefined): Promise<WriteResult> {
    return this.#write(context, { kind: 'put', entries, expiresAtMs })
  }

  /** Sets the keys that are not there; with `isAtomic` all or none. */
  kvPutIfAbsent(
    context: StorageContext,
    entries: readonly KeyValue[],
    isAtomic: boolean,
    expiresAtMs: number | undefined,
  ): Promise<WriteResult> {
    return this.#write(context, { kind: 'put-if-absent', entries, isAtomic, expiresAtMs })
  }

  /** Sets the keys whose value is the expected one of the same position; with `isAtomic` all or none. */
  kvCompareAndSet(
    context: StorageContext,
    entries: readonly KeyValue[],
    expectedValues: readonly Uint8Array[],
    isAtomic: boolean,
    expiresAtMs: number | undefined,
  ): Promise<WriteResult> {
    return this.#write(context, { kind: 'compare-and-set', entries, expectedValues, isAtomic, expiresAtMs })
  }

  /** Deletes keys. */
  kvDelete(context: StorageContext, keys: readonly Uint8Array[]): Promise<WriteResult> {
    return this.#write(context, { kind: 'delete-batch', keys })
  }

  /** Removes a range with all versions. */
  kvDeleteRange(context: StorageContext, range: PlainRange): Promise<WriteResult> {
    return this.#write(context, { kind: 'delete-range', ranges: [range] })
  }

  /**
   * A reader that has proved that it may answer, and whose region is still the one that the request was checked against.
   *
   * @throws SandboxError DINGODB_ERROR EREGION_VERSION if the region was split or merged while the proof was under way
   */
  async newReader(context: StorageContext): Promise<EngineReader> {
    const { region, epoch, trace } = context
    const engine = trace === undefined ? this.engineOf(region) : await this.#engineFollowed(trace, region)
    const reader = await engine.newReader(context)
    // The proof covers this region's group only. After a split the key may belong to a group whose leader is elsewhere,
    // and this store's copy of its data may be behind.
    if (region.epoch.version !== epoch.version || region.epoch.confVersion !== epoch.confVersion) {
      const message = `Region ${String(region.id)} changed its epoch while a read proved that it may answer: route the request anew.`
      throw dingoError(Errno.EREGION_VERSION, message, { details: { regionId: region.id } })
    }
    return reader
  }

  #findEngine({ definition }: RegionOfEngine): Engine | undefined {
    return this.#engines.get(engineKinds[definition.storeEngine])
  }

  #write(context: StorageContext, datum: WriteDatum): Promise<WriteResult> {
    const { region, trace } = context
    if (trace !== undefined) return this.#writeFollowed(context, trace, datum)
    return this.engineOf(region).write(context, { datums: [datum] })
  }

  async #writeFollowed(context: StorageContext, trace: RequestTrace, datum: WriteDatum): Promise<WriteResult> {
    const { region } = context
    const data: WriteData = { datums: [datum] }
    const { kind, ...request } = datum
    const engine = await passStage(
      trace,
      'storage.kvPut',
      () => ({
        before: [jsonDatum(kind, 'storage-request', request)],
        cause: causes.storageWrite(engineKinds[region.definition.storeEngine]),
      }),
      () => this.engineOf(region),
      () => ({ after: [jsonDatum('write data', 'write-data', data)] }),
    )
    const outcome = await engine.write(context, data).then(
      (result) => ({ result }),
      (error: unknown) => ({ error }),
    )
    return passStage(
      trace,
      'storage.writeCallback',
      () => ({
        before: 'result' in outcome ? [jsonDatum('result', 'write-result', outcome.result)] : [],
        cause: causes.writeCallback(),
      }),
      () => {
        if ('error' in outcome) throw outcome.error
        return outcome.result
      },
    )
  }

  #engineFollowed(trace: RequestTrace, region: StoreRegion): Promise<Engine> {
    const cause = causes.storageRead(engineKinds[region.definition.storeEngine])
    return passStage(
      trace,
      'storage.kvGet',
      () => ({ before: [], cause }),
      () => this.engineOf(region),
    )
  }
}
