import { SandboxError } from '../../base/sandbox-error'
import type { ClusterClient } from '../../client/cluster-client'
import type { Clock } from '../../env'
import type { ClusterHost } from '../cluster/cluster-host'
import { until } from './until'

/** What a lesson needs of the cluster, beside stepping. */
export interface LessonClusterParts {
  readonly clock: Clock
  /** For what the lesson itself puts and reads. Repeats writes whose answer was lost: nobody else writes its keys. */
  readonly client: ClusterClient
  readonly host: Pick<ClusterHost, 'nodes' | 'killNode' | 'startNode' | 'cutLink' | 'healAll'>
}

const LEADER_WITHIN_MS = 60_000

/** The cluster as lessons see it: tables by name, keys as `TABLE/KEY`, leaders that are lost and found. */
export class LessonCluster {
  readonly #parts: LessonClusterParts
  /** Leaders that the lesson killed or isolated, by region. */
  readonly #lost = new Map<number, number>()
  readonly #killed = new Set<number>()
  #hasCut = false

  constructor(parts: LessonClusterParts) {
    this.#parts = parts
  }

  /** Makes a table of one region, unless it is there. */
  async table(name: string): Promise<void> {
    const { tables } = this.#parts.client
    try {
      await tables.get(name)
    } catch (thrown) {
      if (!SandboxError.is(thrown, 'CLIENT_NOT_FOUND')) throw thrown
      await tables.create({ name })
    }
  }

  /** The store's key of `TABLE/KEY`. */
  async keyOf(written: string): Promise<Uint8Array> {
    const slash = written.indexOf('/')
    const { tables } = this.#parts.client
    const table = await tables.get(written.slice(0, slash))
    return tables.keys(table).encode(new TextEncoder().encode(written.slice(slash + 1)))
  }

  async put(key: string, value: string): Promise<void> {
    await this.#parts.client.kv.put(await this.keyOf(key), new TextEncoder().encode(value))
  }

  async get(key: string): Promise<string | undefined> {
    const value = await this.#parts.client.kv.get(await this.keyOf(key))
    return value === undefined ? undefined : new TextDecoder().decode(value)
  }

  async killLeader(key: string): Promise<void> {
    const leader = await this.#loseLeader(key)
    this.#killed.add(leader)
    await this.#parts.host.killNode(leader)
  }

  /** Cuts the leader off from every other node; clients still reach it. */
  async isolateLeader(key: string): Promise<void> {
    const leader = await this.#loseLeader(key)
    this.#hasCut = true
    for (const { nodeId } of this.#parts.host.nodes()) {
      if (nodeId !== leader) await this.#parts.host.cutLink(leader, nodeId)
    }
  }

  /** Waits until another node leads than the one that was lost. */
  async waitNewLeader(key: string): Promise<void> {
    const regionId = await this.#regionOf(key)
    const lost = this.#lost.get(regionId)
    const { clock } = this.#parts
    await until(clock, LEADER_WITHIN_MS, async () => {
      const leader = await this.#leaderOf(regionId)
      return leader !== undefined && leader !== lost
    })
  }

  async restartKilled(): Promise<void> {
    for (const nodeId of this.#killed) {
      this.#killed.delete(nodeId)
      await this.#parts.host.startNode(nodeId)
    }
  }

  async healLinks(): Promise<void> {
    this.#hasCut = false
    await this.#parts.host.healAll()
  }

  /** Mends what the lesson broke. */
  async mend(): Promise<void> {
    if (this.#hasCut) await this.healLinks()
    await this.restartKilled()
  }

  async #loseLeader(key: string): Promise<number> {
    const regionId = await this.#regionOf(key)
    const leader = await this.#leaderOf(regionId)
    if (leader === undefined) throw new SandboxError('LESSON_FAILED', `The region of ${key} has no leader.`)
    this.#lost.set(regionId, leader)
    return leader
  }

  async #regionOf(written: string): Promise<number> {
    const key = await this.keyOf(written)
    const [region] = await this.#parts.client.regions.scan({ startKey: key, endKey: Uint8Array.of(...key, 0) })
    if (region === undefined) throw new SandboxError('CLIENT_NO_REGION', `No region holds ${written}.`)
    return Number(region.regionId)
  }

  async #leaderOf(regionId: number): Promise<number | undefined> {
    const { leaderStoreId } = await this.#parts.client.regions.get(regionId)
    return leaderStoreId === 0n ? undefined : Number(leaderStoreId)
  }
}
