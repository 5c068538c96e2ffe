import { resolve } from 'node:path'
import { realEnv } from '../../sandbox/host-env'
import { ClusterHost } from '../../sandbox/cluster/cluster-host'
import type { ClusterProgress } from '../../sandbox/cluster/cluster-events'
import { nodeMountKinds } from '../../sandbox/node/node-mount'
import { rawEngineNames } from '../../sandbox/raw-engine-registry'
import { program } from '../../sandbox/program'
import type { Command, CommandWorld } from './command'
import { exitStatus } from './exit-status'
import { untilAborted } from './until-aborted'
import { errorLine, jsonLine } from './output'
import { refused } from './parsed-options'

/** Where a cluster lives that is told no other place: below the working directory. */
const DEFAULT_DIRECTORY = 'dingo-sandbox-data'

export const clusterCommand: Command = {
  path: ['cluster'],
  words: '',
  summary: 'start a cluster on this machine and run it until interrupted',
  details: `When the cluster is ready, one line of JSON with all addresses is printed to standard output. SIGINT or SIGTERM stops
it in order; a second signal ends it at once.`,
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
      help: 'coordinators listen above this port, stores 200 above them, Raft 100 above each; DingoDB’s ports if not given',
    },
    {
      name: 'mount',
      kind: 'text',
      placeholder: nodeMountKinds.join('|'),
      help: 'where each node runs: in a thread or a process of its own, or in this one’s; worker if not given',
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
    const host = await ClusterHost.open({
      env: realEnv(),
      directory: options.flag('ephemeral') ? undefined : resolve(dataDirectory ?? DEFAULT_DIRECTORY),
      topology: {
        ...(coordinators === undefined ? {} : { coordinators }),
        ...(stores === undefined ? {} : { stores }),
      },
      engine: options.choice('engine', rawEngineNames),
      mount: options.choice('mount', nodeMountKinds),
      basePort: options.wholeNumber('base-port', 1, 65_000),
      entries: { worker: resolve(__dirname, 'node-worker.cjs'), process: resolve(__dirname, 'node-process.cjs') },
    })
    try {
      await runCluster(host, world, options.flag('json'))
    } finally {
      await host.close()
    }
    return exitStatus.ok
  },
}

async function runCluster(host: ClusterHost, world: CommandWorld, json: boolean): Promise<void> {
  const { output, signal } = world
  host.subscribe((event) => {
    if (event.kind === 'warning') output.note(errorLine(event.warning, json))
  })
  const starting = host.start((progress) => {
    output.progress(progressText(progress))
  })
  // An interrupt during the start closes the host, which ends the start.
  const report = await Promise.race([starting, untilAborted(signal)])
  if (report === undefined) {
    await host.close()
    await Promise.allSettled([starting])
    return
  }
  await output.write(
    jsonLine({
      event: 'ready',
      version: program.version,
      clusterId: String(host.clusterId),
      directory: host.directory,
      ...host.addresses(),
      nodes: host.nodes().map(({ nodeId, role, name, state, mount, serverAddress, raftAddress }) => ({
        id: String(nodeId),
        role,
        name,
        state,
        mount,
        server: serverAddress,
        raft: raftAddress,
      })),
      readyMs: Math.round(report.readyMs),
      processId: process.pid,
    }),
  )
  await untilAborted(signal)
  output.note('Stopping the cluster; a second signal ends it at once.')
}

function progressText({ phase, done, total }: ClusterProgress): string {
  return `Starting the cluster: ${phase}, ${String(done)} of ${String(total)}`
}
