import { describe, expect, it } from 'vitest'
import { FollowedEntries } from '../../src-main/flow/followed-entries'
import { StageHolds } from '../../src-main/flow/stage-holds'
import type { MessageAction } from '../../src-main/flow/gate'

const entry = (index: number, regionId = 1) => ({
  traceId: `t${String(index)}`,
  operation: 'KvPut' as const,
  key: undefined,
  regionId,
  term: 1,
  index,
})

describe('entries that are followed', () => {
  it('are empty again when each is applied, also one that was added twice', () => {
    const followed = new FollowedEntries()
    followed.add(entry(7))
    followed.add(entry(7))
    followed.forgetUpTo(1, 7)
    expect(followed.isEmpty).toBe(true)
  })

  it('give way to newer ones when nobody applies them', () => {
    const followed = new FollowedEntries()
    for (let index = 1; index <= 10_000; index++) followed.add(entry(index))
    expect(followed.within(1, 1, 10_000)).toHaveLength(4096)
    expect(followed.within(1, 10_000, 10_000)).toHaveLength(1)
  })
})

describe('what is held of a region that ends', () => {
  it('is dropped, and what stands behind it of other regions goes on', () => {
    const holds = new StageHolds()
    const told: Array<[string, MessageAction['kind']]> = []
    const hold = (holdId: string, regionId: number) => {
      const stage = {
        holdId,
        traceId: 'a1',
        regionId,
        stopAt: () => undefined,
        onHeld: () => undefined,
        onReleased: ({ kind }: MessageAction) => told.push([holdId, kind]),
      }
      holds.add(stage, '')
    }
    hold('first', 1)
    hold('second', 2)
    holds.releaseRegion(1)
    expect(told).toEqual([
      ['first', 'drop'],
      ['second', 'deliver'],
    ])
    expect(holds.isHeld('a1')).toBe(false)
  })
})
