import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CursoredBatch } from '../../../src-main/api/events/event-hub'
import { EventHub } from '../../../src-main/api/events/event-hub'
import type { DoorEvent, Topic } from '../../../src-main/api/events/topics'
import type { FlowState } from '../../../src-main/flow/flow-views'
import type { Preferences } from '../../../src-main/sandbox/preferences'
import { simulatedEnv } from '../../../src-main/env/simulated'

const themes: ReadonlyArray<Preferences['theme']> = ['light', 'dark']
/** Events that can be told apart by what they carry. */
const event = (number: number) =>
  ({
    topic: 'preferences',
    data: { theme: themes[number % 2] ?? 'system', language: 'en', number },
  }) as unknown as DoorEvent & { readonly data: { readonly number: number } }
const numbersIn = (batches: readonly CursoredBatch[]) =>
  batches.flatMap(({ events }) => events.map((each) => (each as ReturnType<typeof event>).data.number))

function newHub(options: { capacity?: number; batchIntervalMs?: number; batchSize?: number } = {}, seed = 1) {
  const simulation = simulatedEnv({ seed })
  return { hub: new EventHub(simulation.addNode('host').env, options), clock: simulation.clock }
}

/** Collects what a follower gets until it is ended. */
function follow(hub: EventHub, after?: string, topics: readonly Topic[] = ['preferences']) {
  const batches: CursoredBatch[] = []
  const ending = new AbortController()
  const done = (async () => {
    for await (const batch of hub.follow({ topics, after, signal: ending.signal })) batches.push(batch)
  })()
  return {
    batches,
    async end() {
      ending.abort()
      await done
    },
  }
}

describe('following events', () => {
  it('sends the first event after a silence at once, and gathers those behind it', async () => {
    const { hub, clock } = newHub({ batchIntervalMs: 40 })
    const follower = follow(hub)
    await clock.settle()
    hub.publish(event(1))
    await clock.settle()
    expect(numbersIn(follower.batches)).toEqual([1])
    hub.publish(event(2))
    hub.publish(event(3))
    await clock.advance(39)
    expect(follower.batches).toHaveLength(1)
    await clock.advance(2)
    expect(follower.batches).toHaveLength(2)
    expect(numbersIn(follower.batches)).toEqual([1, 2, 3])
    await follower.end()
  })

  it('does not let who steps an operation wait for the next batch', async () => {
    const { hub, clock } = newHub({ batchIntervalMs: 40 })
    const follower = follow(hub, undefined, ['preferences', 'flow'])
    await clock.settle()
    hub.publish(event(1))
    await clock.settle()
    hub.publish(event(2))
    await clock.settle()
    expect(follower.batches).toHaveLength(1)
    hub.publish({ topic: 'flow', data: {} as FlowState })
    await clock.settle()
    expect(follower.batches.map(({ events }) => events.map(({ topic }) => topic))).toEqual([
      ['preferences'],
      ['preferences', 'flow'],
    ])
    hub.publish(event(3))
    await clock.advance(39)
    expect(follower.batches).toHaveLength(2)
    await clock.advance(2)
    expect(follower.batches).toHaveLength(3)
    await follower.end()
  })

  it('cuts a burst into batches of the greatest size', async () => {
    const { hub, clock } = newHub({ batchSize: 2, batchIntervalMs: 10 })
    const follower = follow(hub)
    await clock.settle()
    for (let number = 1; number <= 5; number++) hub.publish(event(number))
    await clock.advance(100)
    expect(follower.batches.map(({ events }) => events.length)).toEqual([2, 2, 1])
    await follower.end()
  })

  it('hands over only the topics that were asked for', async () => {
    const { hub, clock } = newHub()
    const follower = follow(hub, undefined, ['host'])
    await clock.settle()
    hub.publish(event(1))
    hub.publish({ topic: 'host', data: { state: 'stopping' } })
    await clock.advance(100)
    expect(follower.batches.flatMap(({ events }) => events)).toEqual([{ topic: 'host', data: { state: 'stopping' } }])
    await follower.end()
  })

  it('starts with what comes, not with what was, when there is no cursor', async () => {
    const { hub, clock } = newHub()
    hub.publish(event(1))
    const follower = follow(hub)
    await clock.settle()
    hub.publish(event(2))
    await clock.advance(100)
    expect(numbersIn(follower.batches)).toEqual([2])
    await follower.end()
  })

  it('ends in the middle of waiting, for an event and for the next batch', async () => {
    const { hub, clock } = newHub()
    const idle = follow(hub)
    const gathering = follow(hub)
    await clock.settle()
    await idle.end()
    hub.publish(event(1))
    await clock.settle()
    hub.publish(event(2))
    await clock.settle()
    await gathering.end()
    expect(numbersIn(gathering.batches)).toEqual([1])
  })
})

