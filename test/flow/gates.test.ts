import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { StageName } from '../../src-main/flow/stages'
import { until } from '../sandbox/cluster/real-cluster'
import { requireCapabilityOfAll } from '../support/capabilities'
import { gate } from './flow-harness'
import { SteppedCluster } from './stepped-cluster'

const onLeader: readonly StageName[] = [
  'service.validate',
  'storage.kvPut',
  'engine.asyncWrite',
  'raftManager.route',
  'raftNode.propose',
  'log.append',
  'log.record',
  'log.sync',
  'log.fsync',
  'raft.send',
  'raftNode.commit',
  'stateMachine.onApply',
  'rawEngine.write',
  'rawEngine.columnFamily',
  'closure.run',
  'storage.writeCallback',
  'service.respond',
]
/** Behind these the leader alone decides nothing: a quorum goes on without it, so the answer comes. */
const besideTheQuorum: ReadonlySet<StageName> = new Set<StageName>([
  'log.append',
  'log.record',
  'log.sync',
  'log.fsync',
])
const onFollower: readonly StageName[] = [
  'raft.receive',
  'log.append',
  'log.sync',
  'raft.ack',
  'stateMachine.onApply',
  'rawEngine.write',
]

const cluster = new SteppedCluster('inline')

describe('a gate', () => {
  requireCapabilityOfAll('rocksdb')
  beforeAll(() => cluster.begin())
  afterAll(() => cluster.end())
  beforeEach(async () => {
    await cluster.controller.setMode('non-stop')
    await cluster.settle()
  })

  it.each(onLeader)('at %s on the leader holds a put there, and lets it go', async (stage) => {
    const traceId = cluster.newTraceId()
    const { gateId } = await cluster.controller.addGate(gate({ stage, nodeId: cluster.leaderId, operation: 'KvPut' }))
    let isAnswered = false
    const put = cluster.tracedPut(traceId, `held at ${stage}`).then(() => (isAnswered = true))
    const hold = await cluster.hold(traceId)
    expect(hold).toMatchObject({ stage, nodeId: cluster.leaderId, gateId })
    // A round of the cluster: by then it would have been answered.
    await cluster.committed(cluster.regionId)
    if (!besideTheQuorum.has(stage)) expect(isAnswered).toBe(false)
    await cluster.controller.removeGate(gateId)
    await put
    await cluster.released()
    expect(await cluster.get(`held at ${stage}`)).toBe(`value of held at ${stage}`)
  })

  it.each(onFollower)('at %s on a follower holds the entry there, and the others answer', async (stage) => {
    const traceId = cluster.newTraceId()
    const follower = cluster.followers[0]!
    const { gateId } = await cluster.controller.addGate(gate({ stage, nodeId: follower, operation: 'KvPut' }))
    await cluster.tracedPut(traceId, `beside ${stage}`)
    expect(await cluster.hold(traceId)).toMatchObject({ stage, nodeId: follower, gateId })
    await cluster.controller.removeGate(gateId)
    await cluster.traceWith(traceId, 'rawEngine.write', 3)
    await cluster.released()
  })

  it('has all clocks stand still, so that a minute of reading brings no election', async () => {
    await cluster.controller.setMode('all-stop')
    const { term } = cluster
    const traceId = cluster.newTraceId()
    const { gateId } = await cluster.controller.addGate(gate({ stage: 'raftNode.commit' }))
    const put = cluster.tracedPut(traceId, 'read for a minute')
    await cluster.hold(traceId)
    await until(() => cluster.controller.state.isFrozen)
    for (let second = 0; second < 60; second++) {
      cluster.clock.skip(1_000)
      await cluster.committed(cluster.regionId)
    }
    await cluster.controller.removeGate(gateId)
    expect((await put).error).toBeUndefined()
    await cluster.released()
    await cluster.settle()
    expect(cluster.term).toBe(term)
  })

  it('keeps the writes behind a held one in the order of their timestamps', async () => {
    const traceId = cluster.newTraceId()
    const { gateId } = await cluster.controller.addGate(gate({ stage: 'raftNode.propose' }))
    const held = cluster.tracedPut(traceId, 'same key')
    await cluster.hold(traceId)
    const behind = cluster.put('same key', 'the later one')
    await cluster.committed(cluster.regionId)
    await cluster.controller.removeGate(gateId)
    await held
    await behind
    expect(await cluster.get('same key')).toBe('the later one')
  })
})
