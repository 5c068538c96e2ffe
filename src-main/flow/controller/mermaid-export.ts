import type { StageEvent } from '../stage-event'
import { partStages } from '../stages'

/**
 * A trace as a Mermaid sequence diagram: nodes as participants in the order of their first stage, messages as arrows, other
 * stages as notes.
 *
 * @param ordered stages as trace-order.ts orders them
 * @param nameOf the name of a node, `client` for 0
 */
export function toMermaid(ordered: readonly StageEvent[], nameOf: (nodeId: number) => string): string {
  const participants = [...new Set(ordered.map(({ nodeId }) => nodeId))]
  const lines = [
    'sequenceDiagram',
    ...participants.map((nodeId) => `  participant ${idOf(nodeId)} as ${nameOf(nodeId)}`),
  ]
  for (const [position, event] of ordered.entries()) {
    if (partStages.some((part) => part === event.stage)) continue
    const { stage, nodeId, peerId, fate, cause } = event
    const text = sentence(`${stage}${fate === undefined ? '' : ` (${fate})`}: ${cause.sentence}`)
    const arrow = fate === 'dropped' ? '-x' : '->>'
    const before = ordered[position - 1]
    if (peerId !== undefined && stage !== 'raft.receive')
      lines.push(`  ${idOf(nodeId)}${arrow}${idOf(peerId)}: ${text}`)
    else if (before !== undefined && before.nodeId !== nodeId && crossesByCall(event)) {
      lines.push(`  ${idOf(before.nodeId)}->>${idOf(nodeId)}: ${text}`)
    } else lines.push(`  Note over ${idOf(nodeId)}: ${text}`)
  }
  return `${lines.join('\n')}\n`
}

/** Requests and answers between client and store are not messages of Raft, and have no other end in their stage. */
const crossesByCall = ({ stage }: StageEvent) => stage === 'service.validate' || stage === 'client.result'

const idOf = (nodeId: number) => `n${String(nodeId)}`

/** Mermaid reads `;` and `#` as its own signs, and a line is a statement. */
function sentence(text: string): string {
  return text.replace(/[;#]/g, ',').replace(/\s+/g, ' ')
}
