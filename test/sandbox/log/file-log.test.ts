import { beforeEach, describe, expect, it } from 'vitest'
import { SandboxError } from '../../../src-main/base/sandbox-error'
import type { Env } from '../../../src-main/env'
import type { Simulation } from '../../../src-main/env/simulated'
import { simulatedEnv } from '../../../src-main/env/simulated'
import { FileLog } from '../../../src-main/sandbox/log/file-log'
import { logDefect } from '../../../src-main/sandbox/log/log-defect'
import { logSession } from '../../../src-main/sandbox/log/log-session'
import { SessionWorld } from '../session/session-world'

let simulation: Simulation
let env: Env
let failures: SandboxError[]
beforeEach(() => {
  simulation = simulatedEnv({ seed: 3 })
  env = simulation.addNode('host').env
  failures = []
})

const openLog = (processId = 7) =>
  new FileLog({
    clock: env.clock,
    disk: env.disk,
    directory: '/logs',
    processId,
    onFailure: (error) => failures.push(error),
  })

async function files(): Promise<ReadonlyArray<{ readonly name: string; readonly text: string }>> {
  const entries = await env.disk.list('/logs')
  return Promise.all(
    entries.map(async ({ name }) => ({
      name,
      text: new TextDecoder().decode(await env.disk.readFile(`/logs/${name}`)),
    })),
  )
}

const entriesOf = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)

describe('the log', () => {
  it('is lines of JSON in the order in which they were written', async () => {
    const log = openLog()
    log.write('info', 'one', { size: 2n ** 60n })
    logDefect(log, new TypeError('x is undefined'), 'procedure a.b')
    await log.close()
    const [file] = await files()
    expect(entriesOf(file?.text ?? '')).toMatchObject([
      { atMs: expect.any(Number) as number, level: 'info', event: 'one', size: String(2n ** 60n) },
      {
        level: 'error',
        event: 'defect',
        where: 'procedure a.b',
        stack: expect.stringContaining('TypeError') as string,
      },
    ])
  })

  it('begins another file when one is full, and keeps five megabytes in all', async () => {
    const log = openLog()
    const text = 'x'.repeat(30_000)
    for (let entry = 0; entry < 300; entry++) {
      log.write('info', 'filler', { entry, text })
      // Files are told apart by the time.
      await simulation.clock.advance(1)
    }
    await log.close()
    const kept = await files()
    expect(Math.max(...kept.map((file) => file.text.length))).toBeLessThanOrEqual(1024 * 1024)
    expect(kept.reduce((sum, file) => sum + file.text.length, 0)).toBeLessThanOrEqual(5 * 1024 * 1024)
    expect(kept.length).toBeGreaterThanOrEqual(5)
    expect(entriesOf(kept.at(-1)?.text ?? '').at(-1)).toMatchObject({ entry: 299 })
    expect(failures).toEqual([])
  })

  it('leaves the file of another process alone', async () => {
    const [one, other] = [openLog(1), openLog(2)]
    one.write('info', 'one', {})
    other.write('info', 'other', {})
    await Promise.all([one.close(), other.close()])
    expect((await files()).map(({ text }) => entriesOf(text)[0]?.['event']).sort()).toEqual(['one', 'other'])
  })

  it('stops, and says so once, when the disk refuses', async () => {
    await env.disk.replaceFile('/logs', new Uint8Array())
    const log = openLog()
    log.write('info', 'one', {})
    await log.close()
    log.write('info', 'two', {})
    await log.close()
    expect(failures).toMatchObject([{ code: 'DISK_ALREADY_EXISTS' }])
  })
})

describe('what is logged of a session', () => {
  it('phases, states of nodes and warnings, each once', async () => {
    const world = new SessionWorld()
    const events: string[] = []
    const stop = logSession(world.session, {
      directory: '/logs',
      write: (level, event, fields) =>
        events.push(`${level} ${event} ${String(fields['phase'] ?? fields['state'] ?? fields['code'])}`),
      close: () => Promise.resolve(),
    })
    await world.open('/w', { topology: { coordinators: 1, stores: 1 } })
    await world.until('running')
    world.cluster.life('store-1').listener.onWarning(new SandboxError('RPC_UNAVAILABLE', 'It is not reached.'))
    await world.session.running().host.killNode(20_001)
    stop()
    expect(events.filter((event) => event.includes('phase'))).toEqual([
      'info session.phase starting',
      'info session.phase starting',
      'info session.phase running',
    ])
    expect(events.filter((event) => event.includes('node.state')).sort()).toEqual([
      'info node.state killed',
      'info node.state running',
      'info node.state running',
      'info node.state starting',
      'info node.state starting',
    ])
    expect(events.filter((event) => event.startsWith('warning'))).toEqual(['warning session.warning RPC_UNAVAILABLE'])
  })
})
