import { SandboxError } from '../../base/sandbox-error'
import type { Disk } from '../../env'
import { joinDiskPath } from '../disk-path'
import type { NodeSettings } from '../node/node-settings'
import { readNodeSettings } from '../node/node-settings'
import { PlainData } from '../plain-data'
import type { RawEngineName } from '../raw-engine-registry'
import { rawEngineNames } from '../raw-engine-registry'
import type { NodePorts } from './cluster-ports'
import type { ClusterTopology } from './cluster-topology'
import { TOPOLOGY_LIMITS } from './cluster-topology'

/** What a workspace knows of its cluster: the content of `workspace.json`. */
export interface ClusterRecord {
  /** Tells clusters apart; drawn when the cluster is made. */
  readonly clusterId: number
  readonly topology: ClusterTopology
  readonly engine: RawEngineName
  /** Where the nodes listen. */
  readonly host: string
  readonly settings: NodeSettings
  /** The ports of the last start: kept as long as they are free. */
  readonly ports: readonly NodePorts[]
}

/**
 * The form of the file. Grows when a program that knows the old form only would misread the new one; fields that old
 * programs may ignore do not count. Older forms are read for ever, see {@link readClusterRecord}.
 */
export const WORKSPACE_VERSION = 1

/** The file that holds it. */
export const CLUSTER_RECORD_NAME = 'workspace.json'
const DOCUMENT = 'the description of the workspace (workspace.json)'

/** Writes the record so that a crash leaves the old one or the new one. @throws SandboxError DISK_* */
export async function writeClusterRecord(disk: Disk, directory: string, record: ClusterRecord): Promise<void> {
  const text = `${JSON.stringify({ version: WORKSPACE_VERSION, ...record }, null, 2)}\n`
  await disk.replaceFile(joinDiskPath(directory, CLUSTER_RECORD_NAME), new TextEncoder().encode(text))
}

/**
 * Reads the record of a workspace.
 *
 * @param directory a Disk path
 * @returns undefined if the workspace holds no cluster yet
 * @throws SandboxError WORKSPACE_VERSION, WORKSPACE_DAMAGED, DISK_IO
 */
export async function readClusterRecord(disk: Disk, directory: string): Promise<ClusterRecord | undefined> {
  let bytes: Uint8Array
  try {
    bytes = await disk.readFile(joinDiskPath(directory, CLUSTER_RECORD_NAME))
  } catch (error) {
    if (SandboxError.is(error, 'DISK_NOT_FOUND')) return undefined
    throw error
  }
  const data = PlainData.parse(new TextDecoder().decode(bytes), DOCUMENT, 'WORKSPACE_DAMAGED')
  const version = data.field('version').wholeNumber(1)
  if (version > WORKSPACE_VERSION) {
    const message =
      `The workspace ${directory} has version ${String(version)}, and this program knows versions up to ` +
      `${String(WORKSPACE_VERSION)}: open it with a newer program, or name another folder.`
    throw new SandboxError('WORKSPACE_VERSION', message, {
      details: { directory, version, knownVersion: WORKSPACE_VERSION },
    })
  }
  const topology = data.field('topology')
  return {
    clusterId: data.field('clusterId').wholeNumber(1),
    topology: {
      coordinators: topology.field('coordinators').wholeNumber(1, TOPOLOGY_LIMITS.coordinators),
      stores: topology.field('stores').wholeNumber(1, TOPOLOGY_LIMITS.stores),
    },
    engine: data.field('engine').oneOf(rawEngineNames),
    host: data.field('host').text(),
    settings: readNodeSettings(data.field('settings')),
    ports: data
      .field('ports')
      .list()
      .map((ports) => ({
        nodeId: ports.field('nodeId').wholeNumber(1),
        serverPort: ports.field('serverPort').wholeNumber(1, 65_535),
        raftPort: ports.field('raftPort').wholeNumber(1, 65_535),
      })),
  }
}
