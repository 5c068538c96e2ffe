import type { ReadStream } from 'node:tty'

/** What of an input stream is used: standard input, a terminal or not. */
export type KeyInput = Pick<ReadStream, 'isTTY' | 'setRawMode' | 'destroy'> & AsyncIterable<unknown>

/**
 * On a terminal each key at once, without being shown; else each character of the input. The terminal is as before when the
 * reading ends, in whatever way.
 *
 * @param signal ends the reading, also while a key is waited for
 */
export async function* terminalKeys(input: KeyInput, signal: AbortSignal): AsyncGenerator<string, void, undefined> {
  if (signal.aborted) return
  const isTerminal = input.isTTY
  const end = () => {
    input.destroy()
  }
  signal.addEventListener('abort', end)
  if (isTerminal) input.setRawMode(true)
  try {
    for await (const chunk of input) yield* (chunk as Buffer).toString()
  } catch (thrown) {
    // A stream that is closed while somebody reads it complains, although that is what was wanted.
    if (!signal.aborted) throw thrown
  } finally {
    signal.removeEventListener('abort', end)
    if (isTerminal) input.setRawMode(false)
  }
}
