import type { SandboxError } from '../../base/sandbox-error'
import type { DiskErrorCode, DiskOperation } from '../disk-error'
import { diskError } from '../disk-error'

/** What the operating system's error names mean to a caller; everything else is DISK_IO. */
const CODE_OF: Readonly<Record<string, DiskErrorCode>> = {
  ENOENT: 'DISK_NOT_FOUND',
  // A file stands where a directory is needed; Windows reports that as ENOENT.
  ENOTDIR: 'DISK_NOT_FOUND',
  EEXIST: 'DISK_ALREADY_EXISTS',
  ENOTEMPTY: 'DISK_ALREADY_EXISTS',
  ENOSPC: 'DISK_FULL',
  EDQUOT: 'DISK_FULL',
}

/** The operating system's name of an error, such as ENOENT; undefined for other errors. */
export function systemErrorName(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}

/** Turns what a call of the file system threw into one of ours. */
export function diskIoError(operation: DiskOperation, path: string, error: unknown): SandboxError {
  const name = systemErrorName(error)
  const known = name === undefined ? undefined : CODE_OF[name]
  if (known !== undefined) return diskError(known, operation, path, undefined, error)
  const reason = error instanceof Error ? error.message : String(error)
  return diskError('DISK_IO', operation, path, `the operating system reports "${reason}"`, error)
}
