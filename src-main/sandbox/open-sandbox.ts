import { join } from 'node:path'
import { connectToCluster } from '../client/connect'
import { ClusterCatalogue } from '../client/views/cluster-catalogue'
import { ClusterMapsReader } from '../client/views/cluster-maps'
import { ClusterInspectionViews } from '../client/views/cluster-inspection-views'
import { ClusterKeyspaceViews } from '../client/views/cluster-keyspace-views'
import { ClusterTableViews } from '../client/views/cluster-table-views'
import { decodeKey } from '../client/views/decode-key'
import type { Env } from '../env'
import { ClusterHost } from './cluster/cluster-host'
import type { NodeEntries } from './cluster/cluster-options'
import { joinDiskPath, toDiskPath } from './disk-path'
import { LessonCluster } from './lessons/lesson-cluster'
import { LessonDesk } from './lessons/lesson-desk'
import { FileLog } from './log/file-log'
import { logSession } from './log/log-session'
import { hostFigures } from './host-figures'
import { openPreferences } from './preferences'
import type { HostKind } from './program'
import { describeRuntime } from './program'
import { createRawEngineRegistry } from './raw-engine-registry'
import { rawEngines } from './raw-engines'
import { GrpcChannels } from '../rpc/grpc/grpc-channels'
import type { Sandbox } from './sandbox'
import { ClusterMetricsRecorder } from './session/cluster-metrics-recorder'
import { HostedSession } from './session/hosted-session'
import { newWorkspaceDirectory } from './session/new-workspace-directory'
import { OverviewPoll } from './session/overview-poll'
import { RecentWorkspaces } from './session/recent-workspaces'
import { ClusterStepping } from './stepping/cluster-stepping'
import { SessionStepping } from './stepping/session-stepping'

/** What a host decides before it opens the sandbox. Directories are absolute, in the system's own notation. */
export interface SandboxOptions {
  readonly host: HostKind
  readonly userDataDirectory: string
  /** Where the bundled programs of nodes lie. */
  readonly entries: NodeEntries
  /** Where the lessons lie. */
  readonly lessonsDirectory: string
  /** Nodes wait for this before they start: a window that opens has the processor first. Must not reject. */
  readonly startsAfter?: Promise<void> | undefined
}

/**
 * Opens the sandbox of one host process. Its session has no cluster yet.
 *
 * @throws SandboxError DISK_IO
 */
export async function openSandbox(env: Env, options: SandboxOptions): Promise<Sandbox> {
  const { userDataDirectory, entries } = options
  const userData = toDiskPath(userDataDirectory)
  await env.disk.makeDirectory(userData)
  const log = new FileLog({
    clock: env.clock,
    disk: env.disk,
    directory: join(userDataDirectory, 'logs'),
    processId: process.pid,
    onFailure: (error) => {
      session.warn(error)
    },
  })
  const session: HostedSession = new HostedSession({
    clock: env.clock,
    disk: env.disk,
    mount: 'worker',
    startsAfter: options.startsAfter,
    recents: new RecentWorkspaces(env.disk, joinDiskPath(userData, 'recent-workspaces.json'), (damage) => {
      log.write('warning', 'recent-workspaces.damaged', { error: damage.serialize() })
      session.warn(damage)
    }),
    openHost: (clusterOptions) => ClusterHost.open({ ...clusterOptions, env, entries }),
    connect: (coordinators) => connectToCluster(env, { coordinators }),
    newDirectory: () => newWorkspaceDirectory(env.disk, join(userDataDirectory, 'sandboxes')),
  })
  logSession(session, log)
  const { clock } = env
  const client = () => session.running().client
  const catalogue = new ClusterCatalogue(client, clock)
  const maps = new ClusterMapsReader(client, catalogue, clock)
  const inspection = new ClusterInspectionViews({ client, catalogue, maps, clock })
  const tables = new ClusterTableViews({ client, catalogue, clock })
  session.onChange(({ phase }) => {
    if (phase !== 'closed') return
    // What was read of a cluster is as large as the cluster, and of no use after its end.
    for (const each of [catalogue, maps, inspection, tables]) each.forget()
  })
  const metrics = new ClusterMetricsRecorder({ clock, session, hostFigures })
  const stepping = new SessionStepping({
    session,
    step: ({ host }) => {
      const nodeIds = () => new Map(host.nodes().map(({ serverAddress, nodeId }) => [serverAddress, nodeId]))
      return new ClusterStepping({
        clock,
        random: env.random.fork('stepping'),
        nodes: host,
        coordinators: host.addresses().coordinators,
        channels: new GrpcChannels({ env }),
        nodeAt: (address) => nodeIds().get(address),
        describeKey: async (key) => decodeKey(key, await catalogue.current()).text,
      })
    },
  })
  const lessons = new LessonDesk({
    disk: env.disk,
    directory: toDiskPath(options.lessonsDirectory),
    open: () => {
      const { host } = session.running()
      // Its own client, which repeats writes whose answer was lost, as nobody else writes the keys of a lesson.
      const own = connectToCluster(env, { coordinators: host.addresses().coordinators, retryUnknown: true })
      const stopWatching = stepping.watch()
      return {
        clock,
        flow: stepping,
        cluster: new LessonCluster({ clock, client: own, host }),
        close: async () => {
          stopWatching()
          await own.close()
        },
      }
    },
  })
  return {
    env,
    host: options.host,
    runtime: describeRuntime(),
    engines: createRawEngineRegistry(rawEngines),
    preferences: await openPreferences(env.disk, joinDiskPath(userData, 'preferences.json')),
    log,
    session,
    views: {
      inspection,
      tables,
      keyspace: new ClusterKeyspaceViews({ client, catalogue, maps, clock }),
      metrics,
      overviewWatch: new OverviewPoll({
        clock,
        session,
        overview: () => inspection.overview(),
        onDeed: (listener) => tables.onJob(listener),
      }),
    },
    stepping,
    lessons,
    async close() {
      metrics.close()
      await lessons.stop()
      try {
        // Whatever stepping complains about, the cluster ends in order and lets go of its workspace.
        await stepping.close()
      } finally {
        try {
          await session.close()
        } finally {
          await log.close()
        }
      }
    },
  }
}
