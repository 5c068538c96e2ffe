import type { RpcChannel, RpcChannels } from '../rpc/rpc-channel'

/**
 * Channels to nodes that announce addresses which do not lead to them from here: a name or an address inside a container
 * or another network. Addresses without an entry are used as they are.
 */
export class MappedChannels implements RpcChannels {
  readonly #channels: RpcChannels
  readonly #reachableAs: ReadonlyMap<string, string>

  /** @param reachableAs `host:port` as announced -> `host:port` as reachable from here */
  constructor(channels: RpcChannels, reachableAs: ReadonlyMap<string, string>) {
    this.#channels = channels
    this.#reachableAs = reachableAs
  }

  to(address: string): RpcChannel {
    return this.#channels.to(this.#reachableAs.get(address) ?? address)
  }

  close(): Promise<void> {
    return this.#channels.close()
  }
}
