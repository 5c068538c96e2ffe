import type { Env } from '../env'
import { joinDiskPath, toDiskPath } from './disk-path'
import { openPreferences } from './preferences'
import type { HostKind } from './program'
import { describeRuntime } from './program'
import { createRawEngineRegistry } from './raw-engine-registry'
import { rawEngines } from './raw-engines'
import type { Sandbox } from './sandbox'
import { absentPart } from './session/absent-parts'
import type { ClusterSession } from './session/cluster-session'
import { openWorkspace } from './workspace'

/** What a host decides before it opens the sandbox. Directories are absolute, in the system's own notation. */
export interface SandboxOptions {
  readonly host: HostKind
  readonly workspaceDirectory: string
  readonly userDataDirectory: string
}

/**
 * Opens the sandbox of one host process.
 *
 * @throws SandboxError WORKSPACE_NOT_USABLE, DISK_LOCKED, DISK_IO
 */
export async function openSandbox(env: Env, options: SandboxOptions): Promise<Sandbox> {
  const workspace = await openWorkspace(env.disk, options.workspaceDirectory)
  try {
    const userData = toDiskPath(options.userDataDirectory)
    await env.disk.makeDirectory(userData)
    return {
      env,
      host: options.host,
      runtime: describeRuntime(),
      workspace,
      engines: createRawEngineRegistry(rawEngines),
      preferences: await openPreferences(env.disk, joinDiskPath(userData, 'preferences.json')),
      session: absentPart<ClusterSession>(),
      views: {
        inspection: absentPart(),
        tables: absentPart(),
        keyspace: absentPart(),
        metrics: absentPart(),
        overviewWatch: absentPart(),
      },
      close: () => workspace.close(),
    }
  } catch (error) {
    await workspace.close()
    throw error
  }
}
