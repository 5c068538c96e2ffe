import { SandboxError } from '../../base/sandbox-error'
import type { Env } from '../../env'
import { makeDurableDirectory } from '../../env'
import type { LockHolder } from '../../env/real'
import type { CreateNode } from './mountable-node'

/** How long a process may take to go: one that was told to go by the operating system takes a moment. */
const GONE_WITHIN_MS = 10_000
const LOOK_AGAIN_MS = 10

/** How a leftover process is found and ended; tests put others in their place. */
export interface ProcessTable {
  /** Who holds a node's folder, a Disk path. */
  holderOf(directory: string): Promise<LockHolder | undefined>
  /** Ends a process whatever it does, paused ones, too. */
  kill(pid: number): void
}

/**
 * Nodes that hold their folder for as long as they live. A node in a process of its own outlives its host for a moment, or,
 * when it was paused, for good; the next host finds it by this, see {@link endLeftoverProcess}.
 */
export function createHoldingNode(env: Env, create: CreateNode): CreateNode {
  return (config, links, listener) => {
    const node = create(config, links, listener)
    let release: () => Promise<void> = () => Promise.resolve()
    return {
      async start() {
        await makeDurableDirectory(env.disk, config.directory)
        const lock = await env.disk.lock(config.directory)
        release = () => lock.release()
        return node.start()
      },
      async stop(options) {
        try {
          await node.stop(options)
        } finally {
          await release()
        }
      },
      kill: () => node.kill(),
      pause: () => {
        node.pause()
      },
      resume: () => {
        node.resume()
      },
      setLink: (rule) => {
        node.setLink(rule)
      },
      flow: (command) => {
        node.flow(command)
      },
      status: () => node.status(),
    }
  }
}

/**
 * Ends the process of a node whose host is gone, and waits until it is gone, too: its folder and ports are free then.
 *
 * @param directory the node's folder, in a workspace that the caller holds: so whoever holds the folder has no host any more
 * @throws SandboxError DISK_LOCKED if it does not go, DISK_IO
 */
export async function endLeftoverProcess(
  { clock }: Pick<Env, 'clock'>,
  processes: ProcessTable,
  directory: string,
): Promise<void> {
  const startedMs = clock.monotonicMs()
  const killed = new Set<number>()
  for (;;) {
    const holder = await processes.holderOf(directory)
    if (holder === undefined) return
    if (clock.monotonicMs() - startedMs >= GONE_WITHIN_MS) {
      const message =
        `The process ${String(holder.pid)} of an earlier start still holds ${directory} after ` +
        `${String(GONE_WITHIN_MS)} ms. End it, then start again.`
      throw new SandboxError('DISK_LOCKED', message, { details: { directory, pid: holder.pid } })
    }
    // Where the system does not tell processes apart, the one with this id may be somebody else's: then only waiting is left.
    if (holder.isCertain && !killed.has(holder.pid)) {
      killed.add(holder.pid)
      processes.kill(holder.pid)
    }
    await clock.sleep(LOOK_AGAIN_MS)
  }
}
