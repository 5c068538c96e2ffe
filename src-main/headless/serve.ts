import { assetsOnDisk } from '../api/assets'
import { SandboxError } from '../base/sandbox-error'
import type { Door } from '../api/door'
import { openDoor } from '../api/door'
import type { Env } from '../sandbox/host-env'
import { toDiskPath } from '../sandbox/disk-path'
import type { NodeEntries } from '../sandbox/cluster/cluster-options'
import { logDefect } from '../sandbox/log/log-defect'
import type { ProgramLog } from '../sandbox/log/program-log'
import { openSandbox } from '../sandbox/open-sandbox'
import type { Sandbox } from '../sandbox/sandbox'
import { closeInTime } from '../sandbox/session/close-in-time'
import { openAtStart } from '../sandbox/session/open-at-start'
import type { StartOptions } from '../sandbox/session/start-options'
import type { StartSurroundings } from '../sandbox/session/start-request'
import type { HttpHost } from './http-host'
import { listenHttp } from './http-host'

export interface ServeOptions {
  readonly bindHost: string
  /** 0 for any free port. */
  readonly port: number
  readonly start: StartOptions
  readonly surroundings: StartSurroundings
  /** Absolute, in the system's own notation. */
  readonly rendererDirectory: string
  readonly entries: NodeEntries
  /** Where the lessons lie. */
  readonly lessonsDirectory: string
  readonly report: (error: unknown, where: string) => void
  /** Told once of the program's log, before anything is opened that may fail. */
  readonly onLog: (log: ProgramLog) => void
}

export interface HeadlessHost {
  /** Where a browser finds the screens, token included. */
  readonly address: string
  readonly port: number
  /** Undefined if it opened none, or one that is forgotten at the end. */
  readonly workspaceDirectory: string | undefined
  /**
   * Ends the cluster in order, tells the pages, and closes the port. Twice is harmless.
   *
   * @throws SandboxError CLUSTER_NOT_ENDED after a while: what is left then is left
   */
  stop(): Promise<void>
}

/** How long the word that the host ends may take to reach the pages, in ms. */
const FAREWELL_MS = 100

/**
 * Opens the sandbox and serves its screens over HTTP, while its cluster comes up.
 *
 * @param stopping aborts when the host is to end. Until this resolves it ends what has begun; afterwards the host's own `stop` does.
 * @throws SandboxError CANCELLED when `stopping` aborts first, CLUSTER_NOT_ENDED if that takes too long; what ClusterSession.open
 *   throws, DISK_IO, NETWORK_ADDRESS_IN_USE
 */
export async function serve(env: Env, options: ServeOptions, stopping: AbortSignal): Promise<HeadlessHost> {
  const { start, surroundings, entries, lessonsDirectory } = options
  const { userDataDirectory } = surroundings
  const sandbox = await openSandbox(env, { host: 'headless', userDataDirectory, entries, lessonsDirectory })
  options.onLog(sandbox.log)
  const assets = assetsOnDisk(env.disk, toDiskPath(options.rendererDirectory))
  const door = openDoor({
    sandbox,
    assets,
    report(error, where) {
      logDefect(sandbox.log, error, where)
      options.report(error, where)
    },
  })
  // An opening that is under way ends by that at once. How it ends is told by the wait for the end below.
  const giveUp = () => void sandbox.session.close().catch(() => undefined)
  stopping.addEventListener('abort', giveUp)
  let http: HttpHost | undefined
  try {
    await openAtStart(sandbox.session, start, surroundings, stopping)
    http = await listenHttp(door, options)
    if (stopping.aborted) throw new SandboxError('CANCELLED', 'The host ends before it served its screens.')
  } catch (error) {
    door.close()
    await http?.close()
    await closeInTime(sandbox, env.clock)
    throw error
  } finally {
    stopping.removeEventListener('abort', giveUp)
  }
  return hostOf(sandbox, door, http)
}

function hostOf(sandbox: Sandbox, door: Door, http: HttpHost): HeadlessHost {
  const { clock } = sandbox.env
  let stopped: Promise<void> | undefined
  const stop = async () => {
    try {
      // The pages follow this by the session's phase.
      await closeInTime(sandbox, clock)
    } finally {
      door.announceStop()
      await clock.sleep(FAREWELL_MS)
      door.close()
      await http.close()
    }
  }
  return {
    address: http.address,
    port: http.port,
    workspaceDirectory: sandbox.session.view.workspace?.directory,
    stop: () => (stopped ??= stop()),
  }
}
