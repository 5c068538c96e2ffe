import { SandboxError } from '../../base/sandbox-error'
import { GrpcChannels } from '../../rpc/grpc/grpc-channels'
import { lockHolder } from '../../env/real'
import { InlineMount } from '../node/inline-mount'
import { endLeftoverProcess } from '../node/leftover-process'
import type { NodeMountKind } from '../node/node-mount'
import { createNode } from '../node/node-runtime'
import { ProcessCarrier } from '../node/process-carrier'
import { RemoteMount } from '../node/remote-mount'
import { WorkerCarrier } from '../node/worker-carrier'
import type { ClusterParts } from './cluster-host'
import type { ClusterOptions, NodeEntries } from './cluster-options'

/** What a real cluster is made of: mounted nodes, and calls by gRPC. */
export function clusterParts({ env, entries }: ClusterOptions): ClusterParts {
  const entryOf = (kind: keyof NodeEntries): string => {
    if (entries !== undefined) return entries[kind]
    throw new SandboxError('INVALID_ARGUMENT', `The mount "${kind}" needs the path of its bundled program.`)
  }
  return {
    createMount(kind: NodeMountKind, listener) {
      switch (kind) {
        case 'inline':
          return new InlineMount(createNode(env), listener)
        case 'worker':
          return new RemoteMount(env.clock, new WorkerCarrier(entryOf('worker')), listener)
        case 'process':
          return new RemoteMount(env.clock, new ProcessCarrier(entryOf('process')), listener)
      }
    },
    createChannels: () => new GrpcChannels({ env }),
    async clearAway(nodeDirectories) {
      const processes = { holderOf: lockHolder, kill: endProcess }
      await Promise.all(nodeDirectories.map((directory) => endLeftoverProcess(env, processes, directory)))
    },
  }
}

function endProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It went by itself in this moment, or belongs to another user: whether it is gone is looked at afterwards.
  }
}
