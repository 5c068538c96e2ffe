import { create } from '@bufbuild/protobuf'
import { overlaps } from '../../../src-main/coordinator/model/key-ranges'
import type { RegionDefinition } from '../../../src-main/rpc/generated/dingodb/common_pb'
import { RegionMetricsSchema, StoreRegionState } from '../../../src-main/rpc/generated/dingodb/common_pb'
import { CoordinatorService, RegionCmdType } from '../../../src-main/rpc/generated/dingodb/coordinator_pb'
import type { RegionCmd } from '../../../src-main/rpc/generated/dingodb/coordinator_pb'
import { Errno } from '../../../src-main/rpc/generated/dingodb/error_pb'
import { dingoError } from '../../../src-main/rpc/dingo-error'
import { PushService } from '../../../src-main/rpc/generated/dingodb/push_pb'
import { ServiceRegistry } from '../../../src-main/rpc/service-registry'
import type { Timer } from '../../../src-main/env'
import type { SimulatedCoordinators } from './simulated-cluster'
import { errorOf } from './simulated-cluster'

const HOST = '127.0.0.1'

/** A store as the coordinators see one: takes commands, holds regions, sends heartbeats. The first peer of a region leads it. */
export class FakeStore {
  readonly id: number
  readonly regions = new Map<number, RegionDefinition>()
  /** Every command that arrived, in order. */
  readonly commands: RegionCmd[] = []
  /** Answers every command with this instead of carrying it out. */
  refusesWith: Errno = Errno.OK
  /** Refuses every push as a whole with this, as a store does that has not started. */
  refusesAllWith: Errno = Errno.OK
  /** Takes deletions and does not come to an end with them. */
  holdsDeletions = false
  keyring = 'TO_BE_CONTINUED'
  readonly #cluster: SimulatedCoordinators
  #server: { close(): void } | undefined
  #timer: Timer | undefined

  constructor(cluster: SimulatedCoordinators, id: number) {
    this.#cluster = cluster
    this.id = id
  }

  start(): void {
    const registry = new ServiceRegistry().add(PushService, {
      pushStoreOperation: ({ storeOperation }) => {
        if (this.refusesAllWith !== Errno.OK) throw dingoError(this.refusesAllWith, 'refused')
        return { regionCmdResults: (storeOperation?.regionCmds ?? []).map((command) => this.#answer(command)) }
      },
    })
    this.#server = this.#cluster.network.serve(`${HOST}:${String(this.id)}`, registry)
    this.#timer = this.#cluster.simulation.clock.setRepeatingTimer(1_000, () => {
      void this.heartbeat()
    })
    void this.heartbeat()
  }

  stop(): void {
    this.#server?.close()
    this.#timer?.cancel()
    this.#server = undefined
  }

  get isRunning(): boolean {
    return this.#server !== undefined
  }

  /** Tells every coordinator; those that do not lead refuse it. */
  async heartbeat(gone: readonly number[] = []): Promise<void> {
    const port = this.id
    const location = { host: HOST, port }
    const regionMetricsMap: Record<string, ReturnType<typeof this.metrics>> = {}
    for (const regionId of this.regions.keys()) regionMetricsMap[String(regionId)] = this.metrics(regionId)
    for (const regionId of gone) {
      const storeRegionState = StoreRegionState.DELETED
      regionMetricsMap[String(regionId)] = create(RegionMetricsSchema, { id: BigInt(regionId), storeRegionState })
    }
    const request = {
      store: {
        id: BigInt(this.id),
        keyring: this.keyring,
        serverLocation: location,
        raftLocation: { host: HOST, port: port + 100 },
      },
      storeMetrics: { id: BigInt(this.id), regionMetricsMap, isPartialRegionMetrics: gone.length > 0 },
    }
    for (const { id } of this.#cluster.members) {
      const answer = this.#cluster.network
        .channels(`${HOST}:${String(port)}`)
        .to(`${HOST}:${String(id)}`)
        .unary(CoordinatorService.method.storeHeartbeat, request)
      // A coordinator that is down or does not lead; the next heartbeat goes out in a second.
      await answer.then(errorOf, () => undefined)
    }
  }

  metrics(regionId: number) {
    const definition = this.regions.get(regionId)
    const leaderStoreId = definition?.peers[0]?.storeId ?? 0n
    return create(RegionMetricsSchema, {
      id: BigInt(regionId),
      leaderStoreId,
      storeRegionState: StoreRegionState.NORMAL,
      ...(definition !== undefined && { regionDefinition: definition }),
      rowCount: 7n,
      braftStatus: { term: 1n },
    })
  }

  #answer(command: RegionCmd) {
    const errcode = this.#take(command)
    return {
      regionCmdId: command.id,
      regionCmdType: command.regionCmdType,
      ...(errcode !== Errno.OK && { error: { errcode, errmsg: 'refused' } }),
    }
  }

  #take(command: RegionCmd): Errno {
    this.commands.push(command)
    if (this.refusesWith !== Errno.OK) return this.refusesWith
    const regionId = Number(command.regionId)
    if (command.regionCmdType === RegionCmdType.CMD_CREATE && command.Request.case === 'createRequest') {
      if (this.regions.has(regionId)) return Errno.EREGION_EXIST
      const { regionDefinition } = command.Request.value
      const isTaken = [...this.regions.values()].some(({ range }) => overlaps(range, regionDefinition?.range))
      if (isTaken) return Errno.EREGION_RANGE_CONFLICT
      if (regionDefinition !== undefined) this.regions.set(regionId, regionDefinition)
      void this.heartbeat()
    }
    if (command.regionCmdType === RegionCmdType.CMD_DELETE) {
      if (!this.regions.has(regionId)) return Errno.EREGION_NOT_FOUND
      if (this.holdsDeletions) return Errno.EREGION_DELETING
      this.regions.delete(regionId)
      void this.heartbeat([regionId])
    }
    return Errno.OK
  }
}

/** Stores with ids from 20001. */
export function fakeStores(cluster: SimulatedCoordinators, count: number): FakeStore[] {
  return Array.from({ length: count }, (_, position) => new FakeStore(cluster, 20_001 + position))
}
