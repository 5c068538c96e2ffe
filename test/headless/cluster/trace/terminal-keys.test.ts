import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import type { KeyInput } from '../../../../src-main/headless/cluster/trace/terminal-keys'
import { terminalKeys } from '../../../../src-main/headless/cluster/trace/terminal-keys'

/** A terminal in the hands of a test. */
function terminal(isTTY: boolean) {
  const stream = new PassThrough()
  const modes: boolean[] = []
  const setRawMode = (mode: boolean) => {
    modes.push(mode)
    return stream
  }
  return { input: Object.assign(stream, { isTTY, setRawMode }) as unknown as KeyInput, stream, modes }
}

describe('the keys of a terminal', () => {
  it('come one by one, however they arrive, and leave the terminal as it was', async () => {
    const { input, stream, modes } = terminal(true)
    const keys = terminalKeys(input, new AbortController().signal)
    const first = keys.next()
    stream.write('oi')
    expect((await first).value).toBe('o')
    expect(modes).toEqual([true])
    expect((await keys.next()).value).toBe('i')
    await keys.return()
    expect(modes).toEqual([true, false])
  })

  it('end with the input, which need not be a terminal', async () => {
    const { input, stream, modes } = terminal(false)
    stream.end('oc')
    const keys: string[] = []
    for await (const key of terminalKeys(input, new AbortController().signal)) keys.push(key)
    expect([keys, modes]).toEqual([['o', 'c'], []])
  })

  it('end when the command is ended, while one is waited for, too', async () => {
    const { input, modes } = terminal(true)
    const ending = new AbortController()
    const keys = terminalKeys(input, ending.signal)
    const waiting = keys.next()
    ending.abort()
    expect((await waiting).done).toBe(true)
    expect(modes).toEqual([true, false])
    expect((await terminalKeys(input, ending.signal).next()).done).toBe(true)
  })

  it('fail with an input that fails', async () => {
    const { input, stream, modes } = terminal(true)
    const keys = terminalKeys(input, new AbortController().signal)
    const waiting = keys.next()
    stream.destroy(new Error('unplugged'))
    await expect(waiting).rejects.toThrow('unplugged')
    expect(modes).toEqual([true, false])
  })
})
