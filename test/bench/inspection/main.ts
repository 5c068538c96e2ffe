import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { fileURLToPath } from 'node:url'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import type { ClusterClient } from '../../../src-main/client/cluster-client'
import { connectToCluster } from '../../../src-main/client/connect'
import { ClusterCatalogue } from '../../../src-main/client/views/cluster-catalogue'
import { ClusterInspectionViews } from '../../../src-main/client/views/cluster-inspection-views'
import { ClusterKeyspaceViews } from '../../../src-main/client/views/cluster-keyspace-views'
import { ClusterMapsReader } from '../../../src-main/client/views/cluster-maps'
import { realEnv } from '../../../src-main/env/real'
import { CoordinatorHere } from './coordinator-here'
import { serveRegions, STORE_IDS } from './server-of-regions'
import { ThreadStretches } from './thread-stretches'

const env = realEnv()
const SERVER = 'inspection bench server'
const usage = 'Usage: node test/bench/run.mjs inspection [--regions <number>] [--json]'

/**
 * What it costs the host to look at a cluster of many regions (100,000 unless told): how long each look takes, the longest
 * stretch for which nothing else had the thread, also as a share of the whole, and what is kept afterwards. The coordinator
 * answers from a thread of its own, over gRPC.
 *
 * @returns the exit status
 */
export async function main(args: readonly string[]): Promise<number> {
  const regions = args.includes('--regions') ? Number(args[args.indexOf('--regions') + 1]) : 100_000
  if (!Number.isInteger(regions) || regions < 1) {
    console.error(usage)
    return 2
  }
  const worker = new Worker(fileURLToPath(import.meta.url), { workerData: { server: SERVER, regions } })
  const address = await new Promise<string>((resolve) => worker.once('message', resolve))
  const client = connectToCluster(env, { coordinators: [address] })
  try {
    const rows = [...(await measure(client)), ...(await measureHere(regions))]
    if (args.includes('--json')) console.log(JSON.stringify({ regions, rows }))
    else console.table(rows)
  } finally {
    await client.close()
    await worker.terminate()
  }
  return 0
}

async function measure(client: ClusterClient) {
  const catalogue = new ClusterCatalogue(() => client, env.clock)
  const maps = new ClusterMapsReader(() => client, catalogue, env.clock)
  const sources = { client: () => client, catalogue, maps, clock: env.clock }
  const views = new ClusterInspectionViews(sources)
  const keyspace = new ClusterKeyspaceViews(sources)
  const page = { text: '', concerns: [], sortBy: 'regionId', descending: false, groupBy: 'none', limit: 100 } as const
  const all = { ...page, tableId: undefined, storeId: undefined }
  // The connection is made before anything is measured.
  await client.tables.schemas()
  return [
    await look('region map', () => client.inspection.regionMap({ timeoutMs: 60_000 })),
    await look("one store's reports", () => client.inspection.storeMetrics(20_001, { timeoutMs: 60_000 })),
    await look('overview', () => views.overview()),
    await look('page of regions', () => views.regionRows({ ...all, offset: 5_000 })),
    await look('key line', () => keyspace.line()),
    await look('page by size', () => views.regionRows({ ...all, offset: 0, sortBy: 'sizeBytes' })),
  ]
}

/** What the same answers cost a coordinator that shares the host's thread. */
async function measureHere(regions: number) {
  const coordinator = new CoordinatorHere(regions, env.clock)
  return [
    await look('region map, answered here', () => coordinator.regionMap()),
    await look("one store's reports, answered here", () => coordinator.storeMetrics(STORE_IDS[0] ?? 0)),
  ]
}

/** `keptMiB`: what the answer, and what the views keep beside it, takes. */
async function look(what: string, run: () => Promise<unknown>) {
  const before = keptMebibytes()
  const stretches = new ThreadStretches()
  const startedAtMs = env.clock.monotonicMs()
  const result = await run()
  const wholeMs = env.clock.monotonicMs() - startedAtMs
  const longestMs = stretches.stop()
  const keptMiB = keptMebibytes() - before
  return {
    look: what,
    wholeMs: Math.round(wholeMs),
    longestMs: Math.round(longestMs * 10) / 10,
    share: Math.round((longestMs / wholeMs) * 1000) / 1000,
    keptMiB: Math.round(keptMiB),
    // Held until here, so that it counts.
    isAnswered: result !== undefined,
  }
}

/** What this thread holds after a collection of garbage. */
function keptMebibytes(): number {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  collect()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return (heapUsed + arrayBuffers) / 1024 / 1024
}

if (!isMainThread) {
  const order = workerData as { readonly server?: string; readonly regions: number } | undefined
  if (order?.server === SERVER) parentPort?.postMessage(await serveRegions(order.regions))
}
