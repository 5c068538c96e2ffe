import { describe, expect, it } from 'vitest'
import { sessionEvents } from '../../../../src-renderer/app/panel/cluster-event'
import type { SessionView } from '../../../../src-main/sandbox/session/session-view'
import { someSession } from '../../support/cluster-scene'

type Links = Pick<SessionView, 'cutLinks' | 'delayedLinks'>
const links = (delays: ReadonlyArray<readonly [from: number, to: number, delayMs: number]>): Links => ({
  cutLinks: [],
  delayedLinks: delays.map(([from, to, delayMs]) => ({ from, to, delayMs })),
})

/** What is told of a change of links alone. */
const told = (before: Links, now: Links, change: Partial<SessionView> = {}) =>
  sessionEvents({ ...someSession(), ...before }, { ...someSession(), ...now, ...change }).map(({ what }) => what)

describe('what is told of late links', () => {
  it('is who is delayed by how much, anew with another delay, and that it is over', () => {
    const none = links([])
    const one = links([[1, 2, 250]])
    expect(told(none, one)).toEqual([{ kind: 'linkDelayed', from: 1, to: 2, delayMs: 250 }])
    expect(told(one, one)).toEqual([])
    expect(told(one, links([[1, 2, 40]]))).toEqual([{ kind: 'linkDelayed', from: 1, to: 2, delayMs: 40 }])
    expect(told(one, links([[2, 1, 250]]))).toEqual([
      { kind: 'linkDelayed', from: 2, to: 1, delayMs: 250 },
      { kind: 'linkPrompt', from: 1, to: 2 },
    ])
    expect(told(one, none)).toEqual([{ kind: 'linkPrompt', from: 1, to: 2 }])
  })

  it('is nothing of those of a cluster that was open before', () => {
    const other = { workspace: { name: 'other', directory: '/other' } } as Partial<SessionView>
    const [before, now] = [links([[1, 2, 250]]), links([[2, 3, 40]])]
    expect(told(before, now, other)).toContainEqual({ kind: 'linkDelayed', from: 2, to: 3, delayMs: 40 })
    expect(told(before, now, other)).not.toContainEqual({ kind: 'linkPrompt', from: 1, to: 2 })
  })
})
