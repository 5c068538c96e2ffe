import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { describeProgress } from '../../../../src-main/raft/core/describe/membership'
import { RaftInvariantError } from '../../../../src-main/raft/core/errors'
import { NO_LIMIT } from '../../../../src-main/raft/core/model/entry'
import { Inflights } from '../../../../src-main/raft/core/tracker/inflights'
import { Progress } from '../../../../src-main/raft/core/tracker/progress'

const LIMITS = { maxInflightMessages: 4, maxInflightBytes: NO_LIMIT }

describe('the window of messages under way', () => {
  it('counts like a plain list, growing and going round as it may', () => {
    const step = fc.oneof(
      fc.record({ add: fc.integer({ min: 1, max: 3 }), bytes: fc.nat({ max: 20 }) }),
      fc.record({ free: fc.nat({ max: 60 }) }),
    )
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 60 }),
        fc.array(step),
        (maxMessages, maxBytes, steps) => {
          const window = new Inflights(maxMessages, maxBytes)
          let model: Array<{ readonly last: number; readonly bytes: number }> = []
          let last = 0
          for (const act of steps) {
            const full = model.length >= maxMessages || model.reduce((sum, { bytes }) => sum + bytes, 0) >= maxBytes
            expect(window.full).toBe(full)
            if ('add' in act) {
              expect(window.add(last + act.add, act.bytes)).toBe(!full)
              if (!full) {
                last += act.add
                model.push({ last, bytes: act.bytes })
              }
            } else {
              window.freeUpTo(act.free)
              model = model.filter((message) => message.last > act.free)
            }
            expect(window.count).toBe(model.length)
            expect(window.bytes).toBe(model.reduce((sum, { bytes }) => sum + bytes, 0))
          }
          const copy = window.clone()
          window.reset()
          expect([window.count, window.bytes, copy.count]).toEqual([0, 0, model.length])
        },
      ),
    )
  })
})

describe('what a leader knows of a member', () => {
  it('keeps match below next, never forgets what was acknowledged, and pauses while a snapshot is under way', () => {
    const step = fc.oneof(
      fc.record({ ack: fc.nat({ max: 30 }) }),
      fc.record({ rejected: fc.nat({ max: 30 }), hint: fc.nat({ max: 30 }) }),
      fc.record({ become: fc.constantFrom('probe', 'replicate', 'snapshot') }),
      fc.record({ send: fc.nat({ max: 3 }) }),
      fc.record({ index: fc.nat({ max: 30 }) }),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const progress = new Progress(0, 1, false, LIMITS)
        let match = 0
        for (const act of steps) {
          if ('ack' in act) {
            if (progress.maybeUpdate(act.ack)) match = act.ack
            progress.freeInflightsUpTo(act.ack)
          } else if ('rejected' in act) {
            const next = progress.next
            if (!progress.maybeDecreaseTo(act.rejected, act.hint)) expect(progress.next).toBe(next)
            else if (progress.state === 'StateReplicate') progress.becomeProbe()
          } else if ('send' in act) {
            if (!progress.paused) progress.sentEntries(progress.inflightFull ? 0 : act.send, act.send)
          } else if ('index' in act) {
            if (progress.canBumpCommit(act.index)) {
              progress.sentCommit(act.index)
              // Told once is enough, unless more is sent meanwhile.
              expect(progress.canBumpCommit(act.index)).toBe(false)
            }
          } else if (act.become === 'probe') progress.becomeProbe()
          else if (act.become === 'replicate') progress.becomeReplicate()
          else progress.becomeSnapshot(progress.match + 5)

          expect(progress.match).toBe(match)
          expect(progress.next).toBeGreaterThan(progress.match)
          if (progress.state === 'StateSnapshot') {
            expect(progress.paused).toBe(true)
            expect(progress.next).toBeGreaterThan(progress.pendingSnapshot)
          } else expect(progress.pendingSnapshot).toBe(0)
        }
        expect(describeProgress(progress.clone())).toBe(describeProgress(progress))
      }),
      { numRuns: 500 },
    )
  })

  it('a stale rejection is not believed', () => {
    const replicating = new Progress(5, 6, false, LIMITS)
    replicating.becomeReplicate()
    replicating.sentEntries(4, 0)
    expect(replicating.maybeDecreaseTo(5, 2)).toBe(false)
    expect(replicating.maybeDecreaseTo(8, 2)).toBe(true)
    expect(replicating.next).toBe(6)
    const probing = new Progress(0, 10, false, LIMITS)
    expect(probing.maybeDecreaseTo(5, 2)).toBe(false)
    expect(probing.maybeDecreaseTo(9, 2)).toBe(true)
    expect(probing.next).toBe(3)
  })

  it('a rejection while probing never asks below what was acknowledged', () => {
    const progress = new Progress(5, 6, false, LIMITS)
    expect(progress.maybeDecreaseTo(5, 0)).toBe(true)
    expect(progress.next).toBe(6)
  })

  it('nothing is sent ahead to a member that waits for a snapshot, nor into a full window', () => {
    const progress = new Progress(0, 1, false, LIMITS)
    progress.becomeSnapshot(4)
    expect(() => progress.sentEntries(1, 1)).toThrowError(RaftInvariantError)
    progress.becomeReplicate()
    for (let sent = 0; sent < LIMITS.maxInflightMessages; sent += 1) progress.sentEntries(1, 1)
    expect(() => progress.sentEntries(1, 1)).toThrowError(/the window is full/)
    expect(() => new Progress(3, 3, false, LIMITS)).toThrowError('progress match=3 must be below next=3')
  })
})
