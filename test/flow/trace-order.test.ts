import { describe, expect, it } from 'vitest'
import { criticalPath, inOrder } from '../../src-main/flow/controller/trace-order'
import type { StageEvent } from '../../src-main/flow/stage-event'

const CLIENT = 0
const LEADER = 20_001
const FOLLOWER = 20_002
const OTHER = 20_003

type Told = readonly [nodeId: number, stage: string, atMs: number, more?: Partial<StageEvent>]

/** Stages as nodes tell them: each node's own in its order, at times of its own clock. */
function told(...stages: readonly Told[]): StageEvent[] {
  const sequences = new Map<number, number>()
  return stages.map(([nodeId, stage, atMs, more]) => {
    const sequence = (sequences.get(nodeId) ?? 0) + 1
    sequences.set(nodeId, sequence)
    return {
      nodeId,
      stage,
      sequence,
      startedAtMs: atMs,
      endedAtMs: atMs,
      cause: because(''),
      ...more,
    } as unknown as StageEvent
  })
}
const because = (code: string, parameters = {}) => ({ code, parameters, sentence: '' })
const ordered = (...stages: readonly Told[]) =>
  inOrder(told(...stages)).map(({ nodeId, stage }) => `${String(nodeId)} ${stage}`)

describe('the order of a trace', () => {
  it('is that of time', () => {
    expect(ordered([LEADER, 'log.append', 2], [CLIENT, 'client.kvPut', 1], [LEADER, 'log.sync', 3])).toEqual([
      '0 client.kvPut',
      '20001 log.append',
      '20001 log.sync',
    ])
  })

  it('is each node’s own, whatever its clock says', () => {
    expect(ordered([LEADER, 'log.append', 5], [LEADER, 'log.sync', 4], [CLIENT, 'client.kvPut', 4.5])).toEqual([
      '0 client.kvPut',
      '20001 log.append',
      '20001 log.sync',
    ])
  })

  it('has the arrival of a message behind its departure', () => {
    expect(
      ordered(
        [FOLLOWER, 'raft.receive', 1, { messageId: 'm' }],
        [FOLLOWER, 'log.append', 2],
        [LEADER, 'raft.send', 2.5, { messageId: 'm' }],
      ),
    ).toEqual(['20001 raft.send', '20002 raft.receive', '20002 log.append'])
  })

  it('has the request in the store behind its call, and the result behind the answer', () => {
    expect(
      ordered(
        [LEADER, 'service.validate', 0.9],
        [CLIENT, 'client.kvGet', 1],
        [CLIENT, 'client.result', 2],
        [LEADER, 'service.respond', 2.4],
      ),
    ).toEqual(['0 client.kvGet', '20001 service.validate', '20001 service.respond', '0 client.result'])
  })

  it('has a second try behind the answer to the first', () => {
    expect(
      ordered(
        [CLIENT, 'client.kvPut', 1],
        [FOLLOWER, 'service.validate', 2],
        [CLIENT, 'client.kvPut', 2.5, { cause: because('client.routed.again') }],
        [LEADER, 'service.validate', 2.6],
        [FOLLOWER, 'service.respond', 2.9],
        [LEADER, 'service.respond', 3],
        [CLIENT, 'client.result', 4],
      ),
    ).toEqual([
      '0 client.kvPut',
      '20002 service.validate',
      '20002 service.respond',
      '0 client.kvPut',
      '20001 service.validate',
      '20001 service.respond',
      '0 client.result',
    ])
  })

  it('leaves an answer that came after the client had given up where it was', () => {
    expect(
      ordered(
        [CLIENT, 'client.kvPut', 1],
        [LEADER, 'service.validate', 2],
        [CLIENT, 'client.result', 3000],
        [LEADER, 'service.respond', 3500],
      ),
    ).toEqual(['0 client.kvPut', '20001 service.validate', '0 client.result', '20001 service.respond'])
  })

  it('has the commit behind the answers of as many followers as it needs', () => {
    const commit = ordered(
      [LEADER, 'raft.send', 1, { messageId: 'a', peerId: FOLLOWER }],
      [LEADER, 'raft.send', 1, { messageId: 'b', peerId: OTHER }],
      [LEADER, 'raftNode.commit', 2],
      [FOLLOWER, 'raft.ack', 2.2, { messageId: 'c', peerId: LEADER }],
      [OTHER, 'raft.ack', 2.5, { messageId: 'd', peerId: LEADER }],
    )
    expect(commit.slice(2)).toEqual(['20002 raft.ack', '20001 raftNode.commit', '20003 raft.ack'])
  })

  it('has the work of a store behind the command that the coordinator pushed to it', () => {
    expect(
      ordered(
        [LEADER, 'region.validateCreate', 0.8, { regionId: 7 }],
        [
          10_001,
          'coordinator.pushRegionCmd',
          1,
          { peerId: LEADER, cause: because('coordinator.push', { regionId: 7 }) },
        ],
      ),
    ).toEqual(['10001 coordinator.pushRegionCmd', '20001 region.validateCreate'])
  })

  it('needs no client: another program’s request begins at the store', () => {
    expect(ordered([LEADER, 'service.validate', 1], [LEADER, 'service.respond', 2])).toHaveLength(2)
  })

  it('keeps every stage, even if what it is told cannot be', () => {
    const all = ordered(
      [LEADER, 'raft.receive', 1, { messageId: 'from the follower' }],
      [LEADER, 'raft.send', 1, { messageId: 'from the leader' }],
      [FOLLOWER, 'raft.receive', 1, { messageId: 'from the leader' }],
      [FOLLOWER, 'raft.ack', 1, { messageId: 'from the follower' }],
    )
    expect(all).toHaveLength(4)
  })
})

describe('the critical path', () => {
  it('goes through the follower whose answer completed the quorum', () => {
    const stages = inOrder(
      told(
        [CLIENT, 'client.kvPut', 1],
        [LEADER, 'service.validate', 2],
        [LEADER, 'log.append', 3],
        [LEADER, 'log.sync', 3.1, { endedAtMs: 4 }],
        [LEADER, 'raft.send', 3.2, { messageId: 'a', peerId: FOLLOWER }],
        [LEADER, 'raft.send', 3.2, { messageId: 'b', peerId: OTHER }],
        [FOLLOWER, 'raft.receive', 4, { messageId: 'a' }],
        [FOLLOWER, 'raft.ack', 5, { messageId: 'c', peerId: LEADER }],
        [LEADER, 'raftNode.commit', 6],
        [LEADER, 'service.respond', 7],
        [CLIENT, 'client.result', 8],
      ),
    )
    const path = criticalPath(stages)
    expect(path).toContain('20002.1')
    expect(path).toContain('20002.2')
    expect(path.at(-1)).toBe('0.2')
  })

  it('does not exist before there is a result', () => {
    expect(criticalPath(inOrder(told([CLIENT, 'client.kvPut', 1])))).toEqual([])
  })
})
