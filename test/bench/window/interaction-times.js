/* global window, PerformanceObserver */

/** Runs in the page. Keeps from now on how long each key and click took until the next paint. */
export function followInteractions() {
  window.interactionTimes = new Map()
  new PerformanceObserver((list) => {
    for (const { interactionId, duration } of list.getEntries()) {
      if (interactionId === 0) continue
      // A key is several events; the slowest of them is what a person waits for.
      window.interactionTimes.set(interactionId, Math.max(duration, window.interactionTimes.get(interactionId) ?? 0))
    }
  }).observe({ type: 'event', durationThreshold: 16 })
}

/** Runs in the page. What was kept since the last call, in ms; interactions below 16 ms are not among them. */
export function takeInteractionTimes() {
  const times = [...window.interactionTimes.values()]
  window.interactionTimes.clear()
  return times
}
