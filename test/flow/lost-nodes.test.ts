import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { StageName } from '../../src-main/flow/stages'
import { requireCapabilityOfAll } from '../support/capabilities'
import { gate } from './flow-harness'
import { SteppedCluster } from './stepped-cluster'

const cluster = new SteppedCluster('inline')

describe('a node that is lost while it holds a put', () => {
  requireCapabilityOfAll('rocksdb')
  beforeAll(() => cluster.begin())
  afterAll(() => cluster.end())
  beforeEach(() => cluster.settle())

  it.each<StageName>(['log.sync', 'raftNode.commit'])(
    'killed at %s leaves its client in doubt, and the others elect',
    async (stage) => {
      const traceId = cluster.newTraceId()
      const { leaderId, term } = cluster
      // Whoever leads afterwards is stopped by nothing.
      const { gateId } = await cluster.controller.addGate(gate({ stage, nodeId: leaderId }))
      const put = cluster.tracedPut(traceId, `killed at ${stage}`)
      const refused = expect(put).rejects.toMatchObject({ code: 'RPC_UNAVAILABLE', details: { sent: true } })
      await cluster.hold(traceId)
      await cluster.host.killNode(leaderId)
      await refused
      await cluster.released()
      await cluster.controller.removeGate(gateId)
      await cluster.put('after', 'x')
      await cluster.host.startNode(leaderId)
      await cluster.settle()
      expect(cluster.term).toBeGreaterThan(term)
    },
  )

  it.each<StageName>(['service.validate', 'raftNode.propose', 'log.append', 'stateMachine.onApply', 'service.respond'])(
    'stopped at %s ends in order and answers',
    async (stage) => {
      const traceId = cluster.newTraceId()
      const { leaderId } = cluster
      await cluster.controller.addGate(gate({ stage, nodeId: leaderId }))
      const answered = cluster.tracedPut(traceId, `stopped at ${stage}`).then(
        () => 'answered',
        () => 'answered',
      )
      await cluster.hold(traceId)
      await cluster.host.stopNode(leaderId)
      expect(await answered).toBe('answered')
      expect(cluster.host.nodes().find(({ nodeId }) => nodeId === leaderId)?.state).toBe('stopped')
      for (const { gateId } of cluster.controller.state.gates) await cluster.controller.removeGate(gateId)
      await cluster.released()
      await cluster.host.startNode(leaderId)
      await cluster.put('after', 'x')
    },
  )
})
