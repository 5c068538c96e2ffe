/** How long a page waits before it takes up an event stream that ended, in ms. Browsers wait 3 s if nobody says otherwise. */
const RECONNECT_DELAY_MS = 500

/**
 * The body of an event stream with the reconnection delay put in front.
 *
 * @param onEnd called once, when the stream has ended from either side
 */
export function eventStreamBody(body: ReadableStream<Uint8Array>, onEnd: () => void): ReadableStream<Uint8Array> {
  const reader = body.getReader()
  return new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(new TextEncoder().encode(`retry: ${RECONNECT_DELAY_MS}\n\n`))
    },
    async pull(controller) {
      try {
        const { done, value } = await reader.read()
        if (!done) {
          controller.enqueue(value)
          return
        }
        onEnd()
        controller.close()
      } catch (error) {
        onEnd()
        controller.error(error)
      }
    },
    async cancel(reason) {
      onEnd()
      await reader.cancel(reason)
    },
  })
}
