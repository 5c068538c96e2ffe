import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { HostMessage, NodeMessage } from '../../../src-main/sandbox/node/mount-messages'
import type { NodePlace } from '../../../src-main/sandbox/node/node-thread'
import { NodeThread } from '../../../src-main/sandbox/node/node-thread'

/**
 * Answers each message with the thread's number; a kill ends the whole thread, as an error does that nobody catches; a stop
 * makes the node say that it is gone.
 */
const PROGRAM = `
  const { parentPort, threadId } = require('node:worker_threads')
  parentPort.on('message', ({ port }) => {
    port.on('message', ({ kind }) => {
      if (kind === 'kill') throw new Error('it broke')
      if (kind === 'stop') return port.postMessage({ kind: 'gone', error: undefined })
      port.postMessage({ kind: 'answer', question: threadId, status: undefined })
    })
  })`

let directory: string
let thread: NodeThread
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'node-thread-'))
  await writeFile(join(directory, 'program.cjs'), PROGRAM)
  thread = new NodeThread(join(directory, 'program.cjs'))
})
afterAll(() => rm(directory, { recursive: true }))

/** A node's host. */
class Host {
  readonly #place: NodePlace
  readonly ended: Promise<string>
  #heard: (message: NodeMessage) => void = () => undefined

  constructor() {
    let onEnd: (words: string) => void = () => undefined
    this.ended = new Promise((resolve) => {
      onEnd = resolve
    })
    this.#place = thread.enter({
      onMessage: (message) => {
        this.#heard(message)
      },
      onEnd,
    })
  }

  /** The number of the thread in which the node runs. */
  ask(): Promise<number> {
    return new Promise((resolve) => {
      this.#heard = (message) => {
        if (message.kind === 'answer') resolve(message.question)
      }
      this.tell({ kind: 'resume' })
    })
  }

  tell(message: HostMessage): void {
    this.#place.post(message)
  }

  leave(): void {
    this.#place.leave()
  }

  /** The node closes everything, and its place is given up. */
  async end(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#heard = ({ kind }) => {
        if (kind === 'gone') resolve()
      }
      this.tell({ kind: 'stop', options: { handOver: false } })
    })
    this.leave()
  }
}

const hosts: Host[] = []
const enter = () => {
  const host = new Host()
  hosts.push(host)
  return host
}
afterEach(async () => {
  for (const host of hosts) host.leave()
  await Promise.all(hosts.splice(0).map(({ ended }) => ended))
})

describe('a thread of nodes', () => {
  it('carries several, each with its own host', async () => {
    const [one, other] = [enter(), enter()]
    expect(await one.ask()).toBe(await other.ask())
  })

  it('goes on for the others when one leaves, and ends with the last', async () => {
    const [one, other] = [enter(), enter()]
    const number = await one.ask()
    await one.end()
    expect(await one.ended).toBe('')
    expect(await other.ask()).toBe(number)
    other.leave()
    // Nothing went wrong, but its end was not the thread's own.
    await other.ended
  })

  it('begins anew for whoever comes after the last', async () => {
    const one = enter()
    const number = await one.ask()
    one.leave()
    const next = enter()
    expect(await next.ask()).not.toBe(number)
    await one.ended
    expect(await next.ask()).toBeGreaterThan(number)
  })

  it('tells all who are in it why it broke', async () => {
    const [one, other] = [enter(), enter()]
    one.tell({ kind: 'kill' })
    expect(await one.ended).toBe('it broke')
    expect(await other.ended).toBe('it broke')
    const next = enter()
    expect(await next.ask()).toBeGreaterThan(0)
  })

  it('waits for who leaves before everything of it is closed, as long as another is in it', async () => {
    const [one, other] = [enter(), enter()]
    const number = await one.ask()
    let isOver = false
    void one.ended.then(() => {
      isOver = true
    })
    one.leave()
    expect(await other.ask()).toBe(number)
    expect(isOver).toBe(false)
    // It has closed at last.
    await one.end()
    expect(await one.ended).toBe('')
    expect(await other.ask()).toBe(number)
  })

  it('ends when all have left, closed or not', async () => {
    const [one, other] = [enter(), enter()]
    one.leave()
    other.leave()
    await Promise.all([one.ended, other.ended])
    expect(await enter().ask()).toBeGreaterThan(0)
  })

  it('is left twice without harm', async () => {
    const [one, other] = [enter(), enter()]
    await one.end()
    one.leave()
    await one.ended
    expect(await other.ask()).toBeGreaterThan(0)
  })
})
