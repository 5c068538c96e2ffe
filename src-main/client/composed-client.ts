import type { Message } from '@bufbuild/protobuf'
import { create, toBinary } from '@bufbuild/protobuf'
import { SandboxError } from '../base/sandbox-error'
import { ContextSchema } from '../rpc/generated/dingodb/store_pb'
import type { CallObserver } from './call-observer'
import type { ClientCore } from './client-core'
import type { ComposedCall } from './composed-call'
import type { OperationOptions } from './deadline'
import { holdsKey } from './key-range'
import type { RegionRoute } from './region-route'

/** What a region answered to a composed request. */
export interface ComposedAnswer {
  readonly response: Message
  readonly bytes: Uint8Array
}

/** Sends requests that were written by hand, and has them followed. */
export class ComposedClient {
  readonly #core: ClientCore

  constructor(core: ClientCore) {
    this.#core = core
  }

  /**
   * Sends a request to the region of its keys, as often as the client sends any other. What the request says of its region's
   * id and epoch goes out as it is the first time; after a refusal the client fills in what it has learned.
   *
   * @throws SandboxError INVALID_ARGUMENT if the keys belong to several regions; what KvClient's methods throw
   */
  async run(call: ComposedCall, observer: CallObserver, options: OperationOptions = {}): Promise<ComposedAnswer> {
    const { method, effect, keys, request } = call
    const [key] = keys
    if (key === undefined) throw new SandboxError('INTERNAL', 'A composed call has a key.')
    let tries = 0
    const { response } = await this.#core.caller.call(
      {
        method,
        key,
        effect,
        observer,
        request: (context, route) => {
          checkKeys(call, route)
          tries += 1
          const written = tries === 1 ? request.context : undefined
          const filled = create(ContextSchema, context)
          if (request.context !== undefined) filled.isolationLevel = request.context.isolationLevel
          if (written !== undefined && written.regionId !== 0n) filled.regionId = written.regionId
          if (written?.regionEpoch !== undefined) filled.regionEpoch = written.regionEpoch
          return { ...request, context: filled } as Message
        },
      },
      this.#core.deadline(options),
    )
    return { response, bytes: toBinary(method.output, response) }
  }
}

function checkKeys({ method, keys }: ComposedCall, route: RegionRoute): void {
  if (keys.every((key) => holdsKey(route, key))) return
  const region = String(route.regionId)
  const message = `A ${method.input.name} goes to one region, but not all of its keys are of the region ${region}: compose one for each region.`
  throw new SandboxError('INVALID_ARGUMENT', message, { details: { field: 'json', regionId: route.regionId } })
}
