import type { ErrorCode } from '../base/error-codes'
import { errorCodes } from '../base/error-codes'
import { SandboxError } from '../base/sandbox-error'

/** The codes of a failed disk operation. */
export type DiskErrorCode = Extract<ErrorCode, `DISK_${string}`>

/** What one asks a disk to do, as faults, traces and error sentences name it. */
export type DiskOperation =
  | 'open'
  | 'create'
  | 'read'
  | 'write'
  | 'truncate'
  | 'sync'
  | 'size'
  | 'close'
  | 'rename'
  | 'remove'
  | 'list'
  | 'make-directory'
  | 'status'
  | 'capacity'
  | 'sync-directory'
  | 'lock'

/** The error of a failed disk operation; its sentence and details name operation and path. */
export function diskError(
  code: DiskErrorCode,
  operation: DiskOperation,
  path: string,
  reason: string = errorCodes[code],
  cause?: unknown,
): SandboxError {
  return new SandboxError(code, `The disk operation "${operation}" on ${path} failed: ${reason}.`, {
    details: { operation, path },
    ...(cause !== undefined && { cause }),
  })
}

/** @throws SandboxError INVALID_ARGUMENT unless the value is a whole number of bytes from 0 up */
export function checkByteCount(value: number, what: string, path: string): void {
  if (Number.isSafeInteger(value) && value >= 0) return
  throw new SandboxError(
    'INVALID_ARGUMENT',
    `The ${what} in ${path} must be a whole number of bytes from 0 up, but it is ${String(value)}.`,
    { details: { path } },
  )
}

/** @throws SandboxError INVALID_ARGUMENT when a handle that was opened read-only is asked to change its file */
export function checkWritable(readOnly: boolean, operation: DiskOperation, path: string): void {
  if (!readOnly) return
  throw new SandboxError(
    'INVALID_ARGUMENT',
    `The disk operation "${operation}" on ${path} needs a writable handle, but it was opened read-only.`,
    { details: { operation, path } },
  )
}

/** @throws SandboxError INVALID_ARGUMENT for a read-only open that would create the file */
export function checkOpenOptions(options: { readonly mode: string; readonly readOnly?: boolean }, path: string): void {
  if (options.readOnly !== true || options.mode === 'open') return
  throw new SandboxError('INVALID_ARGUMENT', `A read-only open of ${path} cannot create it: use the mode "open".`, {
    details: { path },
  })
}
