import { parentPort } from 'node:worker_threads'
import { SandboxError } from '../../base/sandbox-error'
import { realEnv } from '../host-env'
import type { HostMessage } from './mount-messages'
import { MountedNode } from './mounted-node'
import { createNode } from './node-runtime'
import type { NodeArrival } from './node-thread'

// The program of nodes in a thread: `node-worker.cjs`.

const host = parentPort
if (host === null)
  throw new SandboxError('INVALID_ARGUMENT', 'node-worker.cjs is no program: it runs as a worker thread.')

const env = realEnv()
const nodes = new Set<MountedNode>()
host.on('message', ({ port }: NodeArrival) => {
  const node = new MountedNode(createNode(env), {
    post: (message) => {
      port.postMessage(message)
    },
  })
  nodes.add(node)
  port.on('message', (message: HostMessage) => {
    node.receive(message)
  })
  port.on('close', () => {
    nodes.delete(node)
  })
})
// Left alone, an escaped error would end the thread with native writes under way, and with it the whole program. Which node it
// escaped from cannot be told, and what they share may be broken: all of them end.
process.on('uncaughtException', (error) => {
  for (const node of nodes) node.crash(error)
})
process.on('unhandledRejection', (reason) => {
  for (const node of nodes) node.crash(reason)
})
