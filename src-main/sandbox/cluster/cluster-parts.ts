import { availableParallelism } from 'node:os'
import { SandboxError } from '../../base/sandbox-error'
import { GrpcChannels } from '../../rpc/grpc/grpc-channels'
import { lockHolder } from '../../env/real'
import { InlineMount } from '../node/inline-mount'
import { endLeftoverProcess } from '../node/leftover-process'
import type { NodeMountKind } from '../node/node-mount'
import { createNode } from '../node/node-runtime'
import { NodeThread } from '../node/node-thread'
import { ProcessCarrier } from '../node/process-carrier'
import { RemoteMount } from '../node/remote-mount'
import { WorkerCarrier } from '../node/worker-carrier'
import type { ClusterParts } from './cluster-host'
import type { ClusterOptions, NodeEntries } from './cluster-options'

/**
 * Threads that can run at the same time beside the host's own. More of them than that would only take turns, and each has
 * a heap and compiled code of its own: on two processors six nodes in one thread come up in half of the time of six in six,
 * with half of the memory, and put more (docs/cluster-host.md).
 */
export function defaultThreads(): number {
  return Math.max(1, availableParallelism() - 1)
}

/**
 * What a real cluster is made of: mounted nodes, and calls by gRPC.
 *
 * @throws SandboxError INVALID_ARGUMENT if the number of threads is none
 */
export function clusterParts({ env, entries, threads: threadCount = defaultThreads() }: ClusterOptions): ClusterParts {
  if (!Number.isInteger(threadCount) || threadCount < 1) {
    const message = `Nodes run in one thread or more, not in ${String(threadCount)}: give a whole number from 1 up.`
    throw new SandboxError('INVALID_ARGUMENT', message, { details: { threads: threadCount } })
  }
  const threads = new Map<number, NodeThread>()
  const threadOf = (place: number): NodeThread => {
    const index = place % threadCount
    const thread = threads.get(index) ?? new NodeThread(entryOf('worker'))
    threads.set(index, thread)
    return thread
  }
  const entryOf = (kind: keyof NodeEntries): string => {
    if (entries !== undefined) return entries[kind]
    throw new SandboxError('INVALID_ARGUMENT', `The mount "${kind}" needs the path of its bundled program.`)
  }
  return {
    createMount(kind: NodeMountKind, place, listener) {
      switch (kind) {
        case 'inline':
          return new InlineMount(createNode(env), listener)
        case 'worker':
          return new RemoteMount(env.clock, new WorkerCarrier(threadOf(place)), listener)
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
