/** A clock whose turns end at once, and how often a codec has let go of the thread until then. */
export function countingClock() {
  const clock = {
    turns: 0,
    atEndOfTurn: (callback: () => void) => {
      clock.turns += 1
      queueMicrotask(callback)
    },
  }
  return clock
}
