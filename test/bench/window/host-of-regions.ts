import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { assetsOnDisk } from '../../../src-main/api/assets'
import { openDoor } from '../../../src-main/api/door'
import type { InspectionViews, TableViews } from '../../../src-main/client/views/cluster-views'
import { realEnv } from '../../../src-main/env/real'
import { listenHttp } from '../../../src-main/headless/http-host'
import { toDiskPath } from '../../../src-main/sandbox/disk-path'
import { openSandbox } from '../../../src-main/sandbox/open-sandbox'
import type { ClusterSession } from '../../../src-main/sandbox/session/cluster-session'
import type { SessionView } from '../../../src-main/sandbox/session/session-view'
import { absentPart } from '../../support/absent-part'
import { closedSession } from '../../support/closed-session'
import { syntheticRegions } from './synthetic-regions'

const HOST = 'host of regions'
/** Relative to the project, where benchmarks run. */
const built = (path: string) => join(process.cwd(), 'out', path)

/** What the thread of the host is told. */
interface HostOrder {
  readonly thread: typeof HOST
  readonly regions: number
  readonly userDataDirectory: string
}

/** A host of the built screens on a thread of its own, as far from the page as the real one. */
export interface HostOfRegions {
  /** Where a browser finds the screens, token included. */
  readonly address: string
  stop(): Promise<void>
}

/**
 * Serves the screens for a running cluster of so many regions, which nobody could run on one machine. Door, HTTP and
 * transformer are the program's; what the door asks about regions is answered by {@link syntheticRegions}.
 */
export async function startHostOfRegions(regions: number, userDataDirectory: string): Promise<HostOfRegions> {
  const order: HostOrder = { thread: HOST, regions, userDataDirectory }
  const worker = new Worker(fileURLToPath(import.meta.url), { workerData: order })
  const [address] = (await once(worker, 'message')) as [string]
  return { address, stop: async () => void (await worker.terminate()) }
}

/** @returns its address */
async function serve({ regions: count, userDataDirectory }: HostOrder): Promise<string> {
  const env = realEnv()
  const sandbox = await openSandbox(env, {
    host: 'headless',
    userDataDirectory,
    entries: { worker: built('main/node-worker.cjs'), process: built('main/node-process.cjs') },
    lessonsDirectory: join(process.cwd(), 'resources/lessons'),
  })
  const regions = syntheticRegions(count)
  const door = openDoor({
    sandbox: {
      ...sandbox,
      session: absentPart<ClusterSession>({ view: runningSession }),
      views: {
        ...sandbox.views,
        inspection: absentPart<InspectionViews>({
          overview: () => Promise.resolve(regions.overview),
          regionRows: (query) => Promise.resolve(regions.page(query)),
        }),
        tables: absentPart<TableViews>({ tree: () => Promise.resolve([]) }),
      },
    },
    assets: assetsOnDisk(env.disk, toDiskPath(built('renderer'))),
    report: (error, where) => console.error(where, error),
  })
  return (await listenHttp(door, { bindHost: '127.0.0.1', port: 0 })).address
}

const runningSession: SessionView = { ...closedSession, phase: 'running', engine: 'memory', clusterId: 1, readyMs: 1 }

if (!isMainThread) {
  const order = workerData as Partial<HostOrder> | undefined
  // A rejection ends the thread, and with it the wait for its address.
  if (order?.thread === HOST) void serve(order as HostOrder).then((address) => parentPort?.postMessage(address))
}
