import { SandboxError } from '../../base/sandbox-error'
import { joinDiskPath } from '../disk-path'
import type { NodeConfig, NodeRole } from '../node/node-config'
import { topologyNodes } from './cluster-topology'
import type { ClusterWorkspace } from './cluster-workspace'

/** The configurations of all nodes of a workspace, coordinators first. @throws SandboxError WORKSPACE_DAMAGED if it names no ports for one */
export function nodeConfigs({ directory, record }: ClusterWorkspace): readonly NodeConfig[] {
  const { clusterId, topology, engine, host, settings, ports } = record
  const placed = topologyNodes(topology).map(({ nodeId, role, name }) => {
    const own = ports.find((candidate) => candidate.nodeId === nodeId)
    if (own === undefined) {
      const message = `The description of the workspace ${directory} names no ports for ${name}.`
      throw new SandboxError('WORKSPACE_DAMAGED', message, { details: { directory, nodeId } })
    }
    const endpoints = { server: { host, port: own.serverPort }, raft: { host, port: own.raftPort } }
    return { nodeId, role, name, ...endpoints }
  })
  const members = (wanted: NodeRole) =>
    placed.flatMap(({ nodeId, role, server, raft }) => (role === wanted ? [{ nodeId, server, raft }] : []))
  const coordinators = members('coordinator')
  const stores = members('store')
  return placed.map((node) => ({
    ...node,
    clusterId,
    directory: joinDiskPath(directory, node.name),
    engine,
    coordinators,
    stores,
    settings,
  }))
}
