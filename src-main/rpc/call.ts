import type { DescMethodUnary, DescService, MessageInitShape, MessageShape } from '@bufbuild/protobuf'

/** What a handler learns of the call beside its request. */
export interface CallContext {
  /** Full method name, for instance `dingodb.pb.store.StoreService/KvGet`. */
  readonly method: string
  /** Who calls: `host:port` of the other end, or the name of a caller in the same process. */
  readonly peer: string
  /** Whether the caller gave up, vanished, or its deadline passed. Costs nothing to ask, while {@link signal} is made when asked for. */
  readonly aborted: boolean
  /** Aborts when the caller gave up, vanished, or its deadline passed. */
  readonly signal: AbortSignal
  /** Ms that were left until the caller's deadline when the call arrived; undefined if it set none. */
  readonly remainingMs: number | undefined
  /** The operation that the caller follows, as `CallOptions.traceId` named it; undefined if it follows none. */
  readonly traceId: string | undefined
}

/**
 * Answers one call. What it throws reaches a caller of DingoDB's services as the response's own `error` field with gRPC
 * status OK (architecture.md part 7).
 */
export type UnaryHandler<Method extends DescMethodUnary> = (
  request: MessageShape<Method['input']>,
  call: CallContext,
) => Promise<MessageInitShape<Method['output']>> | MessageInitShape<Method['output']>

/** The handlers of a service by the local name of its methods. A unary method without one answers ENOT_SUPPORT. */
export type ServiceHandlers<Service extends DescService> = {
  readonly [Name in keyof Service['method']]?: Service['method'][Name] extends DescMethodUnary
    ? UnaryHandler<Service['method'][Name]>
    : never
}
