import { isAbsolute, posix } from 'node:path'
import { SandboxError } from '../base/sandbox-error'

/**
 * An absolute path of this system in the form that Disk takes: `/` as separator everywhere.
 *
 * @throws SandboxError INVALID_ARGUMENT for a relative path, which would mean something else after a change of directory
 */
export function toDiskPath(path: string): string {
  if (!isAbsolute(path)) {
    throw new SandboxError('INVALID_ARGUMENT', `The path "${path}" is relative; an absolute path is needed here.`, {
      details: { path },
    })
  }
  return process.platform === 'win32' ? path.replaceAll('\\', '/') : path
}

/** Joins names to a Disk path. */
export function joinDiskPath(directory: string, ...names: readonly string[]): string {
  return posix.join(directory, ...names)
}
