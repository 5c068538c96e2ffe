import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SandboxError } from '../../../src-main/base/sandbox-error'
import type { LockRecord, LockWorld } from '../../../src-main/env/real/lock-protocol'
import { giveBackLock, takeLock } from '../../../src-main/env/real/lock-protocol'

const LOCK = 'lock'

/** Files of several processes; `pause` is awaited before and after each step, so that a scheduler can put others in between. */
class SharedDirectory {
  readonly files = new Map<string, LockRecord<number>>()
  readonly dead = new Set<number>()

  world(process: number, pause: () => Promise<void>): LockWorld<number> {
    const step = async <T>(run: () => T): Promise<T> => {
      await pause()
      if (this.dead.has(process)) throw new Error('a dead process takes no steps')
      const result = run()
      await pause()
      if (this.dead.has(process)) throw new Error('a dead process takes no steps')
      return result
    }
    return {
      createExclusively: (name, record) =>
        step(() => {
          if (this.files.has(name)) return false
          this.files.set(name, record)
          return true
        }),
      read: (name) => step(() => this.files.get(name)),
      rename: (from, to) =>
        step(() => {
          const record = this.files.get(from)
          if (record === undefined) throw new Error(`there is no ${from}`)
          this.files.delete(from)
          this.files.set(to, record)
        }),
      remove: (name) =>
        step(() => {
          this.files.delete(name)
        }),
      mayBeAlive: (other) => step(() => !this.dead.has(other)),
      describe: (other) => `process ${String(other)}`,
    }
  }
}

const isLocked = (error: unknown): boolean => SandboxError.is(error, 'DISK_LOCKED')

describe('the lock protocol', () => {
  it('never has two living holders, in whatever order processes step, die and release', async () => {
    let broken = 0
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.integer({ min: 2, max: 5 }),
        fc.array(fc.nat(4), { maxLength: 3 }),
        fc.boolean(),
        async (scheduler, processCount, mortals, startsStale) => {
          const directory = new SharedDirectory()
          if (startsStale) {
            directory.dead.add(100)
            directory.files.set(LOCK, { token: 'stale', process: 100 })
          }
          const holders = new Set<number>()
          let wins = 0
          const pause = async (): Promise<void> => {
            await scheduler.schedule(Promise.resolve())
          }
          const live = async (process: number): Promise<void> => {
            for (let attempt = 0; attempt < 2; attempt++) {
              const world = directory.world(process, pause)
              const mine = { token: `${String(process)}/${String(attempt)}`, process }
              try {
                await takeLock(world, LOCK, mine)
              } catch (error) {
                if (directory.dead.has(process)) return
                if (!isLocked(error)) throw error
                continue
              }
              if (directory.dead.has(process)) return
              holders.add(process)
              wins++
              expect([...holders]).toEqual([process])
              await pause()
              if (directory.dead.has(process)) return
              holders.delete(process)
              await giveBackLock(world, LOCK, mine).catch((error: unknown) => {
                if (!directory.dead.has(process)) throw error
              })
            }
          }
          const processes = Array.from({ length: processCount }, (_, process) => live(process))
          const deaths = mortals
            .filter((process) => process < processCount)
            .map(async (process) => {
              await pause()
              directory.dead.add(process)
              holders.delete(process)
            })
          await scheduler.waitFor(Promise.all([...processes, ...deaths]))
          if (startsStale && wins > 0) broken++
          if (directory.dead.size === (startsStale ? 1 : 0)) expect([...directory.files]).toEqual([])

          // Whatever the dead left behind, the next one gets the lock.
          for (let process = 0; process < processCount; process++) directory.dead.add(process)
          await takeLock(
            directory.world(200, () => Promise.resolve()),
            LOCK,
            { token: 'last', process: 200 },
          )
          expect(directory.files.get(LOCK)?.process).toBe(200)
        },
      ),
      { numRuns: 2000 },
    )
    expect(broken).toBeGreaterThan(100)
  })

  it('gives the lock to a process that had it and gave it back', async () => {
    const directory = new SharedDirectory()
    const world = directory.world(1, () => Promise.resolve())
    for (const token of ['1', '2', '3']) {
      await takeLock(world, LOCK, { token, process: 1 })
      await giveBackLock(world, LOCK, { token, process: 1 })
    }
    expect(directory.files.size).toBe(0)
  })

  it('names the living holder', async () => {
    const directory = new SharedDirectory()
    const pause = (): Promise<void> => Promise.resolve()
    await takeLock(directory.world(1, pause), LOCK, { token: 'a', process: 1 })
    await expect(takeLock(directory.world(2, pause), LOCK, { token: 'b', process: 2 })).rejects.toMatchObject({
      code: 'DISK_LOCKED',
      details: { holder: 'process 1' },
    })
  })

  it('replaces dead claimers too, and leaves nothing behind', async () => {
    const directory = new SharedDirectory()
    for (const process of [1, 2, 3]) directory.dead.add(process)
    directory.files.set(LOCK, { token: 'a', process: 1 })
    directory.files.set(`${LOCK}.a`, { token: 'b', process: 2 })
    directory.files.set(`${LOCK}.b`, { token: 'c', process: 3 })
    await takeLock(
      directory.world(4, () => Promise.resolve()),
      LOCK,
      { token: 'd', process: 4 },
    )
    expect([...directory.files]).toEqual([[LOCK, { token: 'd', process: 4 }]])
  })

  it('does not take back what belongs to somebody else by now', async () => {
    const directory = new SharedDirectory()
    const world = directory.world(1, () => Promise.resolve())
    directory.files.set(LOCK, { token: 'other', process: 2 })
    await giveBackLock(world, LOCK, { token: 'mine', process: 1 })
    expect(directory.files.has(LOCK)).toBe(true)
  })
})
