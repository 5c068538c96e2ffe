import { fromBinary } from '@bufbuild/protobuf'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { OperationName } from '../../src-main/flow/stages'
import { putStages } from '../../src-main/flow/stages'
import type { CheckResult } from '../../src-main/store/service/check-report'
import { Errno } from '../../src-main/rpc/generated/dingodb/error_pb'
import { encodeKey } from '../../src-main/engine/mvcc/key-codec'
import { RaftCmdRequestSchema } from '../../src-main/rpc/generated/dingodb/raft_pb'
import { KvPutRequestSchema, KvPutResponseSchema, StoreService } from '../../src-main/rpc/generated/dingodb/store_pb'
import { requireCapabilityOfAll } from '../support/capabilities'
import { keyOf } from '../sandbox/cluster/real-cluster'
import { expectKnownStages } from './known-stages'
import { stageOf, stagesOf, SteppedCluster } from './stepped-cluster'

const cluster = new SteppedCluster('inline')

describe('the stages of operations on a cluster of three stores', () => {
  requireCapabilityOfAll('rocksdb')
  beforeAll(() => cluster.begin())
  afterAll(() => cluster.end())

  it('are all those of a put, in order, on the leader and on the followers, with their data', async () => {
    const traceId = cluster.newTraceId()
    await cluster.tracedPut(traceId, 'put')
    const trace = await cluster.traceWith(traceId, 'rawEngine.write', 3)
    const { leaderId } = cluster
    const onLeader = stagesOf(trace, leaderId).filter((stage) => stage !== 'raft.send')
    expect(onLeader).toEqual([
      'service.validate',
      'storage.kvPut',
      'engine.asyncWrite',
      'raftManager.route',
      'raftNode.propose',
      'log.append',
      'log.sync',
      'raftNode.commit',
      'stateMachine.onApply',
      'rawEngine.write',
      'closure.run',
      'storage.writeCallback',
      'service.respond',
    ])
    const followers = cluster.host.nodes().filter(({ role, nodeId }) => role === 'store' && nodeId !== leaderId)
    expect(followers).toHaveLength(2)
    for (const { nodeId } of followers) {
      expect(stagesOf(trace, nodeId)).toEqual([
        'raft.receive',
        'log.append',
        'log.sync',
        'raft.ack',
        'stateMachine.onApply',
        'rawEngine.write',
      ])
      expect(trace.stages.filter(({ stage, peerId }) => stage === 'raft.send' && peerId === nodeId)).toHaveLength(1)
    }
    expect(trace.stages.every(({ cause }) => cause.sentence !== '' && cause.code !== '')).toBe(true)
    expect(trace.stages.every(({ operation }) => operation === 'KvPut')).toBe(true)

    const validate = stageOf(trace, 'service.validate', leaderId)
    expect(fromBinary(KvPutRequestSchema, validate.before[0]!.bytes).kv?.key).toEqual(keyOf('put'))
    expect(JSON.parse(validate.after[0]!.json!)).toContainEqual(
      expect.objectContaining({ name: 'checkEpoch', result: 'passed' }),
    )
    const command = stageOf(trace, 'engine.asyncWrite', leaderId).after[0]!
    expect(command.type).toBe('dingodb.pb.raft.RaftCmdRequest')
    expect(fromBinary(RaftCmdRequestSchema, command.bytes).header?.regionId).toBe(BigInt(cluster.regionId))
    const response = stageOf(trace, 'service.respond', leaderId).after[0]!
    expect(fromBinary(KvPutResponseSchema, response.bytes).ts).toBeGreaterThan(0n)
    for (const { nodeId } of [{ nodeId: leaderId }, ...followers]) {
      const families = trace.stages.filter((each) => each.stage === 'rawEngine.columnFamily' && each.nodeId === nodeId)
      expect(families.map(({ cause }) => cause.parameters['family'])).toEqual(['default', 'meta'])
      const [key, value] = families[0]!.before
      const encoded = encodeKey(keyOf('put'))
      expect(key!.bytes.subarray(0, encoded.length)).toEqual(encoded)
      expect(new TextDecoder().decode(value!.bytes)).toContain('value of put')
    }
  })

  it('are those of a get, which says how it proved itself', async () => {
    const traceId = cluster.newTraceId()
    const request = { context: await cluster.context(), key: keyOf('first') }
    const { value } = await cluster.leaderChannel.unary(StoreService.method.kvGet, request, { traceId, untimed: true })
    expect(new TextDecoder().decode(value)).toBe('value')
    const trace = await cluster.traceWith(traceId, 'service.respond', 1)
    expect(stagesOf(trace, cluster.leaderId)).toEqual([
      'service.validate',
      'storage.kvGet',
      'engine.newReader',
      'rawEngine.get',
      'service.respond',
    ])
    const proof = stageOf(trace, 'engine.newReader', cluster.leaderId)
    expect(proof.cause.parameters['proof']).toBe('lease')
    // Time stands still while it is stepped, for the lease not: by which of both it went is for the clock to say.
    expect(['"lease"', '"quorum"']).toContain(proof.after[0]?.json)
    expect(new TextDecoder().decode(stageOf(trace, 'rawEngine.get', cluster.leaderId).after[0]!.bytes)).toBe('value')
  })

  it('are those of a put for every other write', async () => {
    const { method } = StoreService
    const context = await cluster.context()
    const kv = { key: keyOf('write'), value: new Uint8Array([1]) }
    const range = { range: { startKey: keyOf('a'), endKey: keyOf('b') }, withStart: true, withEnd: false }
    const calls: Array<readonly [OperationName, (traceId: string) => Promise<unknown>]> = [
      ['KvBatchPut', (traceId) => cluster.leaderChannel.unary(method.kvBatchPut, { context, kvs: [kv] }, { traceId })],
      ['KvPutIfAbsent', (traceId) => cluster.leaderChannel.unary(method.kvPutIfAbsent, { context, kv }, { traceId })],
      [
        'KvBatchPutIfAbsent',
        (traceId) => cluster.leaderChannel.unary(method.kvBatchPutIfAbsent, { context, kvs: [kv] }, { traceId }),
      ],
      [
        'KvCompareAndSet',
        (traceId) =>
          cluster.leaderChannel.unary(method.kvCompareAndSet, { context, kv, expectValue: kv.value }, { traceId }),
      ],
      [
        'KvBatchCompareAndSet',
        (traceId) =>
          cluster.leaderChannel.unary(
            method.kvBatchCompareAndSet,
            { context, kvs: [kv], expectValues: [kv.value] },
            { traceId },
          ),
      ],
      [
        'KvBatchDelete',
        (traceId) => cluster.leaderChannel.unary(method.kvBatchDelete, { context, keys: [kv.key] }, { traceId }),
      ],
      [
        'KvDeleteRange',
        (traceId) => cluster.leaderChannel.unary(method.kvDeleteRange, { context, range }, { traceId }),
      ],
    ]
    for (const [operation, call] of calls) {
      const traceId = cluster.newTraceId()
      await call(traceId)
      const trace = await cluster.traceWith(traceId, 'rawEngine.write', 3)
      expect(trace.summary.operation).toBe(operation)
      expectKnownStages(trace.stages)
      const stages = new Set(trace.stages.map(({ stage }) => stage))
      const onTheWay = putStages.filter((stage) => !stage.startsWith('client.'))
      expect(
        onTheWay.filter((stage) => !stages.has(stage)),
        operation,
      ).toEqual([])
    }
  })

  it('tell why a request was refused, and by which check', async () => {
    const traceId = cluster.newTraceId()
    const request = {
      context: await cluster.context(),
      kv: { key: new TextEncoder().encode('x'), value: new Uint8Array(0) },
    }
    const { error } = await cluster.leaderChannel.unary(StoreService.method.kvPut, request, { traceId })
    expect(error?.errcode).toBe(Errno.EKEY_OUT_OF_RANGE)
    const trace = await cluster.traceWith(traceId, 'service.respond', 1)
    const validate = stageOf(trace, 'service.validate', cluster.leaderId)
    const checks = JSON.parse(validate.after[0]!.json!) as CheckResult[]
    expect(checks.find(({ result }) => result === 'refused')?.name).toBe('checkKeyInRange')
    expect(checks.at(-1)).toMatchObject({ name: 'checkWritable', result: 'not reached' })
    expect(validate.error?.message).toContain('is not in region')
    expect(stagesOf(trace, cluster.leaderId)).toEqual(['service.validate', 'service.respond'])
    expect(stageOf(trace, 'service.respond', cluster.leaderId).error).toEqual(validate.error)
    expect(trace.summary).toMatchObject({ state: 'failed', error: validate.error })
  })

  it('are told of nothing that nobody follows', async () => {
    const before = cluster.controller.state.traces.length
    await cluster.put('untraced', 'x')
    const traceId = cluster.newTraceId()
    await cluster.tracedPut(traceId, 'traced')
    await cluster.traceWith(traceId, 'rawEngine.write', 3)
    expect(cluster.controller.state.traces).toHaveLength(before + 1)
  })
})
