import { SandboxError } from '../../base/sandbox-error'

/** @throws SandboxError INVALID_ARGUMENT unless the address is `host:port`, an IPv6 host in brackets */
export function checkAddress(address: string): void {
  const port = /^(?:\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+):(\d{1,5})$/.exec(address)?.[1]
  if (port !== undefined && Number(port) > 0 && Number(port) <= 65_535) return
  throw new SandboxError(
    'INVALID_ARGUMENT',
    `A node is addressed as host:port, but "${address}" is not of that form.`,
    {
      details: { address },
    },
  )
}
