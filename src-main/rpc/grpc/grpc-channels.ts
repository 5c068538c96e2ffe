import type { DescMessage, DescMethodUnary, MessageInitShape, MessageShape } from '@bufbuild/protobuf'
import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import type { ClientOptions, ClientUnaryCall } from '@grpc/grpc-js'
import { Client, credentials, Metadata } from '@grpc/grpc-js'
import type { SandboxError } from '../../base/sandbox-error'
import type { Clock } from '../../env'
import {
  callCancelled,
  DEFAULT_CALL_TIMEOUT_MS,
  DEFAULT_MAX_MESSAGE_BYTES,
  messageTooLarge,
  methodName,
  nodeUnavailable,
} from '../call-errors'
import { decodeInSlices, SLICE_BYTES } from '../decode-in-slices'
import { callRefused } from '../grpc-status'
import type { CallOptions, RpcChannel, RpcChannels } from '../rpc-channel'
import { checkTraceId, TRACE_ID_HEADER } from '../trace-id'
import { asBuffer, asBytes } from './byte-view'
import { checkAddress } from './check-address'
import { callFailure } from './call-failure'
import { connectionOptions } from './connection-options'

/** What {@link GrpcChannels} need. */
export interface GrpcChannelsOptions {
  readonly env: { readonly clock: Clock }
  /** Ms after which a call without its own time-out is given up. Default 30 s. */
  readonly timeoutMs?: number
  /** The longest message in either direction. Default 64 MiB. */
  readonly maxMessageBytes?: number
  /** Ms after which a silent connection with calls under way is pinged, and then given up. Default 10 s each. */
  readonly keepAliveMs?: number
}

/** Calls to nodes over gRPC without TLS, one connection an address. */
export class GrpcChannels implements RpcChannels {
  readonly #clock: Clock
  readonly #timeoutMs: number
  readonly #maxMessageBytes: number
  readonly #keepAliveMs: number | undefined
  readonly #channels = new Map<string, GrpcChannel>()
  #isClosed = false

  constructor(options: GrpcChannelsOptions) {
    this.#clock = options.env.clock
    this.#timeoutMs = options.timeoutMs ?? DEFAULT_CALL_TIMEOUT_MS
    this.#maxMessageBytes = options.maxMessageBytes ?? DEFAULT_MAX_MESSAGE_BYTES
    this.#keepAliveMs = options.keepAliveMs
  }

  /** @throws SandboxError INVALID_ARGUMENT if the address is not `host:port` */
  to(address: string): RpcChannel {
    let channel = this.#channels.get(address)
    if (channel === undefined) {
      checkAddress(address)
      channel = new GrpcChannel(address, this.#clock, this.#timeoutMs, this.#maxMessageBytes, this.#keepAliveMs)
      if (this.#isClosed) channel.close()
      this.#channels.set(address, channel)
    }
    return channel
  }

  close(): Promise<void> {
    this.#isClosed = true
    for (const channel of this.#channels.values()) channel.close()
    return Promise.resolve()
  }
}

class GrpcChannel implements RpcChannel {
  readonly address: string
  readonly #clock: Clock
  readonly #timeoutMs: number
  readonly #maxMessageBytes: number
  readonly #connection: ClientOptions
  readonly #calls = new Set<ClientUnaryCall>()
  /** Made at the first call. */
  #client: Client | undefined
  #isClosed = false

  constructor(
    address: string,
    clock: Clock,
    timeoutMs: number,
    maxMessageBytes: number,
    keepAliveMs: number | undefined,
  ) {
    this.address = address
    this.#clock = clock
    this.#timeoutMs = timeoutMs
    this.#maxMessageBytes = maxMessageBytes
    this.#connection = connectionOptions(maxMessageBytes, keepAliveMs)
  }

  unary<Input extends DescMessage, Output extends DescMessage>(
    method: DescMethodUnary<Input, Output>,
    request: MessageInitShape<Input>,
    options: CallOptions = {},
  ): Promise<MessageShape<Output>> {
    return new Promise((resolve, reject) => {
      const { timeoutMs = this.#timeoutMs, untimed = false, traceId, signal } = options
      const name = methodName(method)
      const bytes = toBinary(method.input, create(method.input, request))
      if (this.#isClosed) throw nodeUnavailable(this.address, name, false, 'the channels were closed')
      if (signal?.aborted === true) throw callCancelled(this.address, name)
      if (bytes.length > this.#maxMessageBytes) {
        throw messageTooLarge('request', name, bytes.length, this.#maxMessageBytes)
      }
      this.#client ??= new Client(this.address, credentials.createInsecure(), this.#connection)
      const deadline = untimed ? Infinity : this.#clock.wallTimeMs() + timeoutMs
      const call = this.#client.makeUnaryRequest(
        `/${name}`,
        asBuffer,
        asBytes,
        bytes,
        traceId === undefined ? noMetadata : tracedBy(traceId),
        { deadline },
        (error, response) => {
          this.#calls.delete(call)
          signal?.removeEventListener('abort', giveUp)
          if (error === null) {
            this.#decode(method, response ?? new Uint8Array(0), resolve, reject)
          } else if (this.#isClosed) {
            reject(nodeUnavailable(this.address, name, true, 'the channels were closed', error))
          } else {
            reject(
              callFailure(error, {
                address: this.address,
                method: name,
                timeoutMs,
                isGivenUp: signal?.aborted === true,
              }),
            )
          }
        },
      )
      const giveUp = (): void => {
        call.cancel()
      }
      this.#calls.add(call)
      signal?.addEventListener('abort', giveUp, { once: true })
    })
  }

  /** A long answer takes several turns, and a short one none. What throws in a callback of the library would reach nobody. */
  #decode<Output extends DescMessage>(
    method: DescMethodUnary<DescMessage, Output>,
    response: Uint8Array,
    resolve: (message: MessageShape<Output>) => void,
    reject: (thrown: unknown) => void,
  ): void {
    const refuse = (thrown: unknown): void => {
      reject(undecodable(method, response, this.address, thrown))
    }
    if (response.length > SLICE_BYTES) {
      decodeInSlices(method.output, response, this.#clock).then(resolve, refuse)
      return
    }
    try {
      resolve(fromBinary(method.output, response))
    } catch (thrown) {
      refuse(thrown)
    }
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    for (const call of this.#calls) call.cancel()
    this.#client?.close()
  }
}

/** The library copies what it is given before it adds to it. */
const noMetadata = new Metadata()

/** @throws SandboxError INVALID_ARGUMENT */
function tracedBy(traceId: string): Metadata {
  checkTraceId(traceId)
  const metadata = new Metadata()
  metadata.set(TRACE_ID_HEADER, traceId)
  return metadata
}

function undecodable(method: DescMethodUnary, response: Uint8Array, address: string, thrown: unknown): SandboxError {
  const reason = thrown instanceof Error ? thrown.message : 'unknown reason'
  const message = `The ${String(response.length)} bytes that ${address} answered to ${methodName(method)} are no ${method.output.typeName}: ${reason}.`
  return callRefused('INTERNAL', message, { address, method: methodName(method) })
}
