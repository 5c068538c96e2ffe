import { SandboxError } from '../base/sandbox-error'
import type { NetworkAddress } from './network'

/** The longest message a network carries unless told otherwise: 16 MiB. */
export const DEFAULT_MAX_MESSAGE_BYTES = 16 * 1024 * 1024

/** @throws SandboxError NETWORK_MESSAGE_TOO_LARGE */
export function checkMessageSize(message: Uint8Array, maxMessageBytes: number, to: NetworkAddress): void {
  if (message.length <= maxMessageBytes) return
  throw new SandboxError(
    'NETWORK_MESSAGE_TOO_LARGE',
    `A message of ${String(message.length)} bytes to ${to} is longer than the ${String(maxMessageBytes)} bytes that this network carries: send it in parts.`,
    { details: { to, messageBytes: message.length, maxMessageBytes } },
  )
}

export function endpointClosed(address: NetworkAddress): SandboxError {
  return new SandboxError('NETWORK_CLOSED', `The endpoint ${address} was closed and sends no more messages.`, {
    details: { address },
  })
}

export function addressInUse(address: NetworkAddress, reason: string, cause?: unknown): SandboxError {
  return new SandboxError('NETWORK_ADDRESS_IN_USE', `The address ${address} cannot be bound: ${reason}.`, {
    details: { address },
    ...(cause !== undefined && { cause }),
  })
}
