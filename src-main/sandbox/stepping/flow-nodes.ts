import type { FlowNodeLink, FlowReport } from '../../flow/flow-messages'

/** Who steps nodes. {@link FlowController} has this shape. */
export interface FlowNodesListener {
  /** A node is up; its earlier life, if any, is over. */
  attach(link: FlowNodeLink): void
  /** A node is gone, and what it held with it. */
  detach(nodeId: number): void
  /** A node tells something. */
  report(nodeId: number, report: FlowReport): void
}

/** Nodes that can be stepped, as they come and go. */
export interface FlowNodes {
  /** The nodes that are up are attached at once. @returns stops it: the nodes let go of what they hold */
  followFlow(listener: FlowNodesListener): () => void
}
