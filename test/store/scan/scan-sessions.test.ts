import { beforeEach, describe, expect, it } from 'vitest'
import type { EngineScan } from '../../../src-main/engine/engine-reader'
import { SeededRandom } from '../../../src-main/env/seeded-random'
import { SimulatedClock } from '../../../src-main/env/simulated/simulated-clock'
import { errnoOf } from '../../../src-main/rpc/dingo-error'
import { Errno } from '../../../src-main/rpc/generated/dingodb/error_pb'
import { ScanSessions } from '../../../src-main/store/scan/scan-sessions'

/** A walk over numbered rows whose every step waits until the test lets it go on. */
class SteppedScan implements EngineScan {
  closes = 0
  failure: unknown
  #next = 0
  #goOn: Array<() => void> = []

  async next(maxCount: number) {
    await new Promise<void>((resolve) => this.#goOn.push(resolve))
    if (this.failure !== undefined) throw this.failure
    return Array.from({ length: maxCount }, () => ({ key: new Uint8Array([this.#next++]), value: new Uint8Array(0) }))
  }

  close(): Promise<void> {
    this.closes++
    return Promise.resolve()
  }

  /** Lets the step that is under way end. */
  goOn(): void {
    this.#goOn.shift()?.()
  }
}

const epoch = { confVersion: 1, version: 1 }
const codeOf = (call: Promise<unknown> | (() => unknown)): Promise<string> =>
  Promise.resolve()
    .then(() => (typeof call === 'function' ? call() : call))
    .then(
      () => 'OK',
      (thrown: unknown) => Errno[errnoOf(thrown) ?? Errno.EINTERNAL],
    )

describe('ScanSessions', () => {
  let sessions: ScanSessions
  let scan: SteppedScan
  let clock: SimulatedClock
  beforeEach(() => {
    clock = new SimulatedClock()
    sessions = new ScanSessions({ clock, random: new SeededRandom(1) })
    scan = new SteppedScan()
  })
  const open = async (id: bigint) => {
    const session = sessions.open(id, { regionId: 1, epoch, releasesItself: true })
    await session.attach(scan)
    return session
  }

  it('refuses a second fetch while one is under way, and loses no row by it', async () => {
    const session = await open(1n)
    const first = session.fetch(2, false)
    expect(await codeOf(session.fetch(2, false))).toBe('EREQUEST_FULL')
    scan.goOn()
    expect((await first).kvs.map(({ key }) => key[0])).toEqual([0, 1])
    const second = session.fetch(1, false)
    scan.goOn()
    expect((await second).kvs.map(({ key }) => key[0])).toEqual([2])
  })

  it('closes the engine scan only after the fetch that is under way when it is released', async () => {
    const session = await open(1n)
    const fetching = codeOf(session.fetch(2, false))
    await Promise.resolve()
    sessions.release(1, 1n)
    expect(scan.closes).toBe(0)
    scan.goOn()
    expect(await fetching).toBe('ESCAN_NOTFOUND')
    expect(scan.closes).toBe(1)
  })

  it('does not take a scan for idle while it fetches', async () => {
    const session = await open(1n)
    const fetching = session.fetch(1, false)
    await clock.advance(400_000)
    expect(sessions.count).toBe(1)
    scan.goOn()
    expect((await fetching).kvs).toHaveLength(1)
  })

  it('does not go on after a fetch that failed', async () => {
    const session = await open(1n)
    scan.failure = new Error('no')
    const failing = codeOf(session.fetch(1, true))
    scan.goOn()
    expect(await failing).toBe('EINTERNAL')
    expect(await codeOf(session.fetch(1, true))).toBe('ESCAN_NOTFOUND')
    expect(scan.closes).toBe(1)
  })

  it('tells scans of different regions apart that have the same id', async () => {
    await open(1n)
    sessions.open(1n, { regionId: 2, epoch, releasesItself: true })
    expect(await codeOf(() => sessions.open(1n, { regionId: 2, epoch, releasesItself: true }))).toBe(
      'EILLEGAL_PARAMTETERS',
    )
    sessions.releaseRegion(2)
    expect(sessions.find(1, epoch, 1n).regionId).toBe(1)
  })

  it('closes all, takes no more, and leaves no timer', async () => {
    await open(1n)
    await sessions.close()
    await sessions.close()
    expect([scan.closes, sessions.count, clock.pendingCount]).toEqual([1, 0, 0])
    expect(await codeOf(() => sessions.open(2n, { regionId: 1, epoch, releasesItself: true }))).toBe('EREQUEST_FULL')
  })
})
