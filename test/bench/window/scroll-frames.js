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
    function step() {
      // Not read from the element, which would have the page laid out once more. Around the end it goes on at the top.
      top = (top + stepPx) % most
      element.scrollTop = top
    }
    function next(now) {
      performance.mark(mark)
      if (before !== undefined) durations.push(now - before)
      before = now
      frame += 1
      if (frame > frames) return resolve(durations)
      // Between two frames, as a wheel turns: the next one tells the page of it and shows what the page makes of it. In
      // this one it would come after that, and show rows that are not there yet.
      if (frame % everyFrames === 0) setTimeout(step)
      requestAnimationFrame(next)
    }
    requestAnimationFrame(next)
  })
}
