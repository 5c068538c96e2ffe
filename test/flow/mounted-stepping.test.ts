import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { StageName } from '../../src-main/flow/stages'
import type { NodeMountKind } from '../../src-main/sandbox/node/node-mount'
import { requireCapabilityOfAll } from '../support/capabilities'
import { gate } from './flow-harness'
import { SteppedCluster } from './stepped-cluster'

// The bundled programs of the nodes: `npm test` builds them first.
describe.each<NodeMountKind>(['worker', 'process'])('stepping of nodes that are mounted by %s', (mount) => {
  requireCapabilityOfAll('rocksdb')
  const cluster = new SteppedCluster(mount)
  beforeAll(() => cluster.begin(), 30_000)
  afterAll(() => cluster.end())

  it.each<StageName>([
    'service.validate',
    'raftNode.propose',
    'log.sync',
    'raft.send',
    'raftNode.commit',
    'rawEngine.write',
  ])('holds a put at %s and lets it go', async (stage) => {
    await cluster.settle()
    const traceId = cluster.newTraceId()
    const { gateId } = await cluster.controller.addGate(gate({ stage, nodeId: cluster.leaderId, operation: 'KvPut' }))
    const put = cluster.tracedPut(traceId, `held at ${stage}`)
    expect(await cluster.hold(traceId)).toMatchObject({ stage, nodeId: cluster.leaderId })
    await cluster.controller.removeGate(gateId)
    expect((await put).error).toBeUndefined()
    await cluster.traceWith(traceId, 'rawEngine.write', 3)
    await cluster.released()
  })

  it('leaves a paused node alone, and goes on without it', async () => {
    await cluster.settle()
    const [follower] = cluster.followers
    const traceId = cluster.newTraceId()
    const { gateId } = await cluster.controller.addGate(gate({ stage: 'raftNode.propose', operation: 'KvPut' }))
    const put = cluster.tracedPut(traceId, 'beside a paused node')
    await cluster.hold(traceId)
    await cluster.host.pauseNode(follower!)
    await cluster.controller.removeGate(gateId)
    expect((await put).error).toBeUndefined()
    await cluster.released()
    await cluster.host.resumeNode(follower!)
    await cluster.traceWith(traceId, 'rawEngine.write', 3)
  })

  it('ends with the node that holds something', async () => {
    await cluster.settle()
    const { leaderId, term } = cluster
    const traceId = cluster.newTraceId()
    const { gateId } = await cluster.controller.addGate(gate({ stage: 'log.sync', nodeId: leaderId }))
    const put = cluster.tracedPut(traceId, 'lost')
    const refused = expect(put).rejects.toMatchObject({ code: 'RPC_UNAVAILABLE' })
    await cluster.hold(traceId)
    await cluster.host.killNode(leaderId)
    await refused
    await cluster.released()
    await cluster.controller.removeGate(gateId)
    await cluster.put('after', 'x')
    await cluster.host.startNode(leaderId)
    await cluster.settle()
    expect(cluster.term).toBeGreaterThan(term)
  })
})