describe('taking a stream up again', () => {
  it('gives each event exactly once, wherever streams break off', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ publish: fc.integer({ min: 0, max: 6 }), waitMs: fc.integer({ min: 0, max: 60 }) }), {
          maxLength: 12,
        }),
        fc.integer({ min: 1, max: 4 }),
        async (steps, batchSize) => {
          const { hub, clock } = newHub({ batchSize, batchIntervalMs: 20 })
          let cursor = hub.cursor
          let published = 0
          const received: number[] = []
          for (const { publish, waitMs } of steps) {
            const follower = follow(hub, cursor)
            for (let index = 0; index < publish; index++) hub.publish(event(++published))
            await clock.advance(waitMs)
            await follower.end()
            received.push(...numbersIn(follower.batches))
            cursor = follower.batches.at(-1)?.cursor ?? cursor
          }
          const last = follow(hub, cursor)
          await clock.advance(10_000)
          await last.end()
          received.push(...numbersIn(last.batches))
          expect(received).toEqual(Array.from({ length: published }, (_, index) => index + 1))
        },
      ),
      { numRuns: 60 },
    )
  })

  it('says that events were missed when the ring no longer has them, and goes on from there', async () => {
    const { hub, clock } = newHub({ capacity: 3 })
    const { cursor } = hub
    for (let number = 1; number <= 5; number++) hub.publish(event(number))
    const follower = follow(hub, cursor)
    await clock.settle()
    expect(follower.batches).toMatchObject([{ missed: true, events: [] }])
    hub.publish(event(6))
    await clock.advance(100)
    expect(follower.batches.at(-1)).toMatchObject({ missed: false })
    expect(numbersIn(follower.batches)).toEqual([6])
    await follower.end()
  })

  it('says so as well when a follower is too slow for the ring', async () => {
    const { hub, clock } = newHub({ capacity: 3, batchIntervalMs: 40 })
    const follower = follow(hub)
    await clock.settle()
    hub.publish(event(1))
    await clock.settle()
    for (let number = 2; number <= 9; number++) hub.publish(event(number))
    await clock.advance(100)
    expect(follower.batches.at(-1)).toMatchObject({ missed: true })
    expect(numbersIn(follower.batches)).toEqual([1, 7, 8, 9])
    await follower.end()
  })

  it.each([
    ['of an earlier life of the host', () => newHub({}, 2).hub.cursor],
    ['from the future', () => newHub().hub.cursor.replace(/\d+$/, '99')],
    ['that is none', () => 'nonsense'],
  ])('does not trust a cursor %s', async (_what, cursor) => {
    const { hub, clock } = newHub()
    const follower = follow(hub, cursor())
    await clock.settle()
    expect(follower.batches).toMatchObject([{ missed: true, events: [] }])
    await follower.end()
  })

  it('gives whoever comes back the newest picture of the cluster and of each job, and each of the other events', async () => {
    const { hub, clock } = newHub()
    const picture = (regionCount: number) => ({ topic: 'overview', data: { regionCount } }) as unknown as DoorEvent
    const step = (jobId: string, ready: number) =>
      ({ topic: 'tableJob', data: { jobId, ready } }) as unknown as DoorEvent
    const { cursor } = hub
    const events = [picture(1), step('a', 1), event(1), step('b', 1), picture(2), step('a', 2), event(2), picture(3)]
    for (const each of events) hub.publish(each)
    const follower = follow(hub, cursor, ['preferences', 'overview', 'tableJob'])
    await clock.settle()
    expect(follower.batches.flatMap((batch) => batch.events)).toEqual([
      event(1),
      step('b', 1),
      step('a', 2),
      event(2),
      picture(3),
    ])
    await follower.end()
  })
})

describe('stages of operations', () => {
  const stages = (traceId: string): DoorEvent => ({ topic: 'flowStages', data: { traceId, stages: [] } })
  const idsIn = (batches: readonly CursoredBatch[]) =>
    batches.flatMap(({ events }) => events.map((each) => (each.data as { traceId: string }).traceId))

  it('are kept for a short way back only: who was away for longer is told that it missed some', async () => {
    const { hub, clock } = newHub()
    const [first, second] = [hub.cursor, (hub.publish(stages('0')), hub.cursor)]
    for (let number = 1; number <= 256; number++) hub.publish(stages(String(number)))
    const late = follow(hub, first, ['flowStages'])
    const inTime = follow(hub, second, ['flowStages'])
    const other = follow(hub, first)
    await clock.settle()
    expect(late.batches[0]?.missed).toBe(true)
    expect(inTime.batches.map(({ missed }) => missed)).toEqual([false])
    expect(idsIn(inTime.batches)).toHaveLength(256)
    expect(other.batches).toEqual([])
    for (const each of [late, inTime, other]) await each.end()
  })
})
