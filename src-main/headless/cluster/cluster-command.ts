import { resolve } from 'node:path'
import type { Env } from '../../sandbox/host-env'
import { realEnv } from '../../sandbox/host-env'
import type { ClusterProgress } from '../../sandbox/cluster/cluster-events'
import type { ClusterStartReport } from '../../sandbox/cluster/cluster-host'
import { ClusterHost } from '../../sandbox/cluster/cluster-host'
import { GREATEST_BASE_PORT } from '../../sandbox/cluster/cluster-ports'
import { nodeMountKinds } from '../../sandbox/node/node-mount'
import { rawEngineNames } from '../../sandbox/raw-engine-registry'
import { program } from '../../sandbox/program'
import { watchWorkspace } from '../../sandbox/session/workspace-watch'
import { ClusterComplaints, complaintLine } from './cluster-complaints'
import type { Command, CommandWorld } from './command'
import { exitStatus } from './exit-status'
import { errorLine, jsonLine } from './output'
import { refused } from './parsed-options'
import { untilAborted } from './until-aborted'

/** Where a cluster lives that is told no other place: below the working directory. */
const DEFAULT_DIRECTORY = 'dingo-sandbox-data'
/** More than the largest cluster has nodes would change nothing. */
const MOST_THREADS = 14

export const clusterCommand: Command = {
  path: ['cluster'],
  words: '',
  summary: 'start a cluster on this machine and run it until interrupted',
  details: `When the cluster is ready, one line of JSON with all addresses is printed to standard output. SIGINT or SIGTERM stops
it in order; a second signal ends it at once. A node that does not come up, or fails later, is named on standard error;
the others go on as long as they can. When its folder is removed or moved, it ends with WORKSPACE_GONE.`,
  options: [
    { name: 'coordinators', kind: 'text', placeholder: 'N', help: 'how many coordinators, 1 to 5; 3 if not given' },
    { name: 'stores', kind: 'text', placeholder: 'N', help: 'how many stores, 1 to 9; 3 if not given' },
    {
      name: 'engine',
      kind: 'text',
      placeholder: rawEngineNames.join('|'),
      help: 'what the nodes keep their data in; rocksdb if not given',
    },
    {
      name: 'data-dir',
      kind: 'text',
      placeholder: 'DIR',
      help: `where the cluster lives, and is found again at the next start; ./${DEFAULT_DIRECTORY} if not given`,
    },
    { name: 'ephemeral', kind: 'flag', help: 'forget everything at the end, in place of --data-dir' },
    {
      name: 'base-port',
      kind: 'text',
      placeholder: 'PORT',
      help: 'coordinators listen above this port, stores 200 above them, Raft 100 above each; 0 for free ports; DingoDB’s if not given',
    },
    {
      name: 'mount',
      kind: 'text',
      placeholder: nodeMountKinds.join('|'),
      help: 'where the nodes run: in threads, each in a process of its own, or in this one’s thread; worker if not given',
    },
    {
      name: 'threads',
      kind: 'text',
      placeholder: 'N',
      help: 'over how many threads the nodes of the mount worker are spread; one fewer than the machine has processors if not given',
    },
    { name: 'json', kind: 'flag', help: 'report errors as JSON, too' },
  ],
  async run(options, world) {
    options.expectWords()
    const dataDirectory = options.text('data-dir')
    if (options.flag('ephemeral') && dataDirectory !== undefined)
      throw refused('--ephemeral stands in place of --data-dir')
    const coordinators = options.wholeNumber('coordinators', 1, 5)
    const stores = options.wholeNumber('stores', 1, 9)
    const env = realEnv()
    const directory = options.flag('ephemeral') ? undefined : resolve(dataDirectory ?? DEFAULT_DIRECTORY)
    const host = await ClusterHost.open({
      env,
      directory,
      topology: {
        ...(coordinators === undefined ? {} : { coordinators }),
        ...(stores === undefined ? {} : { stores }),
      },
      engine: options.choice('engine', rawEngineNames),
      mount: options.choice('mount', nodeMountKinds),
      threads: options.wholeNumber('threads', 1, MOST_THREADS),
      basePort: options.wholeNumber('base-port', 0, GREATEST_BASE_PORT),
      entries: { worker: resolve(__dirname, 'node-worker.cjs'), process: resolve(__dirname, 'node-process.cjs') },
    })
    const json = options.flag('json')
    const gone = directory === undefined ? undefined : whenGone(env, directory)
    let status: number
    try {
      status = await Promise.race([runCluster(host, world, json), ...(gone === undefined ? [] : [gone.error])])
    } catch (thrown) {
      // Why it ends stands before what fails while it ends.
      await host.close().catch((error: unknown) => world.output.note(errorLine(error, json)))
      throw thrown
    } finally {
      gone?.stop()
    }
    await host.close()
    return status
  },
}

/** Looks whether the folder is still there. @returns what rejects with WORKSPACE_GONE, and what ends the looking */
function whenGone(env: Env, directory: string): { readonly error: Promise<never>; stop(): void } {
  let stop = (): void => undefined
  const error = new Promise<never>((_resolve, reject) => {
    stop = watchWorkspace(env, directory, reject)
  })
  return { error, stop }
}

/** @returns the exit status */
async function runCluster(host: ClusterHost, world: CommandWorld, json: boolean): Promise<number> {
  const { output, signal } = world
  const complaints = new ClusterComplaints(
    host,
    (line) => {
      output.note(line)
    },
    json,
  )
  host.subscribe((event) => {
    complaints.hear(event)
  })
  const starting = host.start((progress) => {
    output.progress(progressText(progress))
  })
  const report = await Promise.race([starting, untilAborted(signal)])
  if (report === undefined) {
    output.note('Giving up the start; a second signal ends it at once.')
    // Closing ends the start, whose failure then tells nothing.
    starting.catch(() => undefined)
    return exitStatus.interrupted
  }
  await output.write(jsonLine(readyEvent(host, report)))
  if (report.failed.length > 0) {
    const names = report.failed.map(({ name }) => name).join(', ')
    output.note(
      complaintLine({ code: 'CLUSTER_NOT_READY', message: `The cluster works without ${names}.`, details: {} }, json),
    )
  }
  await untilAborted(signal)
  output.note('Stopping the cluster; a second signal ends it at once.')
  return exitStatus.ok
}

function readyEvent(host: ClusterHost, report: ClusterStartReport) {
  return {
    event: 'ready',
    version: program.version,
    clusterId: String(host.clusterId),
    directory: host.directory,
    ...host.addresses(),
    nodes: host.nodes().map(({ nodeId, role, name, state, mount, serverAddress, raftAddress, lastError }) => ({
      id: String(nodeId),
      role,
      name,
      state,
      mount,
      server: serverAddress,
      raft: raftAddress,
      error: lastError ?? null,
    })),
    readyMs: Math.round(report.readyMs),
    processId: process.pid,
  }
}

function progressText({ phase, done, total }: ClusterProgress): string {
  return `Starting the cluster: ${phase}, ${String(done)} of ${String(total)}`
}
