import { dirname, resolve } from 'node:path'
import { SandboxError } from '../../base/sandbox-error'
import type { Env } from '../../env'
import { toDiskPath } from '../disk-path'
import { realEnv } from '../host-env'
import { createHoldingNode } from './leftover-process'
import type { HostMessage } from './mount-messages'
import { MountedNode } from './mounted-node'
import type { NodeConfig } from './node-config'
import { formatEndpoint, parseNodeConfig } from './node-config'
import { createNode } from './node-runtime'

const USAGE = 'Usage: node-process.cjs --config FILE'

/** A node that runs until it is told to end. */
export interface RunningNode {
  /** Ends it in order. Twice is harmless. */
  stop(): Promise<void>
  /** Resolves when it has ended, by {@link stop} or because somebody asked it over the wire; rejects with what could not be flushed. */
  readonly ended: Promise<void>
}

/**
 * Runs a node in this process.
 *
 * @param onFailure told when a part of the node fails for good
 * @throws what the start of the node throws
 */
export async function runNode(
  env: Env,
  config: NodeConfig,
  onFailure: (error: SandboxError) => void,
  onWarning: (error: SandboxError) => void,
): Promise<RunningNode> {
  let end: (stopping: Promise<void>) => void = () => undefined
  const ended = new Promise<void>((resolve) => {
    end = resolve
  })
  // Whoever looks at it later still finds the failure.
  ended.catch(() => undefined)
  const stop = () => {
    end(node.stop({ handOver: true }))
    return ended
  }
  const node = createNode(env)(config, [], {
    onFailure,
    onWarning,
    onShutdown: () => void stop(),
    // A node that stands on its own has nobody who steps it.
    onFlow: () => undefined,
  })
  await node.start()
  return { stop, ended }
}

/**
 * Reads the configuration of a node from a file. Its directory may be written as the system writes paths, and relative to
 * the file.
 *
 * @throws SandboxError INVALID_ARGUMENT, DISK_NOT_FOUND, DISK_IO
 */
export async function readNodeConfigFile(env: Pick<Env, 'disk'>, file: string): Promise<NodeConfig> {
  const path = resolve(file)
  const config = parseNodeConfig(new TextDecoder().decode(await env.disk.readFile(toDiskPath(path))))
  return { ...config, directory: toDiskPath(resolve(dirname(path), config.directory)) }
}

/** What a node in a process of its own prints, as one line of JSON, when it serves. */
export function readyLine(config: NodeConfig): string {
  const { clusterId, nodeId, role, name, server, raft } = config
  const addresses = { serverAddress: formatEndpoint(server), raftAddress: formatEndpoint(raft) }
  return JSON.stringify({ event: 'ready', clusterId, nodeId, role, name, ...addresses, processId: process.pid })
}

/** The program of a node that stands on its own: prints one line when it serves, ends on SIGINT and SIGTERM. */
export async function runStandaloneProcess(options: readonly string[]): Promise<void> {
  const complain = (error: SandboxError) => process.stderr.write(`${error.code}: ${error.message}\n`)
  try {
    const [option, file] = options
    if (option !== '--config' || file === undefined || options.length !== 2) {
      throw new SandboxError('INVALID_ARGUMENT', USAGE)
    }
    const env = realEnv()
    const config = await readNodeConfigFile(env, file)
    const node = await runNode(env, config, complain, complain)
    const stop = () => void node.stop()
    process.on('SIGINT', stop).on('SIGTERM', stop)
    process.stdout.write(`${readyLine(config)}\n`)
    await node.ended
    process.exit(0)
  } catch (thrown) {
    complain(SandboxError.from(thrown))
    process.exit(1)
  }
}

/** The program of a node that a host drives through the channel to its child. @param hostPid the host's process id */
export function runMountedProcess(hostPid: number): void {
  // Before the channel tells that the host is gone, the system knows: another process is the parent by then.
  const isOrphan = () => process.ppid !== hostPid
  const end = () => process.kill(process.pid, 'SIGKILL')
  const env = realEnv()
  const node = new MountedNode(createHoldingNode(env, createNode(env)), {
    post: (message) => {
      if (process.connected) process.send?.(message)
    },
  })
  process.on('message', (message) => {
    // It must not open what the next host is about to open.
    if (isOrphan()) end()
    node.receive(message as HostMessage)
  })
  // A host that is gone, however it went, leaves nobody who would ever end this node: it goes at once, as its host did. Not by
  // an orderly exit, which would wait for native work under way.
  process.on('disconnect', end)
  // Ctrl+C at a terminal reaches the host and its children alike; the host ends its nodes in order.
  process.on('SIGINT', () => undefined)
  process.on('SIGTERM', () => {
    node.receive({ kind: 'stop', options: { handOver: true } })
  })
  process.on('uncaughtException', (error) => {
    node.crash(error)
  })
  process.on('unhandledRejection', (reason) => {
    node.crash(reason)
  })
}
