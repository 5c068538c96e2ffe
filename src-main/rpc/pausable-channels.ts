import type { DescMessage, DescMethodUnary, MessageInitShape, MessageShape } from '@bufbuild/protobuf'
import type { PauseGate } from '../env/pause-gate'
import type { CallOptions, RpcChannel, RpcChannels } from './rpc-channel'

/** The same channels for a node that can be paused: it makes no call and hears of no answer while its gate is closed. */
export function withPauses(channels: RpcChannels, gate: PauseGate): RpcChannels {
  return {
    to: (address) => new PausableChannel(channels.to(address), gate),
    close: () => channels.close(),
  }
}

class PausableChannel implements RpcChannel {
  readonly #channel: RpcChannel
  readonly #gate: PauseGate

  constructor(channel: RpcChannel, gate: PauseGate) {
    this.#channel = channel
    this.#gate = gate
  }

  get address(): string {
    return this.#channel.address
  }

  async unary<Input extends DescMessage, Output extends DescMessage>(
    method: DescMethodUnary<Input, Output>,
    request: MessageInitShape<Input>,
    options?: CallOptions,
  ): Promise<MessageShape<Output>> {
    await this.#pass()
    try {
      return await this.#channel.unary(method, request, options)
    } finally {
      await this.#pass()
    }
  }

  async #pass(): Promise<void> {
    // It may be closed again before whoever waited goes on.
    while (this.#gate.isClosed) await this.#gate.opened()
  }
}
