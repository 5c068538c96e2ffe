import { describe, expect, test } from 'vitest'
import { simulatedEnv } from '../../../src-main/env/simulated'
import type { StageOutcome } from '../../../src-main/flow/flow-probe'
import { noProbe } from '../../../src-main/flow/flow-probe'
import type { MessageAction } from '../../../src-main/flow/gate'
import { draftMessage } from '../../../src-main/raft/core/model/message'
import { MessageStages } from '../../../src-main/raft/node/message-stages'
import { StageWatch } from '../../../src-main/raft/node/stage-watch'
import type { RaftPeerMessage } from '../../../src-main/raft/transport/peer-message'

const message: RaftPeerMessage = { kind: 'raft', regionId: 7, message: draftMessage('MsgHeartbeat', 2) }

/** The way of one message that is held, both when it leaves and when it comes, and what its stages told in the end. */
function heldMessage() {
  const { clock } = simulatedEnv({ seed: 1 })
  let decide: (action: MessageAction) => void = () => undefined
  const held = new Promise<MessageAction>((resolve) => {
    decide = resolve
  })
  const outcomes: StageOutcome[] = []
  const leave = (outcome?: () => StageOutcome) => outcomes.push(outcome?.() ?? {})
  const probe = { ...noProbe, isOn: true, wantsMessage: () => true, enterMessage: () => ({ held, leave }) }
  const stages = new MessageStages(new StageWatch(probe, 7, 1, () => Promise.resolve(undefined)), clock)
  const passed = { sent: 0, delivered: 0 }
  stages.send(message, () => (passed.sent += 1))
  stages.receive(2, message, () => (passed.delivered += 1))
  return { clock, outcomes, passed, decide }
}

describe('a message that is held', () => {
  test.each([
    ['deliver', { kind: 'deliver' }, undefined, 1],
    ['drop', { kind: 'drop' }, 'dropped', 0],
    ['duplicate', { kind: 'duplicate' }, 'duplicated', 2],
  ] as const)('goes its way as it is told to %s, and says what became of it', async (_name, action, fate, times) => {
    const { clock, outcomes, passed, decide } = heldMessage()
    await clock.advance(1_000)
    expect([passed, outcomes]).toEqual([{ sent: 0, delivered: 0 }, []])
    decide(action)
    await clock.advance(1_000)
    expect(passed).toEqual({ sent: times, delivered: times })
    expect(outcomes).toEqual([{ fate }, { fate }])
  })

  test('that is delayed goes on by itself', async () => {
    const { clock, outcomes, passed, decide } = heldMessage()
    decide({ kind: 'delay', delayMs: 250 })
    await clock.advance(249)
    expect([passed, outcomes]).toEqual([{ sent: 0, delivered: 0 }, [{ fate: 'delayed' }, { fate: 'delayed' }]])
    await clock.advance(1)
    expect(passed).toEqual({ sent: 1, delivered: 1 })
  })
})
