import { SandboxError } from '../../base/sandbox-error'
import { GREATEST_BASE_PORT } from '../cluster/cluster-ports'
import { TOPOLOGY_LIMITS } from '../cluster/cluster-topology'
import type { RawEngineName } from '../raw-engine-registry'
import { rawEngineNames } from '../raw-engine-registry'
import type { OpenRequest } from './session-view'

/** What the command line of either host asks of the cluster that the program opens when it starts. */
export interface StartOptions extends Omit<OpenRequest, 'where'> {
  /** `--workspace DIR`; relative to where the person stands. */
  readonly workspace: string | undefined
  readonly isEphemeral: boolean
  /** False: nothing is opened before somebody asks for it. */
  readonly opensCluster: boolean
}

/** These options as `parseArgs` of Node takes them. */
export const startOptionTypes = {
  workspace: { type: 'string' },
  ephemeral: { type: 'boolean' },
  'no-cluster': { type: 'boolean' },
  coordinators: { type: 'string' },
  stores: { type: 'string' },
  engine: { type: 'string' },
  'base-port': { type: 'string' },
} as const

/** Their part of a help text. */
export const startOptionsUsage = `  --workspace DIR      the workspace folder (also: DINGO_SANDBOX_WORKSPACE); if none is named, the one
                       used last
  --ephemeral          a cluster that is forgotten at the end, in place of a workspace
  --no-cluster         start without opening anything
  --coordinators N     how many coordinators a new cluster has, 1 to 5; 3 if not given
  --stores N           how many stores a new cluster has, 1 to 9; 3 if not given
  --engine NAME        what a new cluster keeps its data in: rocksdb, level or memory
  --base-port PORT     coordinators listen above this port, stores 200 above them, Raft 100 above each;
                       0 for free ports; DingoDB’s if not given`

/**
 * Reads them from what `parseArgs` found.
 *
 * @throws SandboxError INVALID_ARGUMENT with a sentence for the person at the command line
 */
export function readStartOptions(values: Readonly<Record<string, unknown>>): StartOptions {
  const text = (name: keyof typeof startOptionTypes) => {
    const value = values[name]
    return typeof value === 'string' && value !== '' ? value : undefined
  }
  const number = (name: keyof typeof startOptionTypes, least: number, most: number) => {
    const given = text(name)
    if (given === undefined) return undefined
    if (/^\d{1,6}$/.test(given) && Number(given) >= least && Number(given) <= most) return Number(given)
    throw refused(`--${name} is a whole number from ${String(least)} to ${String(most)}, not "${given}"`)
  }
  const workspace = text('workspace')
  const isEphemeral = values['ephemeral'] === true
  if (isEphemeral && workspace !== undefined) throw refused('--ephemeral stands in place of --workspace')
  const coordinators = number('coordinators', 1, TOPOLOGY_LIMITS.coordinators)
  const stores = number('stores', 1, TOPOLOGY_LIMITS.stores)
  return {
    workspace,
    isEphemeral,
    opensCluster: values['no-cluster'] !== true,
    topology: {
      ...(coordinators === undefined ? {} : { coordinators }),
      ...(stores === undefined ? {} : { stores }),
    },
    engine: engineNamed(text('engine')),
    basePort: number('base-port', 0, GREATEST_BASE_PORT),
  }
}

function engineNamed(name: string | undefined): RawEngineName | undefined {
  if (name === undefined) return undefined
  const engine = rawEngineNames.find((known) => known === name)
  if (engine !== undefined) return engine
  throw refused(`--engine is one of ${rawEngineNames.join(', ')}, not "${name}"`)
}

function refused(what: string): SandboxError {
  return new SandboxError('INVALID_ARGUMENT', `${what}. See --help.`)
}
