import type { MetricsSample } from '../../client/views/metrics'
import type { ClusterOverview } from '../../client/views/overview'
import type { TableJob } from '../../client/views/tables'
import type { FlowState } from '../../flow/flow-views'
import type { StageEvent } from '../../flow/stage-event'
import type { LessonProgress } from '../../sandbox/lessons/lesson'
import type { Preferences } from '../../sandbox/preferences'
import type { SessionView } from '../../sandbox/session/session-view'

/** What each topic of the event stream carries. A new topic is a line here and a name in {@link topics}. */
export interface TopicData {
  /** The host is about to end, by a person's wish. */
  readonly host: { readonly state: 'stopping' }
  /** Somebody changed the preferences, here or in another window. */
  readonly preferences: Preferences
  /** The cluster that is open was opened, closed, or changed: nodes, links, progress. */
  readonly session: SessionView
  /** A fresh look at the cluster, while anybody follows this topic; only when something differs from the last. */
  readonly overview: ClusterOverview
  /** A sample of the figures, while a cluster is open. */
  readonly metrics: MetricsSample
  /** A creation or drop of a table went on. */
  readonly tableJob: TableJob
  /** Stepping as a whole. Whoever follows this can let go on what is held: gates stop operations only while somebody does. */
  readonly flow: FlowState
  /** Stages of one trace, as they come and as they go on; data as `flow.trace` has it. */
  readonly flowStages: { readonly traceId: string; readonly stages: readonly StageEvent[] }
  /** A lesson goes on; undefined when none is under way any more. */
  readonly lesson: LessonProgress | undefined
}

export type Topic = keyof TopicData

/** All topics, for validating what a page asks for. */
export const topics = [
  'host',
  'preferences',
  'session',
  'overview',
  'metrics',
  'tableJob',
  'flow',
  'flowStages',
  'lesson',
] as const satisfies readonly Topic[]

/** One event of any topic; the topic tells the type of the data. */
export type DoorEvent = { readonly [T in Topic]: { readonly topic: T; readonly data: TopicData[T] } }[Topic]

/** What one message of the event stream carries. */
export interface EventBatch {
  readonly events: readonly DoorEvent[]
  /** Events between the page's cursor and these are gone: it has to read anew whatever it shows. */
  readonly missed: boolean
}
