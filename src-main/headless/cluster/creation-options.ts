import type { ClusterClient, StorageEngineName } from '../../client/cluster-client'
import type { CommandWorld } from './command'
import type { Option } from './option'
import type { ParsedOptions } from './parsed-options'
import { counted } from './text-table'

// What tables and regions are created with alike.

/** How many copies a region has in a cluster that is large enough. */
const USUAL_REPLICAS = 3

export const replicasOption: Option = {
  name: 'replicas',
  kind: 'text',
  placeholder: 'N',
  help: 'copies of each region; if not given 3, or as many as there are stores, and 1 with --engine mono, which takes no other number',
}

export const engineOption: Option = {
  name: 'engine',
  kind: 'text',
  placeholder: 'raft|mono',
  help: 'raft replicates, mono keeps one copy without Raft; raft if not given. The protocol has memory, too, which stores refuse',
}

/** How many copies, if the command line says so. @throws SandboxError INVALID_ARGUMENT */
export const readReplicas = (options: ParsedOptions): number | undefined => options.wholeNumber('replicas', 1, 9)

export const readEngine = (options: ParsedOptions): StorageEngineName | undefined =>
  options.choice('engine', ['raft', 'mono', 'memory'])

/** How many copies: as given, else as many as the cluster can hold, which is said when it is fewer than usual. */
export async function chooseReplicas(
  client: ClusterClient,
  given: { readonly replicas: number | undefined; readonly engine: StorageEngineName | undefined },
  { output, signal }: CommandWorld,
): Promise<number> {
  if (given.replicas !== undefined) return given.replicas
  const engine = given.engine ?? 'raft'
  const replicas = await client.regions.defaultReplicas(engine, { signal })
  if (engine === 'raft' && replicas < USUAL_REPLICAS) {
    const copies = replicas === 1 ? '1 copy' : `${String(replicas)} copies`
    output.note(
      `The cluster has ${counted(replicas, 'store')}, so that each region has ${copies} in place of ${String(USUAL_REPLICAS)}.`,
    )
  }
  return replicas
}
