import { describe, expect, test } from 'vitest'
import type { ConfChangeV2 } from '../../../src-main/raft/core/model/conf-change'
import type { TestGroupOptions } from './support/test-group'
import { TestGroup } from './support/test-group'
import { withOther } from './support/wrapped-state-machine'

const ENTRIES = 20

/**
 * A member that has lost its state, and is given a run of commands to apply together with a membership change behind them, at
 * which it stands until the test lets go.
 */
async function memberWithinRun(options: TestGroupOptions) {
  let letGo: () => void = () => undefined
  const held = new Promise<void>((resolve) => {
    letGo = resolve
  })
  let isRestarted = false
  const group = await TestGroup.start([1], {
    ...options,
    flushEveryEntries: Number.POSITIVE_INFINITY,
    flushOnRequest: true,
    wrapStateMachine: (machine) =>
      withOther(machine, {
        persist: () => (isRestarted ? machine.persist!() : Promise.reject(new Error('The disk takes nothing.'))),
        apply: async (batch) => {
          if (isRestarted && batch.entries[0]?.type !== 'EntryNormal') await held
          return machine.apply(batch)
        },
      }),
  })
  for (let index = 0; index < ENTRIES; index += 1) await group.put(String(index), 'v')
  const { node } = group.member(1)
  const change: ConfChangeV2 = {
    version: 2,
    transition: 'ConfChangeTransitionAuto',
    changes: [{ type: 'ConfChangeAddLearnerNode', nodeId: 9 }],
    context: new Uint8Array(0),
  }
  await group.wait(node.proposeMembershipChange(change))
  await group.put('last', 'v')
  group.kill(1)
  isRestarted = true
  await group.restart(1)
  return { group, letGo }
}

describe('a member that has applied a part of what its core gave it, and looks there for membership changes before it campaigns', () => {
  test.each([
    ['has not cut off', { settings: { snapshotLogGap: 10, keepLogEntries: 0 } }],
    ['has not let go from memory', { settings: { snapshotLogGap: Infinity }, log: { cacheBytes: 0 } }],
  ])('%s what is there', async (_, options) => {
    const { group, letGo } = await memberWithinRun(options)
    const { node, failures } = group.member(1)
    await group.until(() => node.applied.index > ENTRIES, 'the commands are applied')
    // Several election timeouts.
    await group.clock.advance(5_000)
    expect(failures).toEqual([])
    letGo()
    await group.put('after', 'v')
    expect((await group.converge()).size).toBe(ENTRIES + 2)
  })
})
