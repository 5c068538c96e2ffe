import { parentPort, workerData } from 'node:worker_threads'
import { SandboxError } from '../../base/sandbox-error'
import { realEnv } from '../host-env'
import type { HostMessage } from './mount-messages'
import { MountedNode } from './mounted-node'
import { createNode } from './node-runtime'
import { PauseFlag } from './pause-flag'
import type { NodeWorkerData } from './worker-carrier'

// The program of a node in a thread of its own: `node-worker.cjs`.

const host = parentPort
if (host === null)
  throw new SandboxError('INVALID_ARGUMENT', 'node-worker.cjs is no program: it runs as a worker thread.')

const pauseFlag = new PauseFlag((workerData as NodeWorkerData).pauseFlag)
const node = new MountedNode(createNode(realEnv()), {
  post: (message) => {
    host.postMessage(message)
  },
  standStill: () => pauseFlag.standStill(),
})
host.on('message', (message: HostMessage) => {
  node.receive(message)
})
// Left alone, an escaped error would end the thread with native writes under way, and with it the whole program.
process.on('uncaughtException', (error) => {
  node.crash(error)
})
process.on('unhandledRejection', (reason) => {
  node.crash(reason)
})
