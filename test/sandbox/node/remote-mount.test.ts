import { beforeEach, describe, expect, it } from 'vitest'
import { SandboxError } from '../../../src-main/base/sandbox-error'
import { simulatedEnv } from '../../../src-main/env/simulated'
import type { SimulatedClock } from '../../../src-main/env/simulated'
import type { HostMessage, NodeMessage } from '../../../src-main/sandbox/node/mount-messages'
import type { CarrierListener, NodeCarrier } from '../../../src-main/sandbox/node/node-carrier'
import type { NodeConfig } from '../../../src-main/sandbox/node/node-config'
import type { NodeExit } from '../../../src-main/sandbox/node/node-status'
import { RemoteMount } from '../../../src-main/sandbox/node/remote-mount'

const config = { name: 'store-1' } as NodeConfig
const phases = { engineMs: 1, nodeMs: 2, serveMs: 3 }

/** A thread that does nothing by itself. */
class FakeCarrier implements NodeCarrier {
  readonly kind = 'worker'
  supports: NodeCarrier['supports'] = { pause: true, operatingSystemKill: false }
  readonly told: string[] = []
  readonly messages: HostMessage[] = []
  #listener: CarrierListener | undefined

  launch(listener: CarrierListener): void {
    this.#listener = listener
  }

  post(message: HostMessage): void {
    this.messages.push(message)
    this.told.push(message.kind)
  }

  pause(): Promise<void> {
    this.told.push('stand still')
    return Promise.resolve()
  }

  resume(): void {
    this.told.push('go on')
  }

  kill(): void {
    this.told.push('silence')
  }

  end(): void {
    this.told.push('end')
    this.vanish('')
  }

  /** The node says something. */
  say(message: NodeMessage): void {
    this.#listener?.onMessage(message)
  }

  /** The thread is gone. */
  vanish(words: string): void {
    const listener = this.#listener
    this.#listener = undefined
    listener?.onEnd(words)
  }
}

let clock: SimulatedClock
let carrier: FakeCarrier
let exits: NodeExit[]
let failures: SandboxError[]
let mount: RemoteMount
beforeEach(() => {
  clock = simulatedEnv({ seed: 1 }).clock
  carrier = new FakeCarrier()
  exits = []
  failures = []
  mount = new RemoteMount(clock, carrier, {
    onExit: (exit) => exits.push(exit),
    onFailure: (error) => failures.push(error),
    onWarning: () => undefined,
    onFlow: () => undefined,
  })
})

const start = async () => {
  const starting = mount.start(config, [])
  carrier.say({ kind: 'started', phases })
  return starting
}
const settle = () => clock.runUntil(() => false, { timeMs: 1 })

