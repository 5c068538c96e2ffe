/** Where an endpoint is reached. For the real network `host:port`, for the simulated one any name. */
export type NetworkAddress = string

/** What an endpoint does with a message that arrives. Must not throw; what it throws goes to the network's error handler. */
export type MessageHandler = (from: NetworkAddress, message: Uint8Array) => void

/** A bound address. */
export interface Endpoint {
  /** The address that others reach it at (with the real port where 0 was asked for). */
  readonly address: NetworkAddress
  /** Hands a message to the network and returns. Nothing is promised: it may be lost, late, doubled or overtaken. Not to be changed afterwards. @throws SandboxError NETWORK_CLOSED, NETWORK_MESSAGE_TOO_LARGE, INVALID_ARGUMENT for what cannot be an address */
  send(to: NetworkAddress, message: Uint8Array): void
  /** Stops receiving and lets go of the address. Twice is harmless. */
  close(): Promise<void>
}

/** Carries whole messages between addresses and promises nothing about them, as networks do; whoever needs more builds it on top. */
export interface Network {
  /** @throws SandboxError NETWORK_ADDRESS_IN_USE, INVALID_ARGUMENT */
  bind(address: NetworkAddress, handler: MessageHandler): Promise<Endpoint>
}
