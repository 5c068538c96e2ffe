import { mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { RealClock, RealDisk, realEnv } from '../../../src-main/env/real'

describe('realEnv', () => {
  it('has chance that differs from one to the next', () => {
    expect(realEnv().random.bytes(16)).not.toEqual(realEnv().random.bytes(16))
  })

  it('composes time, disk and network', async () => {
    const { clock, disk, network } = realEnv()
    expect(clock.wallTimeMs()).toBeGreaterThan(0)
    expect(await disk.status('/nothing/here')).toBeUndefined()
    await (await network.bind('127.0.0.1:0', () => undefined)).close()
  })
})

describe('RealClock', () => {
  it('does not make up for late repetitions', async () => {
    const clock = new RealClock()
    let count = 0
    const timer = clock.setRepeatingTimer(5, () => count++)
    const busyUntil = clock.monotonicMs() + 60
    while (clock.monotonicMs() < busyUntil) {
      // The loop of the process is blocked over several periods.
    }
    const freeFrom = clock.monotonicMs()
    await clock.sleep(20)
    timer.cancel()
    // One late run, and then one each period.
    expect(count).toBeLessThanOrEqual(2 + (clock.monotonicMs() - freeFrom) / 5)
  })
})

describe('RealDisk', () => {
  it('tells what the system says where it has no code of its own for it', async () => {
    await expect(new RealDisk().open(`/${'a'.repeat(5000)}`, { mode: 'open' })).rejects.toMatchObject({
      code: 'DISK_IO',
      message: expect.stringContaining('ENAMETOOLONG') as string,
    })
  })

  it.runIf(process.platform !== 'win32')('locks a directory once, by whatever path it is reached', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'real-disk-'))
    const disk = new RealDisk()
    try {
      await disk.makeDirectory(`${directory}/d`)
      await symlink(`${directory}/d`, `${directory}/link`)
      const lock = await disk.lock(`${directory}/d`)
      await expect(disk.lock(`${directory}/link`)).rejects.toMatchObject({ code: 'DISK_LOCKED' })
      await lock.release()
    } finally {
      await rm(directory, { recursive: true, force: true })
    }
  })
})
