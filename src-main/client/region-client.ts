import { SandboxError } from '../base/sandbox-error'
import { errnoOf } from '../rpc/dingo-error'
import type { Region } from '../rpc/generated/dingodb/common_pb'
import { RegionState, StoreType } from '../rpc/generated/dingodb/common_pb'
import type { ScanRegionInfo } from '../rpc/generated/dingodb/coordinator_pb'
import { CoordinatorService } from '../rpc/generated/dingodb/coordinator_pb'
import { Errno } from '../rpc/generated/dingodb/error_pb'
import { toNumber } from '../rpc/int64'
import type { ClientCore } from './client-core'
import { callCoordinators, changeByCoordinators } from './coordinator-client'
import type { Deadline, OperationOptions } from './deadline'
import type { KeyRange } from './key-range'
import { checkRange, isEmptyRange } from './key-range'
import { PollPace } from './poll-pace'
import { CreationWatch } from './region-creations'
import type { StorageEngineName } from './table-description'
import { storageEngineOf } from './table-description'

/** A region outside of any table. */
export interface RegionDescription {
  readonly name: string
  /** Both keys begin with the same namespace byte (`r`, `t`, `w` or `x`) and are at least 8 bytes long. */
  readonly range: KeyRange
  /** Copies. Default: {@link RegionClient.defaultReplicas}. */
  readonly replicas?: number | undefined
  /** Default `raft`, the replicated one. */
  readonly engine?: StorageEngineName | undefined
}

/** How to create a region. `timeoutMs` holds for the wait, too; default 30,000. */
export interface CreateRegionOptions extends OperationOptions {
  /** Waits until the region has a leader. Default true. */
  readonly wait?: boolean | undefined
  readonly onProgress?: ((region: Region) => void) | undefined
}

const CREATE_TIMEOUT_MS = 30_000
/** As DingoDB has it: one copy may be lost and the rest still has a majority. */
const USUAL_REPLICAS = 3
/** Of all tenants, not only of the first. */
const ALL_TENANTS = -1n

/**
 * Regions as the coordinators know them. Every method throws SandboxError CLIENT_NOT_FOUND for a region that is not there,
 * CLIENT_CLOSED, CANCELLED, RPC_UNAVAILABLE, RPC_DEADLINE_EXCEEDED, DINGODB_ERROR.
 */
export class RegionClient {
  readonly #core: ClientCore

  constructor(core: ClientCore) {
    this.#core = core
  }

