import { beforeEach, describe, expect, it } from 'vitest'
import { EventHub } from '../../../src-main/api/events/event-hub'
import { publishSandbox } from '../../../src-main/api/events/publish-sandbox'
import type { DoorEvent, Topic } from '../../../src-main/api/events/topics'
import type { ClusterOverview } from '../../../src-main/client/views/overview'
import type { ClusterSession } from '../../../src-main/sandbox/session/cluster-session'
import { absentPart } from '../../support/absent-part'
import type { SessionView } from '../../../src-main/sandbox/session/session-view'
import type { TestSandbox } from '../../support/test-sandbox'
import { closedSession } from '../../support/closed-session'
import { openTestSandbox } from '../../support/test-sandbox'

let world: TestSandbox
let hub: EventHub
let sessionListeners: Array<(view: SessionView) => void>
let watching: Array<(overview: ClusterOverview) => void>
let stop: () => void

beforeEach(async () => {
  world = await openTestSandbox()
  hub = new EventHub(world.env)
  sessionListeners = []
  watching = []
  const { views } = world.sandbox
  stop = publishSandbox(
    {
      ...world.sandbox,
      session: absentPart<ClusterSession>({
        onChange: (listener) => {
          sessionListeners.push(listener)
          return () => (sessionListeners = [])
        },
      }),
      views: {
        ...views,
        overviewWatch: {
          onOverview: (listener) => {
            watching.push(listener)
            return () => watching.splice(watching.indexOf(listener), 1)
          },
        },
      },
    },
    hub,
  )
})

/** Follows topics until it is told to leave; the events that came are kept. */
function follow(...topics: Topic[]): { readonly events: DoorEvent[]; readonly leave: () => void } {
  const leaving = new AbortController()
  const events: DoorEvent[] = []
  void (async () => {
    for await (const batch of hub.follow({ topics, after: undefined, signal: leaving.signal })) {
      events.push(...batch.events)
    }
  })()
  return {
    events,
    leave: () => {
      leaving.abort()
    },
  }
}

describe('what the sandbox tells', () => {
  it('of its session goes to the followers of that topic', async () => {
    const { events } = follow('session')
    for (const listener of sessionListeners) listener(closedSession)
    await world.simulation.clock.settle()
    expect(events).toEqual([{ topic: 'session', data: closedSession }])
    stop()
    expect(sessionListeners).toEqual([])
  })

  it('of the cluster is looked at only while somebody follows it', () => {
    expect(watching).toHaveLength(0)
    const session = follow('session')
    expect(watching).toHaveLength(0)
    const first = follow('overview', 'session')
    const second = follow('overview')
    expect(watching).toHaveLength(1)
    first.leave()
    expect(watching).toHaveLength(1)
    second.leave()
    second.leave()
    expect(watching).toHaveLength(0)
    session.leave()
    const third = follow('overview')
    expect(watching).toHaveLength(1)
    stop()
    expect(watching).toHaveLength(0)
    third.leave()
  })

  it('is not looked at for a follower that has left before it began', () => {
    const gone = new AbortController()
    gone.abort()
    void hub.follow({ topics: ['overview'], after: undefined, signal: gone.signal }).next()
    expect(watching).toHaveLength(0)
    expect(hub.isFollowed('overview')).toBe(false)
  })
})
