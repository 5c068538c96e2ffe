import { SandboxError } from '../base/sandbox-error'
import type { RpcChannel, RpcChannels } from '../rpc/rpc-channel'

/**
 * Channels to nodes that announce addresses which do not lead to them from here: a name or an address inside a container
 * or another network. Addresses without an entry are used as they are. Once closed they give out no channel any more, so
 * that whoever repeats a call that the close broke off ends there and then: CLIENT_CLOSED.
 */
export class MappedChannels implements RpcChannels {
  readonly #channels: RpcChannels
  readonly #reachableAs: ReadonlyMap<string, string>
  #isClosed = false

  /** @param reachableAs `host:port` as announced -> `host:port` as reachable from here */
  constructor(channels: RpcChannels, reachableAs: ReadonlyMap<string, string>) {
    this.#channels = channels
    this.#reachableAs = reachableAs
  }

  /** @throws SandboxError CLIENT_CLOSED */
  to(address: string): RpcChannel {
    if (this.#isClosed) throw new SandboxError('CLIENT_CLOSED', 'The client was closed: open another one.')
    return this.#channels.to(this.#reachableAs.get(address) ?? address)
  }

  close(): Promise<void> {
    this.#isClosed = true
    return this.#channels.close()
  }
}
