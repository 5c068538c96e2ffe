import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ClusterClient } from '../../../src-main/client/cluster-client'
import { connectToCluster } from '../../../src-main/client/connect'
import { realEnv } from '../../../src-main/env/real'
import type { ClusterHost as Host } from '../../../src-main/sandbox/cluster/cluster-host'
import { ClusterHost } from '../../../src-main/sandbox/cluster/cluster-host'
import type { ClusterOptions } from '../../../src-main/sandbox/cluster/cluster-options'
import { projectDirectory } from '../../support/capabilities'

const mainDirectory = join(projectDirectory, 'out', 'main')

/** The bundled programs of mounted nodes: `npm test` builds them. */
export const builtEntries = {
  worker: join(mainDirectory, 'node-worker.cjs'),
  process: join(mainDirectory, 'node-process.cjs'),
}

const text = (bytes: Uint8Array | undefined) => bytes && new TextDecoder().decode(bytes)
/** A raw key: the namespace byte, and at least seven more. */
export const keyOf = (name: string) => new TextEncoder().encode(`r-test--${name}`)

/** A real cluster in a folder of its own, over real gRPC and files, with what tests do to it. */
export class RealCluster {
  readonly env = realEnv()
  readonly #options: Partial<ClusterOptions>
  #directory: string | undefined
  #host: Host | undefined
  #client: ClusterClient | undefined

  constructor(options: Partial<ClusterOptions>) {
    this.#options = options
  }

  get host(): Host {
    if (this.#host === undefined) throw new Error('The cluster is not open.')
    return this.#host
  }

  get client(): ClusterClient {
    // A put whose answer a kill has swallowed is put again: nobody else writes here.
    const options = { coordinators: this.host.addresses().coordinators, retryUnknown: true }
    return (this.#client ??= connectToCluster(this.env, options))
  }

  /** Opens the folder, a new one the first time, and starts all nodes. */
  async start() {
    this.#directory ??= await mkdtemp(join(tmpdir(), 'dingo-cluster-'))
    const options = { env: this.env, directory: this.#directory, entries: builtEntries, ...this.#options }
    this.#host = await ClusterHost.open(options)
    return this.#host.start()
  }

  /** Ends all nodes in order; the folder stays. */
  async close(): Promise<void> {
    await this.#client?.close()
    this.#client = undefined
    await this.#host?.close()
    this.#host = undefined
  }

  async remove(): Promise<void> {
    await this.close()
    if (this.#directory !== undefined) await rm(this.#directory, { recursive: true, force: true })
  }

  createRegion(): Promise<number> {
    const range = { startKey: keyOf(''), endKey: new TextEncoder().encode('r-test-.') }
    const replicas = Math.min(3, this.host.topology.stores)
    return this.client.regions.create({ name: 'test', range, replicas })
  }

  put(name: string, value: string): Promise<void> {
    return this.client.kv.put(keyOf(name), new TextEncoder().encode(value))
  }

  async get(name: string): Promise<string | undefined> {
    return text(await this.client.kv.get(keyOf(name)))
  }

  async leaderOf(regionId: number): Promise<number> {
    return Number((await this.client.regions.get(regionId)).leaderStoreId)
  }
}
