import { describe, expect, it } from 'vitest'
import { stagesAhead } from '../../src-main/flow/controller/stages-ahead'
import type { StageEvent } from '../../src-main/flow/stage-event'
import type { StageName } from '../../src-main/flow/stages'

const LEADER = 20_001
const participants = { leaderId: LEADER, followerIds: [20_002, 20_003] }

/** Passed one after the other; `refused` is the place of the one that ended with an error. */
function passed(stages: readonly StageName[], refused?: number, engine = 'raft-kv'): StageEvent[] {
  return stages.map((stage, at) => {
    const nodeId = stage.startsWith('client.') ? 0 : LEADER
    const error = at === refused ? { code: 'DINGODB_ERROR', message: '', details: {} } : undefined
    const cause = { parameters: { engine } }
    return { stage, nodeId, sequence: at, startedAtMs: at, error, cause } as unknown as StageEvent
  })
}
const ahead = (stages: readonly StageName[], refused?: number) =>
  stagesAhead('KvPut', participants, passed(stages, refused)).map(({ stage }) => stage)

describe('what is foretold of an operation', () => {
  it('is all that it has not passed', () => {
    const left = ahead(['client.kvPut', 'service.validate'])
    expect(left).not.toContain('client.kvPut')
    expect(left.filter((stage) => stage === 'raft.receive')).toHaveLength(2)
    expect(left.slice(0, 2)).toEqual(['storage.kvPut', 'engine.asyncWrite'])
  })

  it('is only the answer, once the store has refused it', () => {
    expect(ahead(['client.kvPut', 'service.validate'], 1)).toEqual(['service.respond', 'client.result'])
  })

  it('is the way without Raft, as soon as the store has said that the region has none', () => {
    const passedStages = passed(['client.kvPut', 'service.validate', 'storage.kvPut'], undefined, 'rocks')
    const alone = { leaderId: LEADER, followerIds: [] }
    expect(stagesAhead('KvPut', alone, passedStages).map(({ stage }) => stage)).toEqual([
      'engine.asyncWrite',
      'rawEngine.write',
      'closure.run',
      'storage.writeCallback',
      'service.respond',
      'client.result',
    ])
  })

  it('is the whole way again, when the client tries again', () => {
    expect(ahead(['client.kvPut', 'service.validate', 'service.respond', 'client.kvPut'], 1)).toContain(
      'raftNode.commit',
    )
  })
})
