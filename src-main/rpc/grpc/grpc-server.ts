import type { sendUnaryData, ServerUnaryCall } from '@grpc/grpc-js'
import { logVerbosity, Server, ServerCredentials, setLogVerbosity } from '@grpc/grpc-js'
import { SandboxError } from '../../base/sandbox-error'
import type { Clock } from '../../env'
import { PauseGate } from '../../env/pause-gate'
import { DEFAULT_MAX_MESSAGE_BYTES, messageTooLarge } from '../call-errors'
import { grpcStatusCodes, grpcStatusOf } from '../grpc-status'
import { nodeAddress } from '../node-address'
import type { ServiceRegistry } from '../service-registry'
import type { UnaryMethod } from '../unary-method'
import { asBuffer, asBytes } from './byte-view'
import { addInspectionServices } from './inspection-services'
import { ServerByteStream } from './server-byte-stream'
import { ServerCallContext } from './server-call-context'
import { statusText } from './status-text'

/** What a {@link GrpcServer} needs. */
export interface GrpcServerOptions {
  readonly registry: ServiceRegistry
  /** Default 127.0.0.1. */
  readonly host?: string
  /** 0 takes a free one. */
  readonly port: number
  /** The longest request taken and the longest response sent. Default 64 MiB. */
  readonly maxMessageBytes?: number
  readonly env: { readonly clock: Clock }
  /** While it is closed calls wait, and so do answers. Left out: the server is never paused. */
  readonly gate?: PauseGate
}

/** What all unary calls of a server have in common. */
interface ServedCalls {
  readonly clock: Clock
  readonly maxMessageBytes: number
  readonly gate: PauseGate
  /** The server is gone: calls that were held never begin. */
  isShut: boolean
}

/** One port of a node: its services over gRPC without TLS, with reflection and health. */
export class GrpcServer {
  readonly host: string
  readonly port: number
  /** `host:port`. */
  readonly address: string
  readonly #server: Server
  readonly #setHealth: (isServing: boolean) => void
  readonly #calls: ServedCalls
  #closed: Promise<void> | undefined

  private constructor(
    server: Server,
    host: string,
    port: number,
    calls: ServedCalls,
    setHealth: (ok: boolean) => void,
  ) {
    this.#server = server
    this.host = host
    this.port = port
    this.address = nodeAddress({ host, port })
    this.#setHealth = setHealth
    this.#calls = calls
  }

  /**
   * Takes the port and answers at once.
   *
   * @throws SandboxError NETWORK_ADDRESS_IN_USE if the port is taken or the host is not of this machine
   */
  static async start(options: GrpcServerOptions): Promise<GrpcServer> {
    const { registry, host = '127.0.0.1', port, maxMessageBytes = DEFAULT_MAX_MESSAGE_BYTES, env } = options
    const { gate = new PauseGate() } = options
    // What fails is thrown from here; the library would print it as well. Its verbosity is one for the whole process, in which
    // nobody needs what it prints: whoever calls or serves learns of a failure by what is thrown. Its traces (GRPC_TRACE) go silent, too.
    setLogVerbosity(logVerbosity.NONE)
    // Pings of clients without calls need no permission here: the library answers them all.
    const server = new Server({
      'grpc.max_receive_message_length': maxMessageBytes,
      'grpc.max_send_message_length': maxMessageBytes,
      // Without its statistics the library forgets its connections, and cannot drop them when the node is killed.
      'grpc.enable_channelz': 1,
    })
    const calls: ServedCalls = { clock: env.clock, maxMessageBytes, gate, isShut: false }
    for (const method of registry.unaryMethods) {
      server.register(method.path, unaryHandler(method, calls), asBuffer, asBytes, 'unary')
    }
    for (const { path, handler } of registry.streamMethods) {
      const name = path.slice(1)
      const takeStream = (stream: ConstructorParameters<typeof ServerByteStream>[1]): void => {
        handler(new ServerByteStream(name, stream))
      }
      server.register(path, takeStream, asBuffer, asBytes, 'bidi')
    }
    const setHealth = addInspectionServices(server, registry.services)
    const boundPort = await bind(server, host, port)
    return new GrpcServer(server, host, boundPort, calls, setHealth)
  }

  /**
   * Takes no new calls, lets those under way end, and breaks off what is left after `graceMs` (default 500). Twice is
   * harmless.
   */
  close(options: { readonly graceMs?: number } = {}): Promise<void> {
    this.#closed ??= this.#shutDown(options.graceMs ?? 500)
    return this.#closed
  }

  /** Drops all connections at once and lets go of the port; resolves when that is done. */
  closeNow(): Promise<void> {
    this.#calls.isShut = true
    this.#closed ??= this.#shutDown(undefined)
    this.#server.forceShutdown()
    return this.#closed
  }

  /** As a killed node: within this call all connections are gone, and no answer leaves any more. */
  silence(): void {
    void this.closeNow()
  }

  async #shutDown(graceMs: number | undefined): Promise<void> {
    this.#setHealth(false)
    const timer =
      graceMs === undefined
        ? undefined
        : this.#calls.clock.setTimer(graceMs, () => {
            this.#server.forceShutdown()
          })
    // What fails here is that the server is closed already, which is what is wanted.
    await new Promise<void>((resolve) => {
      this.#server.tryShutdown(() => {
        resolve()
      })
    })
    timer?.cancel()
  }
}

function bind(server: Server, host: string, port: number): Promise<number> {
  const authority = nodeAddress({ host, port })
  return new Promise((resolve, reject) => {
    server.bindAsync(authority, ServerCredentials.createInsecure(), (error, boundPort) => {
      if (error === null) {
        resolve(boundPort)
        return
      }
      server.forceShutdown()
      const message = `The address ${authority} cannot be bound: it is taken, or not of this machine. Choose another port.`
      reject(
        new SandboxError('NETWORK_ADDRESS_IN_USE', message, { details: { address: authority, port }, cause: error }),
      )
    })
  })
}

/** One function a method, not a call: only what a call needs is made for it. */
function unaryHandler(method: UnaryMethod, calls: ServedCalls) {
  const { clock, maxMessageBytes, gate } = calls
  const answer = (
    call: ServerUnaryCall<Uint8Array, Uint8Array>,
    context: ServerCallContext,
    respond: Respond,
  ): void => {
    method.answer(call.request, context, clock).then(
      (response) => {
        if (response.length <= maxMessageBytes) respond(null, response)
        else refuse(respond, messageTooLarge('response', method.name, response.length, maxMessageBytes))
      },
      (thrown: unknown) => {
        refuse(respond, SandboxError.from(thrown))
      },
    )
  }
  return (call: ServerUnaryCall<Uint8Array, Uint8Array>, respond: Respond): void => {
    // Made now: a call may be given up while it waits.
    const context = new ServerCallContext(method.name, call, clock)
    const respondOpen: Respond = (error, response) => {
      if (!gate.isClosed) respond(error, response)
      else {
        gate.pass(() => {
          respond(error, response)
        })
      }
    }
    if (!gate.isClosed) answer(call, context, respondOpen)
    else {
      gate.pass(() => {
        // Nobody waits for it any more, or nobody may be answered: it is as if it had never come.
        if (!call.cancelled && !calls.isShut) answer(call, context, respondOpen)
      })
    }
  }
}

type Respond = sendUnaryData<Uint8Array>

function refuse(respond: sendUnaryData<Uint8Array>, error: SandboxError): void {
  respond({ code: grpcStatusCodes[grpcStatusOf(error)], details: statusText(error.message) })
}
