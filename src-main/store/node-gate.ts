import type { DescService } from '@bufbuild/protobuf'
import type { ServiceHandlers } from '../rpc/call'
import { dingoError } from '../rpc/dingo-error'
import { Errno } from '../rpc/generated/dingodb/error_pb'

/** Whether a node answers: not yet, as it should, no more, or not at all, as if its process had died. */
export type GateState = 'starting' | 'open' | 'stopped' | 'silent'

type AnyHandler = (request: unknown, call: unknown) => unknown

const never = new Promise<never>(() => undefined)

/** Stands before the handlers of a node, so that nobody is told "no such region" by a store that has not looked yet. */
export class NodeGate {
  #state: GateState = 'starting'

  get state(): GateState {
    return this.#state
  }

  /** Moves on; a gate that is silent stays so. */
  set(state: GateState): void {
    if (this.#state !== 'silent') this.#state = state
  }

  /** The same handlers behind this gate. While it is not open they answer EREGION_UNAVAILABLE; once it is silent they never answer. */
  guard<Service extends DescService>(handlers: ServiceHandlers<Service>): ServiceHandlers<Service> {
    const guarded: Record<string, AnyHandler> = {}
    for (const [name, handler] of Object.entries(handlers as Readonly<Record<string, AnyHandler | undefined>>)) {
      if (handler !== undefined) guarded[name] = (request, call) => this.#pass(() => handler(request, call))
    }
    return guarded as ServiceHandlers<Service>
  }

  #pass(handle: () => unknown): unknown {
    if (this.#state === 'silent') return never
    if (this.#state !== 'open') throw closed(this.#state)
    const answer = handle()
    if (!(answer instanceof Promise)) return answer
    return answer.then(
      (value: unknown) => (this.#state === 'silent' ? never : value),
      (thrown: unknown) => {
        if (this.#state === 'silent') return never
        throw thrown
      },
    )
  }
}

function closed(state: GateState): Error {
  const what = state === 'starting' ? 'is still starting' : 'has stopped'
  return dingoError(Errno.EREGION_UNAVAILABLE, `This store ${what}: try again soon, or ask another replica.`)
}
