import { describe, expect, it } from 'vitest'
import { SandboxError } from '../../../src-main/base/sandbox-error'
import { ClusterComplaints } from '../../../src-main/headless/cluster/cluster-complaints'
import type { ClusterNodeInfo, ClusterNodeState } from '../../../src-main/sandbox/cluster/cluster-events'

const error = new SandboxError('ENGINE_LOCKED', 'It is open elsewhere.', { details: { pid: 7 } }).serialize()
const other = new SandboxError('NETWORK_ADDRESS_IN_USE', 'Port 1 is taken.').serialize()
const node = (state: ClusterNodeState) =>
  ({ nodeId: 20_001, name: 'store-1', state, lastError: error }) as ClusterNodeInfo

function listen(json: boolean) {
  const lines: string[] = []
  const cluster = { nodes: () => [node('running')] }
  return { lines, complaints: new ClusterComplaints(cluster, (line) => lines.push(line), json) }
}

describe('what goes wrong in a cluster', () => {
  it('is told with the name of the node, and once', () => {
    const { lines, complaints } = listen(false)
    complaints.hear({ kind: 'node', node: node('starting') })
    complaints.hear({ kind: 'node', node: node('failed') })
    complaints.hear({ kind: 'warning', nodeId: 20_001, warning: error })
    complaints.hear({ kind: 'warning', nodeId: 20_001, warning: other })
    complaints.hear({ kind: 'warning', nodeId: undefined, warning: other })
    expect(lines).toEqual([
      'store-1 failed: ENGINE_LOCKED: It is open elsewhere.',
      'store-1: NETWORK_ADDRESS_IN_USE: Port 1 is taken.',
      'NETWORK_ADDRESS_IN_USE: Port 1 is taken.',
    ])
  })

  it('is told again after another start', () => {
    const { lines, complaints } = listen(false)
    for (const state of ['failed', 'starting', 'failed'] as const) complaints.hear({ kind: 'node', node: node(state) })
    expect(lines).toHaveLength(2)
  })

  it('is a document of its own where JSON is asked for', () => {
    const { lines, complaints } = listen(true)
    complaints.hear({ kind: 'warning', nodeId: 20_001, warning: error })
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([{ warning: { ...error, about: 'store-1' } }])
  })
})
