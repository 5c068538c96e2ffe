import type { DescMethodUnary, Message } from '@bufbuild/protobuf'
import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import { SandboxError } from '../base/sandbox-error'
import type { Clock } from '../env'
import type { CallContext, UnaryHandler } from './call'
import { dingoError, toErrorMessage } from './dingo-error'
import { encodeInSlices } from './encode-in-slices'
import { Errno, ErrorSchema } from './generated/dingodb/error_pb'
import { callRefused, grpcStatusOf } from './grpc-status'

/**
 * A unary method as a node serves it: bytes in, bytes out, whatever carries them. Here, and only here, what a handler
 * throws becomes the `error` field of the response.
 */
export class UnaryMethod {
  readonly method: DescMethodUnary
  /** As it travels: `/dingodb.pb.store.StoreService/KvGet`. */
  readonly path: string
  /** As a CallContext names it: the path without its first slash. */
  readonly name: string
  readonly #handler: UnaryHandler<DescMethodUnary> | undefined
  readonly #hasErrorField: boolean

  constructor(method: DescMethodUnary, handler: UnaryHandler<DescMethodUnary> | undefined) {
    this.method = method
    this.name = `${method.parent.typeName}/${method.name}`
    this.path = `/${this.name}`
    this.#handler = handler
    const field = method.output.field['error']
    this.#hasErrorField = field?.fieldKind === 'message' && field.message.typeName === ErrorSchema.typeName
  }

  /** Whether somebody answers it; without a handler the answer is ENOT_SUPPORT. */
  get isServed(): boolean {
    return this.#handler !== undefined
  }

  /**
   * Answers one call.
   *
   * @param request the request's bytes; `bytes` fields of the decoded request are views of them, so they must not change
   * @param clock gives others the thread while a long response is encoded
   * @returns the response's bytes; business errors are in its `error` field
   * @throws SandboxError RPC_FAILED with `details.grpcCode` INVALID_ARGUMENT for bytes that are no such request, and for
   * every error where the response has no field for it
   */
  async answer(request: Uint8Array, call: CallContext, clock: Pick<Clock, 'atEndOfTurn'>): Promise<Uint8Array> {
    const decoded = this.#decode(request)
    try {
      if (this.#handler === undefined) throw this.#notServed()
      const response = create(this.method.output, await this.#handler(decoded, call))
      return await encodeInSlices(this.method.output, response, clock)
    } catch (thrown) {
      return this.#encodeError(thrown)
    }
  }

  #decode(request: Uint8Array): Message {
    try {
      return fromBinary(this.method.input, request)
    } catch (thrown) {
      const reason = thrown instanceof Error ? thrown.message : 'unknown reason'
      throw callRefused(
        'INVALID_ARGUMENT',
        `The ${String(request.length)} bytes that came to ${this.name} are no ${this.method.input.typeName}: ${reason}.`,
        { method: this.name },
      )
    }
  }

  #encodeError(thrown: unknown): Uint8Array {
    const error = asSandboxError(thrown, this.name)
    if (this.#hasErrorField) {
      return toBinary(this.method.output, create(this.method.output, { error: toErrorMessage(error) }))
    }
    if (error.code === 'RPC_FAILED') throw error
    throw callRefused(grpcStatusOf(error), error.message, { method: this.name, code: error.code })
  }

  #notServed(): SandboxError {
    const message = `This node does not serve ${this.name}.`
    return this.#hasErrorField
      ? dingoError(Errno.ENOT_SUPPORT, message, { details: { method: this.name } })
      : callRefused('UNIMPLEMENTED', message, { method: this.name })
  }
}

/** A handler may throw anything, also what has no text. */
function asSandboxError(thrown: unknown, method: string): SandboxError {
  try {
    return SandboxError.from(thrown)
  } catch (unprintable) {
    return new SandboxError('INTERNAL', `The handler of ${method} threw a value that cannot be shown.`, {
      cause: unprintable,
    })
  }
}
