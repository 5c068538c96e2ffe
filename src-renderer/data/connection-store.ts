import type { Unsubscribable } from '@trpc/server/observable'
import { useDocumentVisibility } from '@vueuse/core'
import { defineStore } from 'pinia'
import { ref, watch } from 'vue'
import type { EventBatch, Topic, TopicData } from '../../src-main/api/events/topics'
import { useDoorClient } from './door-client'
import { useFlowStore } from './flow-store'
import { useLessonStore } from './lesson-store'
import { useMetricsStore } from './metrics-store'
import { useOverviewStore } from './overview-store'
import { usePreferencesStore } from './preferences-store'
import { useSessionStore } from './session-store'
import { useSystemStore } from './system-store'
import { useTableJobsStore } from './table-jobs-store'

/** How the page stands with its host: `lost` without a word, `stopped` after it said that it ends. */
export type ConnectionState = 'connecting' | 'connected' | 'lost' | 'stopped'

/** The host looks at the cluster for those who follow this: nobody sees it on a page that is not shown. */
const shownOnly: Topic = 'overview'

/**
 * The page's one event stream. It hands events to the stores that keep the state, and has everything read anew when
 * events were missed.
 */
export const useConnectionStore = defineStore('connection', () => {
  const client = useDoorClient()
  const system = useSystemStore()
  const preferences = usePreferencesStore()
  const session = useSessionStore()
  const overview = useOverviewStore()
  const metrics = useMetricsStore()
  const tableJobs = useTableJobsStore()
  const flow = useFlowStore()
  const lesson = useLessonStore()
  const state = ref<ConnectionState>('connecting')
  const visibility = useDocumentVisibility()
  let stream: Unsubscribable | undefined
  /** How many streams were opened: what an earlier one still says is passed over. */
  let streams = 0
  /** Where the stream goes on. */
  let cursor = ''
  let attempts = 0
  let preferenceEvents = 0

  /** Reads the state and follows the events after it. Also the way back after the host was lost. */
  async function connect(): Promise<void> {
    endStream()
    attempts += 1
    const attempt = attempts
    state.value = 'connecting'
    // Before anything is asked for: what changes between two answers is then told by the stream.
    const start = await system.cursor()
    const answered = start !== undefined && (await readState())
    // Somebody has tried again meanwhile: that attempt opens the stream.
    if (attempt !== attempts) return
    if (!answered) {
      state.value = 'lost'
      return
    }
    cursor = start
    follow()
  }

  function endStream(): void {
    streams += 1
    stream?.unsubscribe()
    stream = undefined
  }

  /** Opens the stream where the one before ended. */
  function follow(): void {
    endStream()
    const own = streams
    const wanted = (Object.keys(receivers) as Topic[]).filter(
      (topic) => topic !== shownOnly || visibility.value !== 'hidden',
    )
    stream = client.events.follow.subscribe(
      { topics: wanted, lastEventId: cursor },
      {
        onData: ({ id, data }) => {
          if (own !== streams) return
          cursor = id
          receive(data)
        },
        onError: () => {
          if (own === streams && state.value !== 'stopped') state.value = 'lost'
        },
        onConnectionStateChange: ({ state: streamState, error }) => {
          if (own !== streams) return
          if (streamState === 'pending') onStreamOpen()
          else if (streamState === 'connecting' && error !== null) void onStreamBroken()
        },
      },
    )
  }

  watch(visibility, (now) => {
    if (stream === undefined || state.value !== 'connected') return
    follow()
    // The picture is told when it changes, and may have while nobody looked.
    if (now === 'visible' && session.isRunning) void overview.load()
  })

  function onStreamOpen(): void {
    const wasAway = state.value === 'lost' || state.value === 'stopped'
    state.value = 'connected'
    if (wasAway) void readAnew()
  }

  /** Events were missed: what they would have told is asked for. */
  async function readAnew(): Promise<void> {
    await readState()
    if (session.isRunning) void overview.load()
    // The parts that show jobs say why there are none.
    if (session.isRunning) tableJobs.load().catch(() => undefined)
  }

  /** The host ends every stream now and then, so a broken one means nothing until the host has failed to answer as well. */
  async function onStreamBroken(): Promise<void> {
    if (state.value !== 'connected') return
    if (!(await system.load()) && state.value === 'connected') state.value = 'lost'
  }

  /** Who keeps what each topic tells. */
  const receivers: { readonly [T in Topic]: (data: TopicData[T]) => void } = {
    host: () => (state.value = 'stopped'),
    preferences: (data) => {
      preferenceEvents += 1
      preferences.receive(data)
    },
    session: (data) => {
      session.receive(data)
      if (data.phase !== 'running') flow.clear()
    },
    overview: overview.receive,
    metrics: metrics.receive,
    tableJob: tableJobs.receive,
    flow: flow.receive,
    flowStages: flow.receiveStages,
    lesson: lesson.receive,
  }

  function deliver<T extends Topic>({ topic, data }: { readonly topic: T; readonly data: TopicData[T] }): void {
    receivers[topic](data)
  }

  function receive({ events, missed }: EventBatch): void {
    if (missed) void readAnew()
    for (const event of events) deliver(event)
  }

  async function readState(): Promise<boolean> {
    const eventsBefore = preferenceEvents
    const [answered] = await Promise.all([system.load(), session.load()])
    // An event that came while the answer was under way is newer than the answer.
    if (answered && system.info !== undefined && preferenceEvents === eventsBefore) {
      preferences.receive(system.info.preferences)
    }
    if (session.isRunning) {
      void flow.reload()
      void lesson.load()
    }
    return answered
  }

  return { state, connect }
})
