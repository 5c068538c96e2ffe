import { defineStore } from 'pinia'
import { shallowRef, watch } from 'vue'
import { useMetricsStore } from '../../data/metrics-store'
import { useOverviewStore } from '../../data/overview-store'
import { useSessionStore } from '../../data/session-store'
import { STATES_BY_PERSON, overviewEvents, sessionEvents } from './cluster-event'
import type { ClusterEvent } from './cluster-event'

/** An event with its number and time. */
export interface LoggedEvent extends ClusterEvent {
  readonly number: number
  /** Wall time of the host in ms, as it was last told; undefined before the host told any. */
  readonly atMs: number | undefined
}

/** More are forgotten, the oldest first. */
const MOST_EVENTS = 500

/** What happened to the cluster while this page looked, the newest first: put together from what the host tells. */
export const useClusterLogStore = defineStore('clusterLog', () => {
  const session = useSessionStore()
  const overview = useOverviewStore()
  const metrics = useMetricsStore()
  const events = shallowRef<readonly LoggedEvent[]>([])
  let lastNumber = 0

  function latestTimeMs(): number | undefined {
    const known = [
      overview.overview?.takenAtMs,
      metrics.samples.at(-1)?.atMs,
      session.view?.warnings.at(-1)?.atMs,
    ].filter((time) => time !== undefined)
    return known.length === 0 ? undefined : Math.max(...known)
  }

  function add(happened: readonly ClusterEvent[]): void {
    if (happened.length === 0) return
    const atMs = latestTimeMs()
    const logged = happened.map((each) => ({ ...each, number: (lastNumber += 1), atMs }))
    events.value = [...logged.reverse(), ...events.value].slice(0, MOST_EVENTS)
  }

  function isDown(id: number): boolean {
    const node = session.view?.nodes.find(({ nodeId }) => nodeId === id)
    return node !== undefined && STATES_BY_PERSON.includes(node.state)
  }

  watch(
    () => session.view,
    (now, before) => {
      if (now !== undefined) add(sessionEvents(before, now))
    },
    { flush: 'sync' },
  )
  watch(
    () => overview.overview,
    (now, before) => {
      if (now !== undefined && before !== undefined) add(overviewEvents(before, now, isDown))
    },
    { flush: 'sync' },
  )

  function clear(): void {
    events.value = []
  }

  return { events, clear }
})
