import type { Sandbox } from '../../sandbox/sandbox'
import { stageForPage } from '../stage-shape'
import type { EventHub } from './event-hub'
import type { Topic } from './topics'

/**
 * Publishes what happens in the sandbox. The cluster is looked at for the topic `overview` only while somebody follows it;
 * whoever follows `flow` watches over what stepping holds.
 *
 * @returns stops it
 */
export function publishSandbox({ preferences, session, views, stepping, lessons }: Sandbox, hub: EventHub): () => void {
  const whileFollowed: ReadonlyArray<readonly [Topic, WhileFollowed]> = [
    [
      'overview',
      new WhileFollowed(() => views.overviewWatch.onOverview((data) => hub.publish({ topic: 'overview', data }))),
    ],
    ['flow', new WhileFollowed(() => stepping.watch())],
  ]
  for (const [topic, work] of whileFollowed) work.settle(hub.isFollowed(topic))
  const stops = [
    preferences.onChange((data) => hub.publish({ topic: 'preferences', data })),
    session.onChange((data) => hub.publish({ topic: 'session', data })),
    views.metrics.onSample((data) => hub.publish({ topic: 'metrics', data })),
    views.tables.onJob((data) => hub.publish({ topic: 'tableJob', data })),
    stepping.onState((data) => hub.publish({ topic: 'flow', data })),
    stepping.onStages(({ traceId, stages }) => {
      hub.publish({ topic: 'flowStages', data: { traceId, stages: stages.map(stageForPage) } })
    }),
    lessons.onProgress((data) => hub.publish({ topic: 'lesson', data })),
    hub.onFollowed((topic, isFollowed) => {
      for (const [each, work] of whileFollowed) if (each === topic) work.settle(isFollowed)
    }),
    () => {
      for (const [, work] of whileFollowed) work.settle(false)
    },
  ]
  return () => {
    for (const stop of stops) stop()
  }
}

/** Something that is done only while a topic is followed. */
class WhileFollowed {
  readonly #begin: () => () => void
  #end: (() => void) | undefined

  /** @param begin begins it. @returns ends it */
  constructor(begin: () => () => void) {
    this.#begin = begin
  }

  settle(isFollowed: boolean): void {
    if (isFollowed) this.#end ??= this.#begin()
    else {
      this.#end?.()
      this.#end = undefined
    }
  }
}
