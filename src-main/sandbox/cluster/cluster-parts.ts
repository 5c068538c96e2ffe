import { SandboxError } from '../../base/sandbox-error'
import { GrpcChannels } from '../../rpc/grpc/grpc-channels'
import { InlineMount } from '../node/inline-mount'
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
  }
}
