import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RaftError } from '../../../../src-main/raft/core/errors'
import { Changer } from '../../../../src-main/raft/core/membership/changer'
import { checkMembership } from '../../../../src-main/raft/core/membership/invariants'
import { restoreMembership } from '../../../../src-main/raft/core/membership/restore'
import type { ConfChange, ConfChangeSingle } from '../../../../src-main/raft/core/model/conf-change'
import {
  confChangeEntryType,
  confChangeTransitions,
  confChangeTypes,
  decodeConfChange,
  encodeConfChange,
} from '../../../../src-main/raft/core/model/conf-change'
import { NO_LIMIT } from '../../../../src-main/raft/core/model/entry'
import { EMPTY_CONFIGURATION, isJoint, toConfState } from '../../../../src-main/raft/core/tracker/configuration'
import type { Membership } from '../../../../src-main/raft/core/tracker/progress-tracker'

const LIMITS = { maxInflightMessages: 10, maxInflightBytes: NO_LIMIT }
const FOUNDED: Membership = changerOf({ configuration: EMPTY_CONFIGURATION, progress: new Map() }).simple([
  { type: 'ConfChangeAddNode', nodeId: 1 },
])

const single: fc.Arbitrary<ConfChangeSingle> = fc.record({
  type: fc.constantFrom(...confChangeTypes),
  nodeId: fc.integer({ min: 0, max: 6 }),
})
const changes = fc.array(single, { maxLength: 6 })

function changerOf(membership: Membership): Changer {
  return new Changer(membership, 10, LIMITS)
}

/** A membership without what a leader knows of each member beyond its part. */
function shape({ configuration, progress }: Membership) {
  return { configuration, learners: [...progress].map(([id, { isLearner }]) => [id, isLearner]).sort() }
}

/** Carries out changes one at a time where that is possible; undefined if one of them would remove the last voter. */
function oneByOne(start: Membership, list: readonly ConfChangeSingle[]): Membership | undefined {
  try {
    return list.reduce((membership, change) => changerOf(membership).simple([change]), start)
  } catch (error) {
    if (error instanceof RaftError) return undefined
    throw error
  }
}

describe('membership changes', () => {
  it('through a joint configuration lead to the same members as one at a time', () => {
    fc.assert(
      fc.property(changes, changes, (before, list) => {
        const start = oneByOne(FOUNDED, before)
        const simple = start && oneByOne(start, list)
        fc.pre(start !== undefined && simple !== undefined)
        const joint = changerOf(start).enterJoint(false, list)
        expect(isJoint(joint.configuration)).toBe(true)
        expect(joint.configuration.voters.outgoing).toEqual(start.configuration.voters.incoming)
        expect(shape(changerOf(joint).leaveJoint())).toEqual(shape(simple))
      }),
      { numRuns: 2000 },
    )
  })

  it('never leave what they start from other than it was, whether they are refused or not', () => {
    fc.assert(
      fc.property(changes, changes, fc.boolean(), (before, list, joint) => {
        const start = oneByOne(FOUNDED, before) ?? FOUNDED
        const members = shape(start)
        try {
          const changer = changerOf(start)
          checkMembership(joint ? changer.enterJoint(true, list) : changer.simple(list))
        } catch (error) {
          expect(error).toBeInstanceOf(RaftError)
        }
        expect(shape(start)).toEqual(members)
      }),
    )
  })

  it('done one at a time have, before and after, majorities with a member in common', () => {
    fc.assert(
      fc.property(changes, single, (before, change) => {
        const start = oneByOne(FOUNDED, before) ?? FOUNDED
        const after = oneByOne(start, [change])
        fc.pre(after !== undefined)
        const [old, young] = [start, after].map(({ configuration }) => configuration.voters.incoming)
        const all = new Set([...(old ?? []), ...(young ?? [])])
        const majority = (ids: readonly number[] = []) => Math.floor(ids.length / 2) + 1
        expect(majority(old) + majority(young)).toBeGreaterThan(all.size)
      }),
    )
  })

  it('are found again in a stored membership, joint or not', () => {
    fc.assert(
      fc.property(changes, changes, fc.boolean(), (before, list, autoLeave) => {
        const start = oneByOne(FOUNDED, before) ?? FOUNDED
        fc.pre(oneByOne(start, list) !== undefined)
        const joint = changerOf(start).enterJoint(autoLeave, list)
        for (const membership of [start, joint]) {
          const restored = restoreMembership(toConfState(membership.configuration), 10, LIMITS)
          expect(shape(restored)).toEqual(shape(membership))
        }
      }),
    )
  })

  it('keep what is known of members that stay', () => {
    const start = oneByOne(FOUNDED, [{ type: 'ConfChangeAddNode', nodeId: 2 }])
    const progress = start?.progress.get(2)
    progress?.maybeUpdate(7)
    const demoted = start && changerOf(start).simple([{ type: 'ConfChangeAddLearnerNode', nodeId: 2 }])
    expect(demoted?.progress.get(2)).toMatchObject({ match: 7, isLearner: true })
    expect(progress).toMatchObject({ match: 7, isLearner: false })
  })
})

describe('the bytes of a membership change', () => {
  const context = fc.uint8Array({ maxLength: 20 })
  const nodeId = fc.oneof(fc.integer({ min: 0, max: 300 }), fc.maxSafeNat())
  const type = fc.constantFrom(...confChangeTypes)
  const change: fc.Arbitrary<ConfChange> = fc.oneof(
    fc.record({ version: fc.constant(1 as const), type, nodeId, context }),
    fc.record({
      version: fc.constant(2 as const),
      transition: fc.constantFrom(...confChangeTransitions),
      changes: fc.array(fc.record({ type, nodeId }), { maxLength: 5 }),
      context,
    }),
  )

  it('give the change back', () => {
    fc.assert(
      fc.property(change, (original) => {
        const data = encodeConfChange(original)
        expect(decodeConfChange({ type: confChangeEntryType(original), data })).toEqual(original)
      }),
      { numRuns: 1000 },
    )
  })

  it('cut off, lengthened or made up are refused, and never taken for something else than they say', () => {
    fc.assert(
      fc.property(
        change,
        fc.nat({ max: 40 }),
        fc.uint8Array({ minLength: 1, maxLength: 30 }),
        (original, cut, noise) => {
          const data = encodeConfChange(original)
          const decode = (bytes: Uint8Array) => () =>
            decodeConfChange({ type: confChangeEntryType(original), data: bytes })
          if (cut > 0 && cut < data.length) expect(decode(data.subarray(0, cut))).toThrowError(RaftError)
          if (data.length > 0) expect(decode(Uint8Array.of(...data, 0))).toThrowError(/length of its context/)
          try {
            encodeConfChange(decode(noise)())
          } catch (error) {
            expect(error).toBeInstanceOf(RaftError)
          }
        },
      ),
      { numRuns: 1000 },
    )
  })

  it('that leave a joint configuration are none, so that no limit can refuse them', () => {
    const leave = {
      version: 2,
      transition: 'ConfChangeTransitionAuto',
      changes: [],
      context: new Uint8Array(0),
    } as const
    expect(encodeConfChange(leave)).toHaveLength(0)
  })
})
