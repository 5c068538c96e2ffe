import { SandboxError } from '../../base/sandbox-error'
import type { Clock } from '../../env'
import type { NodeId } from '../../raft/core/model/node-id'
import type { RpcChannels } from '../../rpc/rpc-channel'
import type { LinkRule } from '../node/node-link'
import type { NodeRole } from '../node/node-config'
import type { NodeMount, NodeMountKind, NodeMountListener } from '../node/node-mount'
import type { NodeStartPhases, NodeStatus } from '../node/node-status'
import type { FlowNodes, FlowNodesListener } from '../stepping/flow-nodes'
import type { RawEngineName } from '../raw-engine-registry'
import type { ClusterEvent, ClusterNodeInfo, ClusterProgress, CutLink, DelayedLink } from './cluster-events'
import { ClusterNode } from './cluster-node'
import type { ClusterOptions } from './cluster-options'
import { clusterParts } from './cluster-parts'
import type { PortChange } from './cluster-ports'
import { awaitReadiness } from './cluster-readiness'
import type { ClusterTopology } from './cluster-topology'
import type { ClusterWorkspace } from './cluster-workspace'
import { openClusterWorkspace } from './cluster-workspace'
import { FlowFollowers } from './flow-followers'
import { LinkTable } from './link-table'
import { nodeConfigs } from './node-configs'

/** What a host makes nodes and calls of; tests put others in their place. */
export interface ClusterParts {
  /** @param place of the node among all nodes, from 0: those that share a thread are chosen by it */
  createMount(kind: NodeMountKind, place: number, listener: NodeMountListener): NodeMount
  createChannels(): RpcChannels
  /** Ends what a killed host left running in the folders of its nodes, and waits until it is gone. */
  clearAway(nodeDirectories: readonly string[]): Promise<void>
}

/** Where a cluster is reached. */
export interface ClusterAddresses {
  /** `host:port` of each coordinator, in the order of their ids: what clients are given. */
  readonly coordinators: readonly string[]
  /** `host:port` of each store. */
  readonly stores: readonly string[]
}

/** How a start went. Times in ms since its beginning. */
export interface ClusterStartReport {
  /** All nodes serve, or did not come up. */
  readonly nodesMs: number
  /** The coordinators have a leader. */
  readonly leaderMs: number
  /** Every store that serves is registered: the cluster is ready. */
  readonly readyMs: number
  /** How long the phases of each node's own start took. */
  readonly phases: ReadonlyMap<NodeId, NodeStartPhases>
  /** Nodes that did not come up; the others go on without them. */
  readonly failed: readonly ClusterNodeInfo[]
}

/** The longest delay of a link, in ms: calls are given up before it is over. */
export const MAX_LINK_DELAY_MS = 60_000
/** How long a start, and the end of one node, may take before it counts as failed. */
const READY_WITHIN_MS = 30_000
const STOP_WITHIN_MS = 10_000
/** How often ports are chosen for one start: a machine on which they are taken again each time is out of ports. */
const PORT_ATTEMPTS = 3

/**
 * A cluster on this machine: its workspace, its nodes and the links between them. It starts, stops, kills, pauses and
 * isolates nodes; data goes through clients, at {@link addresses}.
 */
export class ClusterHost implements FlowNodes {
  readonly #clock: Clock
  readonly #workspace: ClusterWorkspace
  readonly #parts: ClusterParts
  readonly #nodes = new Map<NodeId, ClusterNode>()
  readonly #links = new LinkTable()
  readonly #listeners = new Set<(event: ClusterEvent) => void>()
  readonly #flow = new FlowFollowers(this.#nodes)
  readonly #ending = new AbortController()
  #channels: RpcChannels | undefined
  #closing: Promise<void> | undefined

  private constructor(workspace: ClusterWorkspace, options: ClusterOptions, parts: ClusterParts) {
    this.#clock = options.env.clock
    this.#workspace = workspace
    this.#parts = parts
    const mountKind = options.mount ?? 'worker'
    for (const [place, config] of nodeConfigs(workspace).entries()) {
      const { nodeId } = config
      const node = new ClusterNode({
        clock: this.#clock,
        config,
        mountKind,
        createMount: (listener) => parts.createMount(mountKind, place, listener),
        links: () => this.#links.rulesOf(nodeId),
        onChange: (info) => {
          this.#flow.changed(nodeId)
          this.#tell({ kind: 'node', node: info })
        },
        onFlow: (report) => {
          this.#flow.report(nodeId, report)
        },
        onWarning: (error) => {
          this.#tell({ kind: 'warning', nodeId, warning: error.serialize() })
        },
      })
      this.#nodes.set(nodeId, node)
    }
  }

