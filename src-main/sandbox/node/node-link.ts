import type { NodeId } from '../../raft/core/model/node-id'

/** Which way messages go, seen from the node that has the rule. */
export type LinkDirection = 'outgoing' | 'incoming'
export const linkDirections: readonly LinkDirection[] = ['outgoing', 'incoming']

/** What one node does with the messages between itself and another node. */
export interface LinkRule {
  readonly peer: NodeId
  readonly direction: LinkDirection
  /** Nothing passes. */
  readonly cut: boolean
  /** Messages pass so many ms late; 0 for at once. */
  readonly delayMs: number
}

/** Whether a rule leaves the link as it is without one. */
export function isPlainLink({ cut, delayMs }: LinkRule): boolean {
  return !cut && delayMs === 0
}
