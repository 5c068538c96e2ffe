import type {
  MethodDefinition,
  sendUnaryData,
  Server,
  ServerDuplexStream,
  ServerUnaryCall,
  ServerWritableStream,
} from '@grpc/grpc-js'
import { status } from '@grpc/grpc-js'
import { Duplex } from 'node:stream'

/** A method of a service that a library brings: its codec and its handler. */
interface LoadedMethod {
  readonly definition: MethodDefinition<unknown, unknown>
  readonly handler: (call: unknown, respond?: sendUnaryData<unknown>) => void
}

/** How a library adds itself to a server: the part of a server that it needs. */
export type AddService = Pick<Server, 'addService'>

/** The methods that a library adds to a server, by path. */
export type LoadedMethods = ReadonlyMap<string, LoadedMethod>

/** Takes what a library would add to a server. */
export function collectMethods(add: (server: AddService) => void): LoadedMethods {
  const methods = new Map<string, LoadedMethod>()
  add({
    addService(service, implementation) {
      for (const [name, definition] of Object.entries(service)) {
        const handler = implementation[name] ?? implementation[definition.originalName ?? name]
        if (handler !== undefined)
          methods.set(definition.path, { definition, handler: handler as LoadedMethod['handler'] })
      }
    },
  })
  return methods
}

const same = (bytes: Buffer): Buffer => bytes

/**
 * Serves methods whose library is loaded at their first call: a node starts without it, and most nodes are never asked.
 *
 * @param paths of the methods: `unary`, `watching` (one request, a stream of responses), `streaming` both ways
 */
export function registerLazily(
  server: Server,
  paths: Readonly<Record<'unary' | 'watching' | 'streaming', readonly string[]>>,
  load: () => Promise<LoadedMethods>,
): void {
  let loading: Promise<LoadedMethods> | undefined
  const find = async (path: string): Promise<LoadedMethod> => {
    loading ??= load()
    const method = (await loading).get(path)
    if (method === undefined) throw new Error(`The library does not bring ${path}.`)
    return method
  }
  for (const path of paths.unary) {
    const answer = (call: ServerUnaryCall<Buffer, Buffer>, respond: sendUnaryData<Buffer>): void => {
      find(path).then(
        ({ definition, handler }) => {
          const request = definition.requestDeserialize(call.request)
          handler({ request }, (error, response) => {
            respond(error, response === null || response === undefined ? null : definition.responseSerialize(response))
          })
        },
        (thrown: unknown) => {
          respond({ code: status.INTERNAL, details: String(thrown) })
        },
      )
    }
    server.register(path, answer, same, same, 'unary')
  }
  for (const path of paths.watching) {
    const answer = (call: ServerWritableStream<Buffer, Buffer>): void => {
      find(path).then(
        ({ definition, handler }) => {
          handler({
            request: definition.requestDeserialize(call.request),
            write: (message: unknown) => call.write(definition.responseSerialize(message)),
            end: () => call.end(),
            on: (event: string, listener: () => void) => call.on(event, listener),
            emit: (event: string, error: unknown) => call.emit(event, error),
          })
        },
        (thrown: unknown) => {
          call.destroy(thrown instanceof Error ? thrown : new Error(String(thrown)))
        },
      )
    }
    server.register(path, answer, same, same, 'serverStream')
  }
  for (const path of paths.streaming) {
    const answer = (call: ServerDuplexStream<Buffer, Buffer>): void => {
      find(path).then(
        ({ definition, handler }) => {
          handler(decoded(call, definition))
        },
        (thrown: unknown) => {
          call.destroy(thrown instanceof Error ? thrown : new Error(String(thrown)))
        },
      )
    }
    server.register(path, answer, same, same, 'bidi')
  }
}

/** The messages of a stream of bytes. */
function decoded(call: ServerDuplexStream<Buffer, Buffer>, definition: MethodDefinition<unknown, unknown>): Duplex {
  const messages = new Duplex({
    objectMode: true,
    read: () => {
      call.resume()
    },
    write: (message: unknown, _encoding, done) => {
      call.write(definition.responseSerialize(message), () => {
        done()
      })
    },
    final: (done) => {
      call.end()
      done()
    },
  })
  call.on('data', (bytes: Buffer) => {
    if (!messages.push(definition.requestDeserialize(bytes))) call.pause()
  })
  call.on('end', () => {
    messages.push(null)
  })
  call.on('cancelled', () => {
    messages.destroy()
  })
  return messages
}
