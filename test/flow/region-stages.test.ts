import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createStages, dropStages } from '../../src-main/flow/stages'
import { CoordinatorService } from '../../src-main/rpc/generated/dingodb/coordinator_pb'
import { until } from '../sandbox/cluster/real-cluster'
import { requireCapabilityOfAll } from '../support/capabilities'
import { gate } from './flow-harness'
import { expectKnownStages } from './known-stages'
import { stageOf, stagesOf, SteppedCluster } from './stepped-cluster'

const cluster = new SteppedCluster('inline')
const { createRegion, dropRegion } = CoordinatorService.method
const range = { startKey: new TextEncoder().encode('r-stages-'), endKey: new TextEncoder().encode('r-stages.') }

describe('the stages of regions', () => {
  requireCapabilityOfAll('rocksdb')
  beforeAll(() => cluster.begin())
  afterAll(() => cluster.end())

  const coordinator = () => cluster.host.nodes().find(({ role }) => role === 'coordinator')!
  const stores = () => cluster.host.nodes().filter(({ role }) => role === 'store')
  const channel = () => cluster.channels.to(coordinator().serverAddress)
  let regionId = 0n

  it('are those of a creation, on the coordinator and on every store, each holding where a gate says', async () => {
    const traceId = cluster.newTraceId()
    const { gateId } = await cluster.controller.addGate(gate({ stage: 'region.saveMeta', nodeId: stores()[1]!.nodeId }))
    const request = { regionName: 'stages', replicaNum: 3n, range }
    regionId = (await channel().unary(createRegion, request, { traceId, untimed: true })).regionId
    const hold = await cluster.hold(traceId)
    expect(hold).toMatchObject({ stage: 'region.saveMeta', nodeId: stores()[1]!.nodeId })
    await cluster.controller.removeGate(gateId)
    const trace = await cluster.traceWith(traceId, 'region.reportLeader', 1)
    await until(() =>
      stores().every(({ nodeId }) =>
        stagesOf(cluster.controller.trace(traceId), nodeId).includes('region.updateState'),
      ),
    )
    const all = cluster.controller.trace(traceId)
    expect(trace.summary.operation).toBe('CreateRegion')
    expect(stageOf(all, 'coordinator.commitMeta', coordinator().nodeId).cause.parameters['commands']).toBe(3)
    // A region is no table: its definition is checked where its stores are chosen.
    expect(stagesOf(all, coordinator().nodeId)).toEqual([
      'coordinator.validateTable',
      'coordinator.planRegions',
      'coordinator.commitMeta',
      ...stores().map(() => 'coordinator.pushRegionCmd'),
    ])
    expectKnownStages(all.stages)
    await until(() => cluster.controller.trace(traceId).summary.state === 'done')
    const onStore = createStages.filter((stage) => !stage.startsWith('coordinator.'))
    for (const { nodeId } of stores()) {
      const stages = stagesOf(all, nodeId)
      expect(onStore.slice(0, stages.length)).toEqual(stages)
    }
  })

  it('are those of a drop', async () => {
    const traceId = cluster.newTraceId()
    await channel().unary(dropRegion, { regionId }, { traceId, untimed: true })
    const trace = await cluster.traceWith(traceId, 'region.reportDeleted', 3)
    expect(stagesOf(trace, coordinator().nodeId).slice(0, 3)).toEqual([
      'coordinator.validateDrop',
      'coordinator.commitMeta',
      'coordinator.pushRegionCmd',
    ])
    expectKnownStages(trace.stages)
    await until(() => cluster.controller.trace(traceId).summary.state === 'done')
    const once = new Set(dropStages.filter((stage) => !stage.startsWith('coordinator.')))
    for (const { nodeId } of stores()) expect(new Set(stagesOf(trace, nodeId))).toEqual(once)
  })
})
