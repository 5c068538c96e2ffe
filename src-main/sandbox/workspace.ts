import { isAbsolute, join, resolve } from 'node:path'
import { SandboxError } from '../base/sandbox-error'
import type { Disk } from '../env'
import { toDiskPath } from './disk-path'

/** The environment variable that names the workspace folder when the command line does not. */
export const WORKSPACE_VARIABLE = 'DINGO_SANDBOX_WORKSPACE'

/** Where a workspace folder may be named, the strongest first. */
export interface WorkspaceChoice {
  /** `--workspace DIR`; relative to `workingDirectory`. */
  readonly option: string | undefined
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Absolute. */
  readonly workingDirectory: string
}

/** The workspace folder that was asked for, absolute: by the option, else by the environment. */
export function namedWorkspaceDirectory(choice: WorkspaceChoice): string | undefined {
  const named = choice.option || choice.environment[WORKSPACE_VARIABLE]
  if (!named) return undefined
  return isAbsolute(named) ? named : resolve(choice.workingDirectory, named)
}

/** The folder of the workspace of those who never named one, in the user's data directory. */
export function defaultWorkspaceDirectory(userDataDirectory: string): string {
  return join(userDataDirectory, 'workspace')
}

/** A workspace folder that this process holds. */
export interface Workspace {
  /** Absolute, in the system's own notation, for showing. */
  readonly directory: string
  /** Lets another process have it. Twice is harmless. */
  close(): Promise<void>
}

/**
 * Makes the folder if need be and takes it for this process: two hosts in one workspace would write over each other.
 *
 * @param directory absolute, in the system's own notation
 * @throws SandboxError WORKSPACE_NOT_USABLE (not a folder, or it cannot be made), DISK_LOCKED (in use)
 */
export async function openWorkspace(disk: Disk, directory: string): Promise<Workspace> {
  const path = toDiskPath(directory)
  const found = await disk.status(path)
  if (found?.kind === 'file') throw notUsable(directory, 'it is a file')
  if (found === undefined) {
    try {
      await disk.makeDirectory(path)
    } catch (cause) {
      throw notUsable(directory, 'it cannot be made', cause)
    }
  }
  const lock = await disk.lock(path)
  return { directory, close: () => lock.release() }
}

function notUsable(directory: string, reason: string, cause?: unknown): SandboxError {
  const because = cause === undefined ? reason : `${reason} (${SandboxError.from(cause).message})`
  return new SandboxError(
    'WORKSPACE_NOT_USABLE',
    `The workspace folder ${directory} cannot be used: ${because}. Name another one with --workspace DIR.`,
    { details: { directory }, cause },
  )
}
