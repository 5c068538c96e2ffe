import type { Preferences } from '../../sandbox/preferences'

/** What each topic of the event stream carries. A new topic is a line here and a name in {@link topics}. */
export interface TopicData {
  /** The host is about to end, by a person's wish. */
  readonly host: { readonly state: 'stopping' }
  /** Somebody changed the preferences, here or in another window. */
  readonly preferences: Preferences
}

export type Topic = keyof TopicData

/** All topics, for validating what a page asks for. */
export const topics = ['host', 'preferences'] as const satisfies readonly Topic[]

/** One event of any topic; the topic tells the type of the data. */
export type DoorEvent = { readonly [T in Topic]: { readonly topic: T; readonly data: TopicData[T] } }[Topic]

/** What one message of the event stream carries. */
export interface EventBatch {
  readonly events: readonly DoorEvent[]
  /** Events between the page's cursor and these are gone: it has to read anew whatever it shows. */
  readonly missed: boolean
}
