import type { NodeId } from '../../raft/core/model/node-id'
import { PlainData } from '../plain-data'
import type { RawEngineName } from '../raw-engine-registry'
import { rawEngineNames } from '../raw-engine-registry'
import type { NodeSettings } from './node-settings'
import { readNodeSettings } from './node-settings'

/** What a node does in a cluster. */
export type NodeRole = 'store' | 'coordinator'
export const nodeRoles: readonly NodeRole[] = ['store', 'coordinator']

/** Where a node listens, and where the others reach it. */
export interface NodeEndpoint {
  /** A name or an IP address, without brackets. */
  readonly host: string
  /** 1 to 65535. */
  readonly port: number
}

/** A node as the others know it. */
export interface NodeMember {
  readonly nodeId: NodeId
  readonly server: NodeEndpoint
  readonly raft: NodeEndpoint
}

/** All that a node needs to know to start: plain data that travels as JSON to a thread, a process or another machine. */
export interface NodeConfig {
  /** Tells clusters apart; above 0. */
  readonly clusterId: number
  /** Unique in the cluster; also the member id in Raft groups. */
  readonly nodeId: NodeId
  readonly role: NodeRole
  /** For people and for folders: `store-1`. */
  readonly name: string
  /** The node's own directory, a Disk path: `data/` for the raw engine, `raft/` for logs, `snapshot/` for snapshots. */
  readonly directory: string
  /** Where clients are served. */
  readonly server: NodeEndpoint
  /** Where the other nodes' Raft messages arrive. */
  readonly raft: NodeEndpoint
  readonly engine: RawEngineName
  /** All coordinators of the cluster, in the order of their ids; the first one of a new cluster campaigns at once. */
  readonly coordinators: readonly NodeMember[]
  /** The stores that are known beforehand; others are learned from the coordinators. May be empty. */
  readonly stores: readonly NodeMember[]
  readonly settings: NodeSettings
  /**
   * Whether all nodes of the cluster start together now and nothing of an earlier start is left, so that no leader relies on
   * what this node promised before (raft-node.md, Reads). Whoever cannot know that leaves it out. Default false.
   */
  readonly startsWithAll?: boolean
}

/** Reads the configuration of a node from JSON text. @throws SandboxError INVALID_ARGUMENT, naming the field */
export function parseNodeConfig(text: string): NodeConfig {
  return readNodeConfig(PlainData.parse(text, 'the configuration of a node'))
}

/** Reads the configuration of a node from plain data. @throws SandboxError INVALID_ARGUMENT, naming the field */
export function readNodeConfig(data: PlainData): NodeConfig {
  return {
    clusterId: data.field('clusterId').wholeNumber(1),
    nodeId: data.field('nodeId').wholeNumber(1),
    role: data.field('role').oneOf(nodeRoles),
    name: data.field('name').text(),
    directory: data.field('directory').text(),
    server: readEndpoint(data.field('server')),
    raft: readEndpoint(data.field('raft')),
    engine: data.field('engine').oneOf(rawEngineNames),
    coordinators: readMembers(data.field('coordinators')),
    stores: data.field('stores').exists ? readMembers(data.field('stores')) : [],
    settings: readNodeSettings(data.field('settings')),
    ...(data.field('startsWithAll').exists && { startsWithAll: data.field('startsWithAll').truth() }),
  }
}

/** An endpoint as `host:port`, an IPv6 address in brackets. */
export function formatEndpoint({ host, port }: NodeEndpoint): string {
  return host.includes(':') ? `[${host}]:${String(port)}` : `${host}:${String(port)}`
}

function readMembers(data: PlainData): readonly NodeMember[] {
  return data.list().map((member) => ({
    nodeId: member.field('nodeId').wholeNumber(1),
    server: readEndpoint(member.field('server')),
    raft: readEndpoint(member.field('raft')),
  }))
}

function readEndpoint(data: PlainData): NodeEndpoint {
  return { host: data.field('host').text(), port: data.field('port').wholeNumber(1, 65_535) }
}
