import { SandboxError } from '../base/sandbox-error'
import { dingoError } from '../rpc/dingo-error'
import { Errno } from '../rpc/generated/dingodb/error_pb'

/** The store has no replica of the region. */
export function replicaNotFound(regionId: number): SandboxError {
  const message = `This store has no replica of region ${String(regionId)}: look the region up again.`
  return dingoError(Errno.ERAFT_NOT_FOUND, message, { details: { regionId } })
}

/** The replica does not lead. @param leader the store that does; 0 if nobody is known to */
export function notLeader(regionId: number, leader: number): SandboxError {
  const region = `region ${String(regionId)}`
  if (leader === 0) {
    const message = `No leader of ${region} is known to this store: try again soon, or ask another replica.`
    return dingoError(Errno.ERAFT_NOTLEADER, message, { details: { regionId } })
  }
  const message = `This store does not lead ${region}: ask store ${String(leader)}.`
  return dingoError(Errno.ERAFT_NOTLEADER, message, { storeId: leader, details: { regionId, leader } })
}

/** A region is added that is there already. */
export function regionExists(regionId: number): SandboxError {
  const message = `This store has a replica of region ${String(regionId)} already, or it is being opened or removed.`
  return dingoError(Errno.EREGION_EXIST, message, { details: { regionId } })
}

/** Nobody waits for the answer any more. */
export function givenUp(regionId: number): SandboxError {
  const message = `The request to region ${String(regionId)} was given up before it was proposed; nothing happened.`
  return new SandboxError('CANCELLED', message, { details: { regionId } })
}

/** The engine is closed. */
export function engineClosed(): SandboxError {
  return dingoError(Errno.ERAFT_NOT_FOUND, 'The engine of this store is closed: ask another replica.')
}

/** No space is left where a region's log or data is written. */
export function diskFull(regionId: number, cause: unknown): SandboxError {
  const message = `The disk of this store is full, so region ${String(regionId)} takes no writes here: free 100 MB or more and try again after some seconds, or ask another replica.`
  return dingoError(Errno.ESYSTEM_DISK_CAPACITY_FULL, message, { details: { regionId }, cause })
}

/** Whether what went wrong, or what was behind it, is that the disk had no space left. */
export function isDiskFull(thrown: unknown): boolean {
  for (let error = thrown; error instanceof Error; error = error.cause) {
    if (SandboxError.is(error, 'DISK_FULL')) return true
  }
  return false
}

/** The replica was taken down, or has ended by itself. @param failure why, if by itself */
export function replicaEnded(regionId: number, failure: SandboxError | undefined): SandboxError {
  return isDiskFull(failure) ? diskFull(regionId, failure) : replicaNotFound(regionId)
}