  /** All regions, without their metrics. Regions that were merged away keep an empty range for a while; they are left out. */
  async list(options: OperationOptions = {}): Promise<Region[]> {
    const method = CoordinatorService.method.getRegionMap
    const request = { epoch: 0n, tenantId: ALL_TENANTS }
    const { regionmap } = await callCoordinators(this.#core, method, request, this.#core.deadline(options))
    return (regionmap?.regions ?? []).filter(({ definition }) => {
      return definition?.range === undefined || !isEmptyRange(definition.range)
    })
  }

  /** One region with its metrics. @throws SandboxError CLIENT_NOT_FOUND */
  async get(regionId: number, options: OperationOptions = {}): Promise<Region> {
    return this.#query(regionId, this.#core.deadline(options))
  }

  /** The regions that hold keys of the range, in order, with their leaders. */
  async scan(range: KeyRange, options: OperationOptions = {}): Promise<ScanRegionInfo[]> {
    checkRange(range)
    const method = CoordinatorService.method.scanRegions
    const request = { key: range.startKey, rangeEnd: range.endKey, limit: 0n }
    return (await callCoordinators(this.#core, method, request, this.#core.deadline(options))).regions
  }

  /**
   * How many copies a region gets when nobody says: three of the replicated engine, but no more than the cluster has stores;
   * one of the others, which do not replicate.
   */
  async defaultReplicas(engine: StorageEngineName = 'raft', options: OperationOptions = {}): Promise<number> {
    return defaultReplicas(this.#core, engine, this.#core.deadline(options))
  }

  /** For a wait for new regions: tells what holds them up. */
  watchCreation(): CreationWatch {
    return new CreationWatch(this.#core)
  }

  /**
   * Creates a region and waits until it has a leader.
   *
   * @returns its id
   * @throws SandboxError DINGODB_ERROR, with what the stores said, if so many refuse it that it can never have a leader
   */
  async create(description: RegionDescription, options: CreateRegionOptions = {}): Promise<number> {
    checkRange(description.range)
    const deadline = this.#core.deadline(options, CREATE_TIMEOUT_MS)
    const { engine = 'raft' } = description
    const replicas = description.replicas ?? (await defaultReplicas(this.#core, engine, deadline))
    // The id is asked for first, so that a repeated call cannot make a second region.
    const allocated = await callCoordinators(
      this.#core,
      CoordinatorService.method.createRegionId,
      { count: 1 },
      deadline,
    )
    const regionId = allocated.regionIds[0] ?? 0n
    const id = toNumber(regionId, 'The id of a region')
    try {
      await changeByCoordinators(
        this.#core,
        CoordinatorService.method.createRegion,
        {
          regionId,
          regionName: description.name,
          range: { startKey: description.range.startKey, endKey: description.range.endKey },
          replicaNum: BigInt(replicas),
          storeEngine: storageEngineOf(engine),
        },
        deadline,
      )
    } catch (thrown) {
      // A repeated call finds the region that the first one made when only the answer was lost.
      if (errnoOf(thrown) === undefined || !(await this.#exists(id, deadline))) throw thrown
    }
    if (options.wait ?? true) await this.#waitForLeader(id, options, deadline)
    return id
  }

  /** Waits until the region has a leader. @throws SandboxError CLIENT_TIMED_OUT, CANCELLED, CLIENT_NOT_FOUND */
  async waitUntilReady(regionId: number, options: Omit<CreateRegionOptions, 'wait'> = {}): Promise<Region> {
    return this.#waitForLeader(regionId, options, this.#core.deadline(options, CREATE_TIMEOUT_MS))
  }

  /** Has a region deleted, data included. Resolves when the coordinators have decided it; the stores follow. */
  async drop(regionId: number, options: OperationOptions = {}): Promise<void> {
    const method = CoordinatorService.method.dropRegion
    const request = { regionId: BigInt(regionId) }
    const deadline = this.#core.deadline(options)
    await this.#query(regionId, deadline)
    try {
      await changeByCoordinators(this.#core, method, request, deadline)
    } catch (thrown) {
      // A repeated call no longer finds what the first one dropped when only the answer was lost.
      if (errnoOf(thrown) !== Errno.EREGION_NOT_FOUND) throw thrown
    }
  }

  async #waitForLeader(regionId: number, { onProgress }: CreateRegionOptions, deadline: Deadline): Promise<Region> {
    const pace = new PollPace(deadline, `Waiting for a leader of the region ${String(regionId)}`)
    const watch = this.watchCreation()
    for (;;) {
      const region = await this.#query(regionId, deadline)
      onProgress?.(region)
      if (region.state !== RegionState.REGION_NEW && region.leaderStoreId > 0n) return region
      await pace.pause(await watch.look([regionId], deadline.callOptions()))
    }
  }

  async #exists(regionId: number, deadline: Deadline): Promise<boolean> {
    try {
      await this.#query(regionId, deadline)
      return true
    } catch (thrown) {
      if (SandboxError.is(thrown, 'CLIENT_NOT_FOUND')) return false
      throw thrown
    }
  }

  async #query(regionId: number, deadline: Deadline): Promise<Region> {
    const method = CoordinatorService.method.queryRegion
    const request = { regionId: BigInt(regionId) }
    const { region } = await asNotFound(regionId, callCoordinators(this.#core, method, request, deadline))
    if (region === undefined || region.id === 0n) throw noRegion(regionId)
    return region
  }
}

/** @see RegionClient.defaultReplicas */
export async function defaultReplicas(
  core: ClientCore,
  engine: StorageEngineName,
  deadline: Deadline,
): Promise<number> {
  if (engine !== 'raft') return 1
  const method = CoordinatorService.method.getStoreMap
  const { storemap } = await callCoordinators(core, method, { epoch: 0n }, deadline)
  const stores = (storemap?.stores ?? []).filter(({ storeType }) => storeType === StoreType.NODE_TYPE_STORE)
  return Math.min(USUAL_REPLICAS, Math.max(1, stores.length))
}

async function asNotFound<Answer>(regionId: number, answer: Promise<Answer>): Promise<Answer> {
  try {
    return await answer
  } catch (thrown) {
    if (errnoOf(thrown) === Errno.EREGION_NOT_FOUND) throw noRegion(regionId, thrown)
    throw thrown
  }
}

function noRegion(regionId: number, cause?: unknown): SandboxError {
  return new SandboxError('CLIENT_NOT_FOUND', `The cluster has no region ${String(regionId)}.`, {
    details: { regionId },
    cause,
  })
}
