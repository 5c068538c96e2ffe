import type { DescMethodBiDiStreaming, DescMethodUnary, DescService } from '@bufbuild/protobuf'
import { SandboxError } from '../base/sandbox-error'
import type { StreamHandler } from './byte-stream'
import type { ServiceHandlers, UnaryHandler } from './call'
import { UnaryMethod } from './unary-method'

/** A method whose messages are taken as bytes, both ways, for as long as the stream lives. */
export interface StreamMethod {
  readonly method: DescMethodBiDiStreaming
  /** As it travels: `/package.Service/Method`. */
  readonly path: string
  readonly handler: StreamHandler
}

/** The services of one port of a node. A gRPC server and an in-process channel serve the same registry alike. */
export class ServiceRegistry {
  readonly #services = new Map<string, DescService>()
  readonly #unary = new Map<string, UnaryMethod>()
  readonly #streams = new Map<string, StreamMethod>()

  /**
   * Serves a service. Its unary methods without a handler answer ENOT_SUPPORT in the response's `error` field.
   *
   * @throws SandboxError INVALID_ARGUMENT if the service has handlers already
   */
  add<Service extends DescService>(service: Service, handlers: ServiceHandlers<Service>): this {
    const byName = handlers as Readonly<Record<string, UnaryHandler<DescMethodUnary> | undefined>>
    const methods = service.methods.filter((method): method is DescMethodUnary => method.methodKind === 'unary')
    for (const method of methods) {
      const unary = new UnaryMethod(method, byName[method.localName])
      if (this.#unary.has(unary.path)) throw servedAlready(unary.path)
      this.#unary.set(unary.path, unary)
    }
    this.#services.set(service.typeName, service)
    return this
  }

  /** Serves one streaming method. @throws SandboxError INVALID_ARGUMENT if it has a handler already */
  addStream(method: DescMethodBiDiStreaming, handler: StreamHandler): this {
    const path = `/${method.parent.typeName}/${method.name}`
    if (this.#streams.has(path)) throw servedAlready(path)
    this.#streams.set(path, { method, path, handler })
    this.#services.set(method.parent.typeName, method.parent)
    return this
  }

  /** The unary method of a path such as `/dingodb.pb.store.StoreService/KvGet`. */
  find(path: string): UnaryMethod | undefined {
    return this.#unary.get(path)
  }

  /** All services, in the order in which they were added. */
  get services(): readonly DescService[] {
    return [...this.#services.values()]
  }

  /** All unary methods, those without a handler included. */
  get unaryMethods(): Iterable<UnaryMethod> {
    return this.#unary.values()
  }

  get streamMethods(): Iterable<StreamMethod> {
    return this.#streams.values()
  }
}

function servedAlready(path: string): SandboxError {
  return new SandboxError('INVALID_ARGUMENT', `${path} is served already: add each service once.`, {
    details: { path },
  })
}
