import type { Sandbox } from '../../sandbox/sandbox'
import type { EventHub } from './event-hub'

/**
 * Publishes what happens in the sandbox. The cluster is looked at for the topic `overview` only while somebody follows it.
 *
 * @returns stops it
 */
export function publishSandbox({ preferences, session, views }: Sandbox, hub: EventHub): () => void {
  let stopWatching: (() => void) | undefined
  const watchWhileFollowed = (isFollowed: boolean) => {
    if (isFollowed) stopWatching ??= views.overviewWatch.onOverview((data) => hub.publish({ topic: 'overview', data }))
    else {
      stopWatching?.()
      stopWatching = undefined
    }
  }
  watchWhileFollowed(hub.isFollowed('overview'))
  const stops = [
    preferences.onChange((data) => hub.publish({ topic: 'preferences', data })),
    session.onChange((data) => hub.publish({ topic: 'session', data })),
    views.metrics.onSample((data) => hub.publish({ topic: 'metrics', data })),
    views.tables.onJob((data) => hub.publish({ topic: 'tableJob', data })),
    hub.onFollowed((topic, isFollowed) => {
      if (topic === 'overview') watchWhileFollowed(isFollowed)
    }),
    () => {
      watchWhileFollowed(false)
    },
  ]
  return () => {
    for (const stop of stops) stop()
  }
}
