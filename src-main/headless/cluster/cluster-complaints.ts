import type { SerializedSandboxError } from '../../base/sandbox-error'
import type { ClusterEvent, ClusterNodeInfo } from '../../sandbox/cluster/cluster-events'
import { jsonLine } from './output'

type NodeId = ClusterNodeInfo['nodeId']

/** Puts into words, on one line each, what goes wrong in a cluster that runs: nodes that fail, and warnings. */
export class ClusterComplaints {
  readonly #cluster: { nodes(): readonly ClusterNodeInfo[] }
  readonly #note: (line: string) => void
  readonly #json: boolean
  /** The last sentence about each node: the host tells a failed start as a state and as a warning. */
  readonly #said = new Map<NodeId | undefined, string>()

  constructor(cluster: { nodes(): readonly ClusterNodeInfo[] }, note: (line: string) => void, json: boolean) {
    this.#cluster = cluster
    this.#note = note
    this.#json = json
  }

  hear(event: ClusterEvent): void {
    if (event.kind === 'warning') {
      const node = this.#cluster.nodes().find(({ nodeId }) => nodeId === event.nodeId)
      this.#say(event.nodeId, event.warning, node?.name)
    }
    if (event.kind !== 'node') return
    const { nodeId, name, state, lastError } = event.node
    if (state === 'starting') this.#said.delete(nodeId)
    if (state === 'failed' && lastError !== undefined) this.#say(nodeId, lastError, `${name} failed`)
  }

  #say(nodeId: NodeId | undefined, error: SerializedSandboxError, about: string | undefined): void {
    if (this.#said.get(nodeId) === error.message) return
    this.#said.set(nodeId, error.message)
    this.#note(complaintLine(error, this.#json, about))
  }
}

/** What is wrong, for people or as one document. @param about whom it is about, for people: a node's name */
export function complaintLine(error: SerializedSandboxError, json: boolean, about?: string): string {
  const { code, message, details } = error
  if (json)
    return jsonLine({ warning: { code, message, details, ...(about === undefined ? {} : { about }) } }).trimEnd()
  return about === undefined ? `${code}: ${message}` : `${about}: ${code}: ${message}`
}
