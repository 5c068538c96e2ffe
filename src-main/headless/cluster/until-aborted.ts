/** Resolves when the signal aborts. */
export function untilAborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined)
    else {
      signal.addEventListener(
        'abort',
        () => {
          resolve(undefined)
        },
        { once: true },
      )
    }
  })
}
