/**
 * Runs in the page. Scrolls an element from its top, a step each frame, and tells how long each frame took.
 *
 * @param {Element} element
 * @param {{frames: number, stepPx: number, everyFrames: number, mark: string}} way `everyFrames`: frames from one step to
 *   the next; `mark`: what is set in the trace in each frame
 * @returns {Promise<number[]>} ms from frame to frame
 */
export function scrollFrames(element, { frames, stepPx, everyFrames, mark }) {
  return new Promise((resolve) => {
    const durations = []
    const most = element.scrollHeight - element.clientHeight
    let before
    let frame = 0
    let top = 0
    element.scrollTop = top
    function next(now) {
      performance.mark(mark)
      if (before !== undefined) durations.push(now - before)
      before = now
      frame += 1
      if (frame > frames) return resolve(durations)
      // Around the end it goes on at the top.
      if (frame % everyFrames === 0) {
        // Not read from the element, which would have the page laid out once more.
        top = (top + stepPx) % most
        element.scrollTop = top
      }
      requestAnimationFrame(next)
    }
    requestAnimationFrame(next)
  })
}
