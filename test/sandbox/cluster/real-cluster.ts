import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ClusterClient } from '../../../src-main/client/cluster-client'
import { connectToCluster } from '../../../src-main/client/connect'
import { realEnv } from '../../../src-main/env/real'
import type { ClusterHost as Host } from '../../../src-main/sandbox/cluster/cluster-host'
import { ClusterHost } from '../../../src-main/sandbox/cluster/cluster-host'
import type { ClusterOptions } from '../../../src-main/sandbox/cluster/cluster-options'
import { SequenceWriters } from '../../soak/sequence-writers'
import { projectDirectory } from '../../support/capabilities'

const mainDirectory = join(projectDirectory, 'out', 'main')

/** The bundled programs of mounted nodes: `npm test` builds them. */
export const builtEntries = {
  worker: join(mainDirectory, 'node-worker.cjs'),
  process: join(mainDirectory, 'node-process.cjs'),
}

/** Resolves when something is so. A test that waits in vain ends by its own time limit. */
export async function until(isSo: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 20))
}

const text = (bytes: Uint8Array | undefined) => bytes && new TextDecoder().decode(bytes)
/** A raw key: the namespace byte, and at least seven more. */
export const keyOf = (name: string) => new TextEncoder().encode(`r-test--${name}`)

/** What the stores that run say of the region's Raft nodes, each as a text: term, index of what is committed, of what is applied, leader. */
export async function raftStates(host: Host, client: ClusterClient, regionId: number): Promise<string[]> {
  const stores = host.nodes().filter(({ role, state }) => role === 'store' && state === 'running')
  return Promise.all(
    stores.map(async ({ serverAddress }) => {
      const [entry] = await client.inspection.node(serverAddress).raftStatus([regionId])
      if (entry?.raftStatus === undefined) throw new Error(`${serverAddress} has no region ${String(regionId)}.`)
      const { term, committedIndex, knownAppliedIndex, leaderPeerId } = entry.raftStatus
      return [term, committedIndex, knownAppliedIndex, leaderPeerId].map(String).join(' ')
    }),
  )
}

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

  /** As {@link raftStates}, of this cluster. */
  committed(regionId: number): Promise<string[]> {
    return raftStates(this.host, this.client, regionId)
  }

  /** Writes with clients that each write growing numbers to a key, until the returned function is called. */
  startWriters(count: number): { readonly writers: SequenceWriters; stop(): Promise<void> } {
    const keys = Array.from({ length: count }, (_, writer) => keyOf(`writer-${String(writer)}`))
    const writers = new SequenceWriters(keys, 3_000)
    const writing = new AbortController()
    const client = connectToCluster(this.env, { coordinators: this.host.addresses().coordinators })
    const written = writers.writeUntil(client, writing.signal)
    // Heard when they are stopped.
    written.catch(() => undefined)
    return {
      writers,
      async stop() {
        writing.abort()
        await written
        await client.close()
      },
    }
  }
}
