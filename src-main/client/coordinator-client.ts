import type { DescMessage, DescMethodUnary, MessageInitShape, MessageShape } from '@bufbuild/protobuf'
import { SandboxError } from '../base/sandbox-error'
import type { ClientCore } from './client-core'
import type { Deadline } from './deadline'

/**
 * One call to the leader of the coordinators within an operation, repeated until it is answered or the deadline passes.
 *
 * @throws SandboxError RPC_UNAVAILABLE, RPC_DEADLINE_EXCEEDED, CANCELLED, RPC_FAILED, CLIENT_READ_ONLY, DINGODB_ERROR
 */
export function callCoordinators<Input extends DescMessage, Output extends DescMessage>(
  core: ClientCore,
  method: DescMethodUnary<Input, Output>,
  request: MessageInitShape<Input>,
  deadline: Deadline,
): Promise<MessageShape<Output>> {
  return core.coordinators.call(method, request, deadline.callOptions())
}

/**
 * The same for a call that changes the cluster, and that changes nothing more when it is repeated.
 *
 * @throws SandboxError CLIENT_OUTCOME_UNKNOWN in place of the errors that leave open whether it was done
 */
export async function changeByCoordinators<Input extends DescMessage, Output extends DescMessage>(
  core: ClientCore,
  method: DescMethodUnary<Input, Output>,
  request: MessageInitShape<Input>,
  deadline: Deadline,
): Promise<MessageShape<Output>> {
  try {
    return await callCoordinators(core, method, request, deadline)
  } catch (thrown) {
    const { code, details, message } = SandboxError.from(thrown)
    const mayBeDone = code === 'RPC_DEADLINE_EXCEEDED' || (code === 'RPC_UNAVAILABLE' && details.sent !== false)
    if (!mayBeDone) throw thrown
    throw new SandboxError(
      'CLIENT_OUTCOME_UNKNOWN',
      `${method.name} may or may not have been done: look at the cluster to learn which. The last answer was: ${message}`,
      { details: { method: method.name }, cause: thrown },
    )
  }
}
