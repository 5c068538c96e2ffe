import { SandboxError } from '../../base/sandbox-error'
import type { Clock } from '../../env'
import type { NodeId } from '../../raft/core/model/node-id'
import { StoreState } from '../../rpc/generated/dingodb/common_pb'
import { CoordinatorService } from '../../rpc/generated/dingodb/coordinator_pb'
import { Errno } from '../../rpc/generated/dingodb/error_pb'
import type { RpcChannels } from '../../rpc/rpc-channel'

/** What is waited for. */
export interface ReadinessQuestion {
  readonly clock: Clock
  readonly channels: RpcChannels
  /** `host:port` of the coordinators that serve. */
  readonly coordinators: readonly string[]
  /** The stores that serve, with the `host:port` that they should be known by. */
  readonly stores: ReadonlyMap<NodeId, string>
  readonly deadlineMs: number
  /** Ends the wait: CANCELLED. */
  readonly signal: AbortSignal
  /** The coordinators have a leader, which knows so many of the stores; called again when that number grows. */
  readonly onStores: (registered: number) => void
}

/** Between two looks. Short beside the time that an election takes, long beside a call. */
const LOOK_AGAIN_MS = 20
/** A coordinator that does not answer within it is asked again in the next round. */
const ANSWER_WITHIN_MS = 1_000

/**
 * Resolves when the coordinators have a leader and it knows every store as NORMAL, at the address at which it serves now.
 *
 * @throws SandboxError CLUSTER_NOT_READY after the deadline, CANCELLED
 */
export async function awaitReadiness(question: ReadinessQuestion): Promise<void> {
  const { clock, stores, deadlineMs, signal, onStores } = question
  const startedMs = clock.monotonicMs()
  let registered = -1
  let lastError: SandboxError | undefined
  while (clock.monotonicMs() - startedMs < deadlineMs) {
    try {
      const known = await registeredStores(question)
      if (known > registered) onStores((registered = known))
      if (known === stores.size) return
    } catch (thrown) {
      lastError = SandboxError.from(thrown)
    }
    await clock.sleep(LOOK_AGAIN_MS, signal)
  }
  const reason =
    registered < 0
      ? `the coordinators have no leader${lastError === undefined ? '' : ` (${lastError.message})`}`
      : `${String(registered)} of ${String(stores.size)} stores are registered`
  const message = `The cluster is not ready after ${String(deadlineMs)} ms: ${reason}. See the states of its nodes.`
  throw new SandboxError('CLUSTER_NOT_READY', message, { details: { deadlineMs, registered }, cause: lastError })
}

/** Asks all coordinators at once; the one that leads answers. @throws SandboxError if none does */
async function registeredStores({ channels, coordinators, stores, signal }: ReadinessQuestion): Promise<number> {
  const questions = coordinators.map(async (address) => {
    const options = { timeoutMs: ANSWER_WITHIN_MS, signal }
    const answer = await channels.to(address).unary(CoordinatorService.method.getStoreMap, { epoch: 0n }, options)
    const errcode = answer.error?.errcode ?? Errno.OK
    if (errcode !== Errno.OK) throw new SandboxError('DINGODB_ERROR', answer.error?.errmsg ?? Errno[errcode])
    const known = answer.storemap?.stores ?? []
    return known.filter(({ id, state, serverLocation }) => {
      const address = stores.get(Number(id))
      const knownAddress = `${serverLocation?.host ?? ''}:${String(serverLocation?.port ?? 0)}`
      return state === StoreState.STORE_NORMAL && address === knownAddress
    }).length
  })
  try {
    return await Promise.any(questions)
  } catch (thrown) {
    throw thrown instanceof AggregateError ? SandboxError.from(thrown.errors[0]) : thrown
  }
}
