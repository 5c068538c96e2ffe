import { create } from '@bufbuild/protobuf'
import { dingoError, errnoOf } from '../../rpc/dingo-error'
import { Errno } from '../../rpc/generated/dingodb/error_pb'
import { MetaService, TsoOpType, TsoRequestSchema } from '../../rpc/generated/dingodb/meta_pb'
import type { RpcChannel } from '../../rpc/rpc-channel'

/** Bits of a timestamp that count within one ms: the rest is ms since the TSO's own origin (dingodb.md 3.6). */
export const LOGICAL_BITS = 18n

/** Timestamps in a row: `first` to `first + count - 1`. */
export interface TimestampBatch {
  readonly first: bigint
  readonly count: number
}

/** Where batches of timestamps come from. */
export interface TimestampSource {
  /**
   * A batch above all that was ever handed out in the cluster, of at most so many; tried once.
   *
   * @throws SandboxError whatever says why there is none now
   */
  fetch(count: number, options: { readonly timeoutMs: number; readonly signal: AbortSignal }): Promise<TimestampBatch>
}

/**
 * The coordinators' timestamp oracle (meta.proto, TsoService).
 *
 * @param coordinators a channel that finds their leader, CoordinatorChannel in a node
 */
export function coordinatorTimestampSource(coordinators: Pick<RpcChannel, 'unary'>): TimestampSource {
  return {
    async fetch(count, options) {
      const request = create(TsoRequestSchema, { opType: TsoOpType.OP_GEN_TSO, count: BigInt(count) })
      const response = await coordinators.unary(MetaService.method.tsoService, request, options)
      const { error, startTimestamp } = response
      if (error !== undefined && error.errcode !== Errno.OK) throw dingoError(error.errcode, error.errmsg)
      const granted = Number(response.count)
      if (startTimestamp === undefined || !Number.isSafeInteger(granted) || granted <= 0) {
        const message = 'The coordinator answered a request for timestamps without any: look at its log.'
        throw dingoError(Errno.ETSO_NOT_AVAILABLE, message)
      }
      return { first: (startTimestamp.physical << LOGICAL_BITS) + startTimestamp.logical, count: granted }
    },
  }
}

/** What stands for an error in one sentence of another. */
export function describeFailure(thrown: unknown): string {
  const errno = errnoOf(thrown)
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  return errno === undefined ? message : `${Errno[errno]}: ${message}`
}
