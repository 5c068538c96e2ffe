import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { StageName } from '../../src-main/flow/stages'
import { keyOf, until } from '../sandbox/cluster/real-cluster'
import { StoreService } from '../../src-main/rpc/generated/dingodb/store_pb'
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

  it('has all clocks stand still, so that a minute of reading brings no election, even to followers that hear nothing', async () => {
    await cluster.controller.setMode('all-stop')
    const { term, leaderId, host } = cluster
    const traceId = cluster.newTraceId()
    const { gateId } = await cluster.controller.addGate(gate({ stage: 'raftNode.commit' }))
    const put = cluster.tracedPut(traceId, 'read for a minute')
    await cluster.hold(traceId)
    await until(() => cluster.controller.state.isFrozen)
    for (const follower of cluster.followers) await host.cutLink(leaderId, follower)
    for (let second = 0; second < 60; second++) {
      cluster.clock.skip(1_000)
      await cluster.committed(cluster.regionId)
    }
    await host.healAll()
    await cluster.controller.removeGate(gateId)
    expect((await put).error).toBeUndefined()
    await cluster.released()
    await cluster.settle()
    expect(cluster.term).toBe(term)
  })

  it('keeps the writes behind a held one in the order of their timestamps', async () => {
    const traceId = cluster.newTraceId()
    const { gateId } = await cluster.controller.addGate(
      gate({ stage: 'raftNode.propose', operation: 'KvCompareAndSet' }),
    )
    const { kvCompareAndSet } = StoreService.method
    const bytes = (text: string) => new TextEncoder().encode(text)
    const held = cluster.leaderChannel.unary(
      kvCompareAndSet,
      {
        context: await cluster.context(),
        kv: { key: keyOf('ordered'), value: bytes('compared') },
        expectValue: bytes('put'),
      },
      { traceId, untimed: true },
    )
    await cluster.hold(traceId)
    const behind = cluster.put('ordered', 'put')
    // Rounds of the cluster, in which it would have overtaken the held one.
    for (let round = 0; round < 20; round++) await cluster.committed(cluster.regionId)
    await cluster.controller.removeGate(gateId)
    await behind
    // Had the put overtaken it, the comparison would succeed and then be hidden by the put's newer version.
    expect((await held).keyState).toBe(false)
    expect(await cluster.get('ordered')).toBe('put')
  })
})