  /**
   * Takes the workspace and chooses ports; starts nothing.
   *
   * @throws SandboxError INVALID_ARGUMENT, WORKSPACE_NOT_USABLE, WORKSPACE_VERSION, WORKSPACE_DAMAGED, WORKSPACE_MISMATCH,
   * DISK_LOCKED (another host, or what one left running does not end), DISK_*
   */
  static async open(options: ClusterOptions, parts: ClusterParts = clusterParts(options)): Promise<ClusterHost> {
    const workspace = await openClusterWorkspace(options, (directories) => parts.clearAway(directories))
    try {
      return new ClusterHost(workspace, options, parts)
    } catch (thrown) {
      await workspace.close()
      throw thrown
    }
  }

  /** The workspace folder, a Disk path. */
  get directory(): string {
    return this.#workspace.directory
  }

  get clusterId(): number {
    return this.#workspace.record.clusterId
  }

  get topology(): ClusterTopology {
    return this.#workspace.record.topology
  }

  get engine(): RawEngineName {
    return this.#workspace.record.engine
  }

  /** Ports that were taken when the cluster was opened, and what is used in their place. */
  get portChanges(): readonly PortChange[] {
    return this.#workspace.portChanges
  }

  /** All nodes, coordinators first, in the order of their ids. */
  nodes(): readonly ClusterNodeInfo[] {
    return [...this.#nodes.values()].map((node) => node.info)
  }

  addresses(): ClusterAddresses {
    const of = (role: NodeRole) => this.nodes().flatMap((node) => (node.role === role ? [node.serverAddress] : []))
    return { coordinators: of('coordinator'), stores: of('store') }
  }

  /** Calls back at every event until the returned function is called. The listener must not throw. */
  subscribe(listener: (event: ClusterEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /**
   * Starts all nodes side by side. Resolves when the cluster is ready: the nodes serve, the coordinators have a leader, and
   * it knows every store. Regions that were there before may still be electing. A node that does not come up is in the
   * report, as long as the others can work without it.
   *
   * @param onProgress beside the events, for this start only
   * @throws SandboxError CLUSTER_NOT_READY, CANCELLED when the host closes meanwhile
   */
  async start(onProgress: (progress: ClusterProgress) => void = () => undefined): Promise<ClusterStartReport> {
    const startedMs = this.#clock.monotonicMs()
    const elapsedMs = () => this.#clock.monotonicMs() - startedMs
    const report = (phase: ClusterProgress['phase'], done: number, total: number) => {
      const progress: ClusterProgress = { phase, done, total, elapsedMs: elapsedMs() }
      onProgress(progress)
      this.#tell({ kind: 'progress', progress })
    }
    for (const change of this.portChanges) this.#tell({ kind: 'warning', ...portWarning(change) })

    const phases = new Map<NodeId, NodeStartPhases>()
    await this.#startNodes(phases, report)
    const nodesMs = elapsedMs()
    const up = this.nodes().filter(({ state }) => state === 'running')
    const failed = this.nodes().filter(({ state }) => state !== 'running')
    this.#checkEnough(up, failed)

    let leaderMs: number | undefined
    const stores = new Map(up.flatMap((node) => (node.role === 'store' ? [[node.nodeId, node.serverAddress]] : [])))
    await awaitReadiness({
      clock: this.#clock,
      channels: (this.#channels ??= this.#parts.createChannels()),
      coordinators: up.flatMap((node) => (node.role === 'coordinator' ? [node.serverAddress] : [])),
      stores,
      deadlineMs: READY_WITHIN_MS,
      signal: this.#ending.signal,
      onStores: (registered) => {
        if (leaderMs === undefined) report('leader', 1, 1)
        leaderMs ??= elapsedMs()
        report('stores', registered, stores.size)
      },
    })
    const readyMs = elapsedMs()
    report('ready', 1, 1)
    return { nodesMs, leaderMs: leaderMs ?? readyMs, readyMs, phases, failed }
  }

  /** Starts a node that is not running. @throws SandboxError NODE_NOT_FOUND, NODE_WRONG_STATE, and what its start throws */
  async startNode(nodeId: NodeId): Promise<void> {
    await this.#open(nodeId).start()
  }

  /** Ends a node in order. @throws SandboxError NODE_NOT_FOUND */
  async stopNode(nodeId: NodeId): Promise<void> {
    await this.#node(nodeId).stop(STOP_WITHIN_MS, { handOver: true })
  }

  /** Ends a node as if its machine lost power; overtakes what is under way. @throws SandboxError NODE_NOT_FOUND */
  async killNode(nodeId: NodeId): Promise<void> {
    await this.#node(nodeId).kill()
  }

  /** Stops a node if it runs and starts it. @throws as {@link startNode} */
  async restartNode(nodeId: NodeId): Promise<void> {
    await this.#open(nodeId).restart(STOP_WITHIN_MS)
  }

  /** Holds a node: it takes, says and does nothing until it is resumed. @throws SandboxError NODE_NOT_FOUND, NODE_NOT_SUPPORTED, NODE_WRONG_STATE */
  async pauseNode(nodeId: NodeId): Promise<void> {
    await this.#node(nodeId).pause()
  }

  /** Lets a paused node go on. @throws SandboxError NODE_NOT_FOUND, NODE_WRONG_STATE */
  async resumeNode(nodeId: NodeId): Promise<void> {
    await this.#node(nodeId).resume()
  }

  /** What a running node says of itself. @throws SandboxError NODE_NOT_FOUND, NODE_WRONG_STATE, NODE_FAILED */
  async nodeStatus(nodeId: NodeId): Promise<NodeStatus> {
    return this.#node(nodeId).status()
  }

  /**
   * Cuts the link between two nodes: nothing passes until it is healed, restarts included.
   *
   * @param direction `one-way` cuts only what goes from the first to the second. Default `both`.
   * @throws SandboxError NODE_NOT_FOUND, INVALID_ARGUMENT for a link to itself
   */
  async cutLink(from: NodeId, to: NodeId, direction: 'both' | 'one-way' = 'both'): Promise<void> {
    await this.#changeLinks(this.#directions(from, to, direction), { isCut: true })
  }

  /** Heals what {@link cutLink} cut. @throws as {@link cutLink} */
  async healLink(from: NodeId, to: NodeId, direction: 'both' | 'one-way' = 'both'): Promise<void> {
    await this.#changeLinks(this.#directions(from, to, direction), { isCut: false })
  }

  /**
   * Lets what one node sends to another arrive late, restarts included: Raft's messages, and the requests of calls, whose answers
   * travel as before.
   *
   * @param delayMs from 0, which ends it, up to {@link MAX_LINK_DELAY_MS}
   * @param direction as of {@link cutLink}
   * @throws as {@link cutLink}; INVALID_ARGUMENT for another delay
   */
  async delayLink(from: NodeId, to: NodeId, delayMs: number, direction: 'both' | 'one-way' = 'both'): Promise<void> {
    if (!(delayMs >= 0 && delayMs <= MAX_LINK_DELAY_MS)) {
      const message = `The delay of a link is from 0 to ${String(MAX_LINK_DELAY_MS)} ms, but it is ${String(delayMs)} ms.`
      throw new SandboxError('INVALID_ARGUMENT', message, { details: { delayMs } })
    }
    await this.#changeLinks(this.#directions(from, to, direction), { delayMs })
  }

  /** Ends all cuts and delays. */
  async healAll(): Promise<void> {
    await this.#changeLinks(this.#links.unsound, { isCut: false, delayMs: 0 })
  }

  get delayedLinks(): readonly DelayedLink[] {
    return this.#links.delayed
  }

  get cutLinks(): readonly CutLink[] {
    return this.#links.cut
  }

  /** Tells who steps the cluster of its nodes, from now on and those that are up. @returns stops it: they let go of what they hold */
  followFlow(listener: FlowNodesListener): () => void {
    return this.#flow.follow(listener)
  }

  /** Ends all nodes in order, stores before coordinators; the workspace stays held, so that {@link start} can follow. */
  async stop(): Promise<void> {
    const stopAll = (role: NodeRole) =>
      Promise.all(
        [...this.#nodes.values()]
          .filter((node) => node.info.role === role)
          .map((node) => node.stop(STOP_WITHIN_MS, { handOver: false })),
      )
    await stopAll('store')
    await stopAll('coordinator')
  }

  /** Ends all nodes in order and lets go of the workspace; an ephemeral one is removed. Twice is harmless. */
  close(): Promise<void> {
    return (this.#closing ??= this.#close())
  }

  async #close(): Promise<void> {
    this.#ending.abort()
    try {
      await this.stop()
    } finally {
      await this.#channels?.close()
      await this.#workspace.close()
      this.#listeners.clear()
      this.#flow.close()
    }
  }

  /** Starts all nodes side by side, once more at other ports if somebody took one between the look at it and its use. */
  async #startNodes(
    phases: Map<NodeId, NodeStartPhases>,
    report: (phase: 'nodes', done: number, total: number) => void,
  ): Promise<void> {
    const isFresh = this.nodes().every(({ state }) => state !== 'running' && state !== 'paused')
    for (let attempt = 1; ; attempt++) {
      // A killed or failed node may still be ending.
      const startsWithAll = this.nodes().every(({ state }) => state === 'stopped')
      const failures = new Map<NodeId, SandboxError>()
      let settled = 0
      report('nodes', 0, this.#nodes.size)
      await Promise.all(
        [...this.#nodes].map(async ([nodeId, node]) => {
          try {
            const nodePhases = await node.start(startsWithAll)
            if (nodePhases !== undefined) phases.set(nodeId, nodePhases)
          } catch (thrown) {
            failures.set(nodeId, SandboxError.from(thrown, 'NODE_FAILED'))
          }
          report('nodes', ++settled, this.#nodes.size)
        }),
      )
      const isPortTaken = [...failures.values()].some(({ code }) => code === 'NETWORK_ADDRESS_IN_USE')
      // Nodes that ran before keep running: what moves, moves at the next start of all.
      if (isPortTaken && isFresh && attempt < PORT_ATTEMPTS) {
        await this.#moveToOtherPorts()
        continue
      }
      // The node's own state keeps the reason, too; whether the cluster can do without it is decided by the caller.
      for (const [nodeId, error] of failures) this.#tell({ kind: 'warning', nodeId, warning: error.serialize() })
      return
    }
  }

  /** Exchanges the ports that somebody took. All nodes end for it: each knows the addresses of the others from its start. */
  async #moveToOtherPorts(): Promise<void> {
    await this.stop()
    this.#checkOpen()
    const changes = await this.#workspace.chooseAgain()
    this.#checkOpen()
    for (const config of nodeConfigs(this.#workspace)) this.#node(config.nodeId).reconfigure(config)
    for (const change of changes) this.#tell({ kind: 'warning', ...portWarning(change) })
  }

  /** A cluster works with a majority of its coordinators and a store. */
  #checkEnough(up: readonly ClusterNodeInfo[], failed: readonly ClusterNodeInfo[]): void {
    const count = (role: NodeRole) => up.filter((node) => node.role === role).length
    if (count('coordinator') * 2 > this.topology.coordinators && count('store') > 0) return
    const reasons = failed.map(({ name, lastError }) => `${name}: ${lastError?.message ?? 'it was stopped'}`)
    const message = `Too few nodes came up for the cluster to work. ${reasons.join(' ')}`
    throw new SandboxError('CLUSTER_NOT_READY', message, { details: { failed: failed.map(({ name }) => name) } })
  }

  #directions(from: NodeId, to: NodeId, direction: 'both' | 'one-way'): readonly CutLink[] {
    this.#node(from)
    this.#node(to)
    if (from === to) throw new SandboxError('INVALID_ARGUMENT', 'A node has no link to itself: name two nodes.')
    return direction === 'both'
      ? [
          { from, to },
          { from: to, to: from },
        ]
      : [{ from, to }]
  }

  async #changeLinks(
    links: readonly CutLink[],
    state: { readonly isCut?: boolean; readonly delayMs?: number },
  ): Promise<void> {
    const changed = links.filter(({ from, to }) => this.#links.change(from, to, state))
    if (changed.length === 0) return
    this.#tell({ kind: 'links', cut: this.#links.cut })
    const told = changed.flatMap((link) => this.#links.rules(link)).map(({ at, rule }) => this.#tellRule(at, rule))
    await Promise.all(told)
  }

  /** A node that goes away meanwhile learns the rule when it starts again. */
  async #tellRule(at: NodeId, rule: LinkRule): Promise<void> {
    try {
      await this.#node(at).setLink(rule)
    } catch (thrown) {
      if (!SandboxError.is(thrown, 'NODE_FAILED')) throw thrown
    }
  }

  #node(nodeId: NodeId): ClusterNode {
    const node = this.#nodes.get(nodeId)
    if (node !== undefined) return node
    const known = [...this.#nodes.keys()].join(', ')
    const message = `The cluster has no node ${String(nodeId)}. Its nodes are ${known}.`
    throw new SandboxError('NODE_NOT_FOUND', message, { details: { nodeId } })
  }

  /** A node that may be started: not while the host closes. */
  #open(nodeId: NodeId): ClusterNode {
    this.#checkOpen()
    return this.#node(nodeId)
  }

  #checkOpen(): void {
    if (this.#closing !== undefined) throw new SandboxError('CANCELLED', 'The cluster is closed: open it again.')
  }

  #tell(event: ClusterEvent): void {
    for (const listener of this.#listeners) listener(event)
  }
}

function portWarning({ nodeId, use, wantedPort, chosenPort }: PortChange) {
  const message = `Port ${String(wantedPort)} is taken: the ${use} port of node ${String(nodeId)} is ${String(chosenPort)} instead.`
  return {
    nodeId,
    warning: new SandboxError('NETWORK_ADDRESS_IN_USE', message, { details: { wantedPort, chosenPort } }).serialize(),
  }
}
