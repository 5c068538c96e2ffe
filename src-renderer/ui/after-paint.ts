/**
 * Runs something once the browser has drawn what was changed before: what may come a moment later does not keep a person
 * waiting. On a page that is not shown, it waits until that is.
 */
export function afterPaint(run: () => void): void {
  // Frame callbacks run before their frame is drawn; a message that is sent there arrives behind it.
  requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => {
      port1.close()
      run()
    }
    port2.postMessage(undefined)
  })
}
