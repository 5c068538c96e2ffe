import { defaultWorkspaceDirectory, namedWorkspaceDirectory } from '../workspace'
import type { ClusterSession } from './cluster-session'
import type { OpenRequest } from './session-view'
import type { StartOptions } from './start-options'

/** Where a program starts. Directories are absolute, in the system's own notation. */
export interface StartSurroundings {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly workingDirectory: string
  /** Holds the default workspace. */
  readonly userDataDirectory: string
}

/**
 * What a program opens when it starts: the workspace that was named, else the one that was used last, else the default one.
 *
 * @throws SandboxError DISK_IO
 */
export async function startRequest(
  session: ClusterSession,
  options: StartOptions,
  { environment, workingDirectory, userDataDirectory }: StartSurroundings,
): Promise<OpenRequest> {
  const { workspace, isEphemeral, topology, engine, basePort } = options
  const cluster = { topology, engine, basePort }
  if (isEphemeral) return { where: { kind: 'ephemeral' }, ...cluster }
  const directory =
    namedWorkspaceDirectory({ option: workspace, environment, workingDirectory }) ??
    (await lastUsedDirectory(session)) ??
    defaultWorkspaceDirectory(userDataDirectory)
  return { where: { kind: 'directory', directory }, ...cluster }
}

/** A folder that is gone is passed over; one that cannot be opened is not: its person is told why. */
async function lastUsedDirectory(session: ClusterSession): Promise<string | undefined> {
  const recent = await session.recent()
  return recent.find(({ state }) => state !== 'missing')?.directory
}
