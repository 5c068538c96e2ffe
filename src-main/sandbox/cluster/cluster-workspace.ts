import { SandboxError } from '../../base/sandbox-error'
import type { Env } from '../../env'
import { joinDiskPath, toDiskPath } from '../disk-path'
import { DEFAULT_NODE_SETTINGS } from '../node/node-settings'
import type { Workspace } from '../workspace'
import { openWorkspace } from '../workspace'
import type { ClusterOptions } from './cluster-options'
import { GREATEST_BASE_PORT, choosePorts, wantedPorts } from './cluster-ports'
import type { PortChange } from './cluster-ports'
import type { ClusterRecord } from './cluster-record'
import { readClusterRecord, writeClusterRecord } from './cluster-record'
import type { ClusterTopology } from './cluster-topology'
import { DEFAULT_TOPOLOGY, checkTopology, topologyNodes } from './cluster-topology'
import type { ClearAway } from './ephemeral-workspaces'
import { ephemeralDirectory, sweepEphemeralWorkspaces } from './ephemeral-workspaces'

/** The folder of a cluster, held by this process, and what it says of the cluster. */
export interface ClusterWorkspace {
  /** A Disk path. */
  readonly directory: string
  readonly isEphemeral: boolean
  /** As it is on disk. */
  readonly record: ClusterRecord
  /** Ports that are not the ones that were wanted when the workspace was opened. */
  readonly portChanges: readonly PortChange[]
  /**
   * Looks at the ports again, while no node holds any, and exchanges those that were taken meanwhile.
   *
   * @returns the changes
   */
  chooseAgain(): Promise<readonly PortChange[]>
  /** Lets go of the folder; an ephemeral one is removed. Twice is harmless. */
  close(): Promise<void>
}

/**
 * Takes the folder of a cluster, makes or reads its description, and chooses ports.
 *
 * @param clearAway called when the folder is held and before ports are looked at: ends what an earlier host left running in it
 * @throws SandboxError INVALID_ARGUMENT, WORKSPACE_NOT_USABLE, WORKSPACE_VERSION, WORKSPACE_DAMAGED, WORKSPACE_MISMATCH,
 * DISK_LOCKED, DISK_*
 */
export async function openClusterWorkspace(
  options: ClusterOptions,
  clearAway: ClearAway = () => Promise.resolve(),
): Promise<ClusterWorkspace> {
  checkOptions(options)
  const { env } = options
  const isEphemeral = options.directory === undefined
  if (isEphemeral) await sweepEphemeralWorkspaces(env.disk, clearAway)
  const held = await openWorkspace(env.disk, options.directory ?? ephemeralDirectory(env))
  const directory = toDiskPath(held.directory)
  const close = () => closeWorkspace(env, held, directory, isEphemeral)
  try {
    const stored = await readClusterRecord(env.disk, directory)
    if (stored !== undefined) checkSameCluster(directory, stored, options)
    const wanted = stored === undefined ? newRecord(options) : { ...stored, ...changeable(stored, options) }
    if (stored !== undefined) {
      await clearAway(topologyNodes(stored.topology).map(({ name }) => joinDiskPath(directory, name)))
    }
    let record = wanted
    const choose = async (): Promise<readonly PortChange[]> => {
      const { ports, changes } = await choosePorts(env.network, record.host, record.ports)
      record = { ...record, ports }
      await writeClusterRecord(env.disk, directory, record)
      return changes
    }
    const portChanges = [...(await choose())]
    let closed: Promise<void> | undefined
    return {
      directory,
      isEphemeral,
      get record() {
        return record
      },
      portChanges,
      async chooseAgain() {
        const changes = await choose()
        portChanges.push(...changes)
        return changes
      },
      close: () => (closed ??= close()),
    }
  } catch (thrown) {
    await close()
    throw thrown
  }
}

async function closeWorkspace(env: Env, held: Workspace, directory: string, isEphemeral: boolean): Promise<void> {
  try {
    // While it is held: nobody takes it for what a killed host left.
    if (isEphemeral) await env.disk.remove(directory)
  } finally {
    await held.close()
  }
}

function checkOptions({ directory, topology, basePort, mount, entries }: ClusterOptions): void {
  if (topology !== undefined) checkTopology({ ...DEFAULT_TOPOLOGY, ...definedOnly(topology) })
  if (basePort !== undefined && !(Number.isInteger(basePort) && basePort >= 0 && basePort <= GREATEST_BASE_PORT)) {
    const message = `The base port ${String(basePort)} does not fit: give a whole number from 0 to ${String(GREATEST_BASE_PORT)}.`
    throw new SandboxError('INVALID_ARGUMENT', message, { details: { basePort } })
  }
  if (directory === '') throw new SandboxError('INVALID_ARGUMENT', 'The name of the workspace folder is empty.')
  if (mount !== 'inline' && entries === undefined) {
    const message = `Nodes in ${mount === 'process' ? 'processes of their own' : 'threads'} need the paths of their bundled programs.`
    throw new SandboxError('INVALID_ARGUMENT', message)
  }
}

/** What makes up the cluster cannot be changed by opening it. */
function checkSameCluster(directory: string, stored: ClusterRecord, { topology, engine }: ClusterOptions): void {
  const mismatches: string[] = []
  for (const kind of ['coordinators', 'stores'] as const) {
    const asked = topology?.[kind]
    if (asked === undefined || asked === stored.topology[kind]) continue
    mismatches.push(`it has ${String(stored.topology[kind])} ${kind}, not ${String(asked)}`)
  }
  if (engine !== undefined && engine !== stored.engine) {
    mismatches.push(`its engine is ${stored.engine}, not ${engine}`)
  }
  if (mismatches.length === 0) return
  const message =
    `The workspace ${directory} holds another cluster: ${mismatches.join(', and ')}. ` +
    'Leave these options out to open it as it is, or name another folder.'
  throw new SandboxError('WORKSPACE_MISMATCH', message, { details: { directory, mismatches } })
}

function newRecord(options: ClusterOptions): ClusterRecord {
  const topology: ClusterTopology = { ...DEFAULT_TOPOLOGY, ...definedOnly(options.topology ?? {}) }
  return {
    clusterId: options.env.random.integer(1, 2 ** 31),
    topology,
    engine: options.engine ?? 'rocksdb',
    host: options.host ?? '127.0.0.1',
    settings: { ...DEFAULT_NODE_SETTINGS, ...definedOnly(options.settings ?? {}) },
    ports: topologyNodes(topology).map((node) => wantedPorts(node, options.basePort)),
  }
}

/** What may differ from one opening to the next: where the nodes listen, and how they work. */
function changeable(
  stored: ClusterRecord,
  { host, basePort, settings }: ClusterOptions,
): Pick<ClusterRecord, 'host' | 'settings' | 'ports'> {
  return {
    host: host ?? stored.host,
    settings: { ...stored.settings, ...definedOnly(settings ?? {}) },
    ports:
      basePort === undefined ? stored.ports : topologyNodes(stored.topology).map((node) => wantedPorts(node, basePort)),
  }
}

/** Without the fields that are there and undefined: they would hide defaults. */
function definedOnly<T extends object>(fields: T): { [Name in keyof T]?: Exclude<T[Name], undefined> } {
  const defined = Object.entries(fields).filter(([, value]) => value !== undefined)
  return Object.fromEntries(defined) as { [Name in keyof T]?: Exclude<T[Name], undefined> }
}
