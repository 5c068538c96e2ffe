import { describe, expect, it } from 'vitest'
import { indexesInView, logAxis, pointersAt, tileText } from '../../../../src-renderer/features/region/log/log-axis'
import { indexAxis, shareOf, ticksOf } from '../../../../src-renderer/features/region/raft/index-axis'
import { layOutStates } from '../../../../src-renderer/features/region/state/state-layout'

const positions = (firstIndex: number, lastIndex: number) => ({
  firstIndex,
  lastIndex,
  appliedIndex: lastIndex,
  committedIndex: lastIndex,
  durableIndex: lastIndex,
})

describe('the axis of index bars', () => {
  it('holds the logs of all replicas', () => {
    expect(indexAxis([positions(400, 1994), positions(1, 2003)], 'whole')).toEqual({ from: 0, to: 2003 })
    expect(indexAxis([positions(400, 1994), positions(1, 2003)], 'end')).toEqual({ from: 1943, to: 2003 })
  })

  it('shows the only entry of a log', () => {
    const axis = indexAxis([positions(2, 2)], 'whole')
    expect(shareOf(2, axis) - shareOf(1, axis)).toBe(1)
  })

  it('has a length even for an empty log', () => {
    const axis = indexAxis([positions(1, 0)], 'whole')
    expect(axis.to).toBeGreaterThan(axis.from)
    expect(shareOf(5, axis)).toBe(1)
    expect(ticksOf(axis).length).toBeGreaterThan(0)
  })

  it('has a few round ticks', () => {
    expect(ticksOf({ from: 1, to: 2003 })).toEqual([500, 1000, 1500, 2000])
  })
})

describe('the axis of the log strips', () => {
  it('goes from the first to the last entry of all logs, and has none for empty ones', () => {
    expect(logAxis([positions(400, 1994), positions(1, 2003)])).toEqual({ first: 1, last: 2003 })
    expect(logAxis([positions(1, 0)])).toBeUndefined()
  })

  it('leaves out what is too early to be scrolled to', () => {
    expect(logAxis([positions(1, 5_000_000)])).toEqual({ first: 4_600_001, last: 5_000_000 })
  })

  it('draws what is in view, and never beyond its ends', () => {
    const axis = { first: 1, last: 2003 }
    expect(indexesInView(axis, 0, 300)).toEqual({ first: 1, last: 19 })
    expect(indexesInView(axis, 2003 * 30 - 300, 300)).toEqual({ first: 1986, last: 2003 })
  })

  it('names what stands on tiles and below them', () => {
    expect(tileText({ kind: 'normal', commands: [{ type: 'DELETEBATCH', summary: '' }] })).toBe('DEL')
    expect(tileText({ kind: 'conf-change', commands: [] })).toBe('CFG')
    const head = { appliedIndex: 3, committedIndex: 4, durableIndex: 4 }
    expect([2, 3, 4].map((index) => pointersAt(head, index))).toEqual(['', 'A', 'CD'])
  })
})

describe('the picture of states', () => {
  const machine = {
    states: ['NEW', 'NORMAL', 'STANDBY', 'GONE', 'LEGACY'],
    moves: [
      { from: 'NEW', to: 'NORMAL' },
      { from: 'NEW', to: 'STANDBY' },
      { from: 'NORMAL', to: 'STANDBY' },
      { from: 'NORMAL', to: 'GONE' },
      { from: 'GONE', to: 'NORMAL' },
    ],
  }

  it('is always the same, with every state in a place of its own', () => {
    const layout = layOutStates(machine)
    expect(layOutStates(machine)).toEqual(layout)
    expect(new Set(layout.states.map(({ x, y }) => `${x} ${y}`)).size).toBe(5)
    for (const { x, y } of layout.states) {
      expect(x).toBeLessThan(layout.width)
      expect(y).toBeLessThan(layout.height)
    }
  })

  it('goes from left to right by the distance from the first state', () => {
    const placeOf = new Map(layOutStates(machine).states.map((state) => [state.name, state]))
    expect(placeOf.get('NEW')!.x).toBeLessThan(placeOf.get('NORMAL')!.x)
    expect(placeOf.get('NORMAL')!.x).toBe(placeOf.get('STANDBY')!.x)
    expect(placeOf.get('NORMAL')!.x).toBeLessThan(placeOf.get('GONE')!.x)
    // What no move leads to stands below all others.
    expect(placeOf.get('LEGACY')!.y).toBeGreaterThan(placeOf.get('STANDBY')!.y)
  })

  it('draws every move once', () => {
    const { moves } = layOutStates(machine)
    expect(moves).toHaveLength(5)
    expect(new Set(moves.map(({ path }) => path)).size).toBe(5)
  })
})