describe('a node in another thread', () => {
  it('is up when it says so', async () => {
    expect(await start()).toEqual(phases)
    expect(carrier.messages).toEqual([{ kind: 'start', config, links: [] }])
  })

  it('that does not come up says why, and is no exit', async () => {
    const starting = mount.start(config, [])
    const error = new SandboxError('ENGINE_LOCKED', 'It is open elsewhere.').serialize()
    carrier.say({ kind: 'start-failed', error })
    await expect(starting).rejects.toMatchObject({ code: 'ENGINE_LOCKED' })
    expect(carrier.told).toEqual(['start', 'end'])
    expect(exits).toEqual([])
  })

  it('that cannot even be loaded fails its start with what is known', async () => {
    const starting = mount.start(config, [])
    carrier.vanish('Cannot find module')
    await expect(starting).rejects.toMatchObject({
      code: 'NODE_FAILED',
      message: expect.stringContaining('Cannot find module') as string,
    })
  })

  it('is ended only when it has closed everything', async () => {
    await start()
    const stopping = mount.stop({ handOver: true })
    await settle()
    expect(carrier.told).toEqual(['start', 'stop'])
    carrier.say({ kind: 'gone', error: undefined })
    await stopping
    expect(carrier.told).toEqual(['start', 'stop', 'end'])
    expect(exits).toEqual([{ kind: 'stopped', error: undefined }])
  })

  it('is silent long before a kill has closed it', async () => {
    await start()
    const killing = mount.kill()
    carrier.say({ kind: 'silent' })
    await killing
    expect(carrier.told).toEqual(['start', 'silence'])
    expect(exits).toEqual([])
    carrier.say({ kind: 'gone', error: undefined })
    expect(exits).toEqual([{ kind: 'killed', error: undefined }])
  })

  it('that hangs in spite of a kill is ended after a while', async () => {
    await start()
    const killing = mount.kill()
    await clock.runUntil(() => exits.length > 0, { timeMs: 60_000 })
    await killing
    expect(exits).toEqual([{ kind: 'killed', error: undefined }])
  })

  it('that ends by itself is reported with its last words', async () => {
    await start()
    carrier.vanish('its thread ended with code 134')
    expect(exits).toMatchObject([{ kind: 'failed', error: { message: expect.stringContaining('134') as string } }])
  })

  it('counts as silent ten seconds after a kill, though it is gone only when it says so', async () => {
    await start()
    // It hangs, in a thread in which others are.
    carrier.end = () => {
      carrier.told.push('end')
    }
    let isKilled = false
    void mount.kill().then(() => {
      isKilled = true
    })
    await clock.runUntil(() => isKilled, { timeMs: 9_999 })
    expect(isKilled).toBe(false)
    await clock.runUntil(() => isKilled, { timeMs: 1 })
    expect(isKilled).toBe(true)
    expect(carrier.told).toEqual(['start', 'silence', 'end'])
    expect(exits).toEqual([])
    carrier.say({ kind: 'gone', error: undefined })
    carrier.vanish('')
    await settle()
    expect(exits).toMatchObject([{ kind: 'killed' }])
  })

  it('that crashed closes first, and is reported with what escaped', async () => {
    await start()
    carrier.say({ kind: 'silent' })
    carrier.say({ kind: 'gone', error: new SandboxError('INTERNAL', 'x is not a function').serialize() })
    expect(exits).toMatchObject([{ kind: 'failed', error: { message: 'x is not a function' } }])
  })

  it('that somebody asked over the wire to end has stopped, not failed', async () => {
    await start()
    carrier.say({ kind: 'gone', error: undefined })
    expect(exits).toEqual([{ kind: 'stopped', error: undefined }])
  })

  it('answers questions side by side, or is given up', async () => {
    await start()
    const first = mount.status()
    const second = mount.setLink({ peer: 2, direction: 'outgoing', cut: true, delayMs: 0 })
    const third = mount.status()
    // Given up much later, when the test looks elsewhere.
    third.catch(() => undefined)
    const status = { nodeId: 1 } as Awaited<typeof first>
    carrier.say({ kind: 'answer', question: 2, status: undefined })
    carrier.say({ kind: 'answer', question: 1, status })
    expect(await first).toBe(status)
    await second
    await clock.runUntil(() => false, { timeMs: 10_000 })
    await expect(third).rejects.toMatchObject({ code: 'NODE_FAILED' })
  })

  it('answers nothing any more when it is gone', async () => {
    await start()
    const asked = mount.status()
    carrier.vanish('')
    await expect(asked).rejects.toMatchObject({ code: 'NODE_FAILED' })
    await expect(mount.status()).rejects.toMatchObject({ code: 'NODE_FAILED' })
  })

  it('is paused only where its carrier can', async () => {
    await start()
    await mount.pause()
    await mount.resume()
    expect(carrier.told).toEqual(['start', 'stand still', 'go on'])
    carrier.supports = { pause: { reason: 'This system has no signals.' }, operatingSystemKill: true }
    await expect(mount.pause()).rejects.toMatchObject({
      code: 'NODE_NOT_SUPPORTED',
      message: 'This system has no signals.',
    })
  })
})
