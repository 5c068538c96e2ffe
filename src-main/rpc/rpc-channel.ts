import type { DescMessage, DescMethodUnary, MessageInitShape, MessageShape } from '@bufbuild/protobuf'

/** How to make a call. */
export interface CallOptions {
  /** Ms after which the call is given up: RPC_DEADLINE_EXCEEDED. Default: the channel's. */
  readonly timeoutMs?: number | undefined
  /**
   * No time-out: the call ends by its answer, by {@link signal}, or when the connection breaks. For operations that a person
   * stops and reads, whose caller keeps time by a clock that stands still meanwhile.
   */
  readonly untimed?: boolean | undefined
  /** The operation that the call belongs to, for who follows it over the nodes: see trace-id.ts. */
  readonly traceId?: string | undefined
  /** Gives the call up: CANCELLED. */
  readonly signal?: AbortSignal | undefined
}

/** Calls to one node, whatever carries them. */
export interface RpcChannel {
  /** `host:port`. */
  readonly address: string
  /**
   * One call, tried once. A business error is in the response's `error` field; see dingo-error.ts.
   *
   * @throws SandboxError RPC_UNAVAILABLE (it was not taken or its outcome is unknown; `details.sent` says whether it may
   * have reached the node), RPC_DEADLINE_EXCEEDED, CANCELLED, RPC_FAILED
   */
  unary<Input extends DescMessage, Output extends DescMessage>(
    method: DescMethodUnary<Input, Output>,
    request: MessageInitShape<Input>,
    options?: CallOptions,
  ): Promise<MessageShape<Output>>
}

/** Hands out channels by address, one an address, and closes them together. */
export interface RpcChannels {
  /** The channel to `host:port`; connects at the first call. */
  to(address: string): RpcChannel
  /** Ends all calls with RPC_UNAVAILABLE. Twice is harmless. */
  close(): Promise<void>
}
