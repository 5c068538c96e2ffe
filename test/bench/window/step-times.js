/* global window, document, performance, EventSource, MutationObserver, MessageChannel, requestAnimationFrame */

/** Runs in the page before its own scripts. Keeps when the last message of the event stream came. */
export function followMessages() {
  const add = EventSource.prototype.addEventListener
  EventSource.prototype.addEventListener = function (type, listener, ...rest) {
    const timed = function (event) {
      window.lastMessageMs = performance.now()
      return listener.call(this, event)
    }
    return add.call(this, type, timed, ...rest)
  }
}

/** Runs in the page. Keeps from now on how long each F10 took until the operation was painted where it stands then. */
export function followSteps() {
  window.stepTimes = []
  const heldId = () => document.querySelector('.diagram [role=option].held')?.id
  let pressed
  window.addEventListener(
    'keydown',
    (event) => {
      if (event.key === 'F10') pressed = { atMs: event.timeStamp, heldId: heldId() }
    },
    true,
  )
  new MutationObserver(() => {
    const now = heldId()
    // Behind the last stage nothing is held any more; what is held next is another operation.
    if (document.querySelector('.headline .done') !== null) pressed = undefined
    if (pressed === undefined || now === undefined || now === pressed.heldId) return
    const { atMs } = pressed
    const toldMs = window.lastMessageMs
    pressed = undefined
    requestAnimationFrame(() => {
      // A task behind the frame: what it drew is with the compositor.
      const { port1, port2 } = new MessageChannel()
      port1.onmessage = () => {
        const paintedMs = performance.now()
        window.stepTimes.push({ totalMs: paintedMs - atMs, pageMs: paintedMs - toldMs })
      }
      port2.postMessage(undefined)
    })
  }).observe(document.body, { subtree: true, childList: true, attributes: true })
}

/** Runs in the page. What was kept since the last call. */
export function takeStepTimes() {
  return window.stepTimes.splice(0)
}
