import type { ClusterClient } from '../../client/cluster-client'
import type { CommandWorld, ConnectionOptions } from './command'
import type { ParsedOptions } from './parsed-options'
import { refused } from './parsed-options'

export const COORDINATORS_VARIABLE = 'DINGO_SANDBOX_COORDINATORS'
/** The first coordinator of a cluster on this machine. */
const DEFAULT_COORDINATORS = '127.0.0.1:22001'

/** Reads how to reach the cluster. @throws SandboxError INVALID_ARGUMENT */
export function connectionOptions(
  options: ParsedOptions,
  environment: CommandWorld['environment'],
  readOnly: boolean,
): ConnectionOptions {
  const given = options.text('coordinators') ?? environment[COORDINATORS_VARIABLE] ?? DEFAULT_COORDINATORS
  const coordinators = given.split(',').map((address) => checkAddress(address.trim()))
  const addressMap = new Map(
    options.texts('address').map((pair) => {
      const [announced = '', reachable = '', ...more] = pair.split('=')
      if (more.length > 0) throw refused(`--address takes one pair of addresses, not "${pair}"`)
      return [checkAddress(announced), checkAddress(reachable)] as const
    }),
  )
  const timeoutMs = options.wholeNumber('timeout', 1, 86_400_000)
  return { coordinators, addressMap, timeoutMs, readOnly, retryUnknown: options.flag('retry-unknown') }
}

/** Runs a step with a client and closes it, whatever becomes of the step. */
export async function withClient<Result>(
  world: CommandWorld,
  options: ParsedOptions,
  access: 'reads' | 'writes',
  step: (client: ClusterClient) => Promise<Result>,
): Promise<Result> {
  const client = world.connect(connectionOptions(options, world.environment, access === 'reads'))
  try {
    return await step(client)
  } finally {
    await client.close()
  }
}

function checkAddress(address: string): string {
  const [, port] = /^(?:\[[0-9a-f:.]+\]|[^\s:[\]/]+):(\d{1,5})$/i.exec(address) ?? []
  if (port !== undefined && Number(port) >= 1 && Number(port) <= 65_535) return address
  throw refused(`"${address}" is no address`, 'An address is HOST:PORT, for instance 127.0.0.1:22001')
}
