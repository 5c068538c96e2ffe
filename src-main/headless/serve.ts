import { assetsOnDisk } from '../api/assets'
import { openDoor } from '../api/door'
import type { Env } from '../sandbox/host-env'
import { toDiskPath } from '../sandbox/disk-path'
import { openSandbox } from '../sandbox/open-sandbox'
import { listenHttp } from './http-host'

export interface ServeOptions {
  readonly bindHost: string
  /** 0 for any free port. */
  readonly port: number
  /** Directories are absolute, in the system's own notation. */
  readonly workspaceDirectory: string
  readonly userDataDirectory: string
  readonly rendererDirectory: string
  readonly report: (error: unknown, where: string) => void
}

export interface HeadlessHost {
  /** Where a browser finds the screens, token included. */
  readonly address: string
  readonly port: number
  readonly workspaceDirectory: string
  /** Tells the pages, then closes the port and the sandbox. Twice is harmless. */
  stop(): Promise<void>
}

/** How long the word that the host ends may take to reach the pages, in ms. */
const FAREWELL_MS = 100

/**
 * Opens the sandbox and serves its screens over HTTP.
 *
 * @throws SandboxError WORKSPACE_NOT_USABLE, DISK_LOCKED, DISK_IO, NETWORK_ADDRESS_IN_USE
 */
export async function serve(env: Env, options: ServeOptions): Promise<HeadlessHost> {
  const sandbox = await openSandbox(env, { host: 'headless', ...options })
  const assets = assetsOnDisk(env.disk, toDiskPath(options.rendererDirectory))
  const door = openDoor({ sandbox, assets, report: options.report })
  try {
    const http = await listenHttp(door, options)
    let stopped: Promise<void> | undefined
    const stop = async () => {
      door.announceStop()
      await env.clock.sleep(FAREWELL_MS)
      door.close()
      await http.close()
      await sandbox.close()
    }
    return {
      address: http.address,
      port: http.port,
      workspaceDirectory: sandbox.workspace.directory,
      stop: () => (stopped ??= stop()),
    }
  } catch (error) {
    door.close()
    await sandbox.close()
    throw error
  }
}
