import { describe, expect, it } from 'vitest'
import type { Disk } from '../../../src-main/env'
import { SeededRandom } from '../../../src-main/env'
import type { CrashOptions } from '../../../src-main/env/simulated'
import { SimulatedDisk } from '../../../src-main/env/simulated'

const OLD = new Uint8Array(1300).fill(1)
const NEW = new Uint8Array(1700).fill(2)

/** Runs `scenario` with a crash at each of its mutations in turn, and gives the disk of every run to `check`. */
async function crashEverywhere(
  prepare: (disk: Disk) => Promise<void>,
  scenario: (disk: Disk) => Promise<void>,
  check: (disk: SimulatedDisk, where: string) => Promise<void>,
): Promise<number> {
  let crashes = 0
  const policies: CrashOptions[] = [{ writes: 'none', names: 'none' }, { writes: 'all', names: 'all' }, {}, {}, {}]
  for (const [index, options] of policies.entries()) {
    for (const moment of ['before', 'after'] as const) {
      for (let step = 1; ; step++) {
        const disk = new SimulatedDisk({ random: new SeededRandom(`${String(index)} ${moment} ${String(step)}`) })
        await prepare(disk)
        const mutation = disk.mutationCount + step
        disk.crashAt({ mutation, moment, options })
        const outcome = await Promise.allSettled([scenario(disk)])
        if (disk.crashCount === 0) break
        expect(outcome[0]).toMatchObject({ status: 'rejected', reason: { code: 'DISK_CLOSED' } })
        crashes++
        await check(disk, `${JSON.stringify(options)}, ${moment} mutation ${String(step)}`)
      }
    }
  }
  return crashes
}

describe('replaceFile', () => {
  it('leaves the old file or the new one, wherever it is cut off', async () => {
    const seen = new Set<number | undefined>()
    const crashes = await crashEverywhere(
      (disk) => disk.replaceFile('/file', OLD),
      (disk) => disk.replaceFile('/file', NEW),
      async (disk, where) => {
        const bytes = await disk.readFile('/file')
        expect([OLD, NEW], where).toContainEqual(bytes)
        seen.add(bytes[0])
        await disk.replaceFile('/file', OLD)
        expect(await disk.readFile('/file'), where).toEqual(OLD)
        expect(await disk.list('/'), where).toEqual([{ name: 'file', kind: 'file' }])
      },
    )
    expect(seen).toEqual(new Set([1, 2]))
    // Create, truncate, write, sync, rename and the sync of the directory.
    expect(crashes).toBe(5 * 2 * 6)
  })

  it('leaves nothing or the whole file where there was none', async () => {
    await crashEverywhere(
      () => Promise.resolve(),
      (disk) => disk.replaceFile('/file', NEW),
      async (disk, where) => {
        if ((await disk.status('/file')) !== undefined) expect(await disk.readFile('/file'), where).toEqual(NEW)
      },
    )
  })

  it('is durable once it has resolved', async () => {
    const disk = new SimulatedDisk({ random: new SeededRandom(1) })
    await disk.replaceFile('/file', NEW)
    disk.crash({ writes: 'none', names: 'none' })
    expect(await disk.readFile('/file')).toEqual(NEW)
  })
})

describe('writing durably', () => {
  it('outlives a crash once it has resolved, and what follows does not', async () => {
    const disk = new SimulatedDisk({ random: new SeededRandom(1) })
    const file = await disk.open('/file', { mode: 'create' })
    await disk.syncDirectory('/')
    await file.writeDurably(0, NEW)
    await file.write(NEW.length, OLD)
    disk.crash({ writes: 'none', names: 'none' })
    expect(await disk.readFile('/file')).toEqual(NEW)
  })
})

describe('crash points', () => {
  it('count every mutation and nothing else', async () => {
    const disk = new SimulatedDisk({ random: new SeededRandom(1) })
    await disk.makeDirectory('/d')
    const file = await disk.open('/d/a', { mode: 'open-or-create' })
    await file.write(0, OLD)
    await file.read(0, 1)
    await file.size()
    await file.sync()
    await file.close()
    await disk.list('/d')
    await disk.status('/d/a')
    await (await disk.open('/d/a', { mode: 'open-or-create' })).close()
    expect(disk.mutationCount).toBe(4)
    expect(disk.operationCount).toBe(11)
  })

  it('can be taken back', async () => {
    const disk = new SimulatedDisk({ random: new SeededRandom(1) })
    disk.crashAt({ mutation: 1, moment: 'before' })
    disk.crashAt(undefined)
    await disk.makeDirectory('/d')
    expect(disk.crashCount).toBe(0)
  })

  it('complete a sync whose caller never hears of it', async () => {
    const disk = new SimulatedDisk({ random: new SeededRandom(1) })
    await disk.replaceFile('/a', OLD)
    const file = await disk.open('/a', { mode: 'open' })
    await file.write(0, NEW)
    disk.crashAt({ mutation: disk.mutationCount + 1, moment: 'after', options: { writes: 'none' } })
    await expect(file.sync()).rejects.toMatchObject({ code: 'DISK_CLOSED' })
    expect(await disk.readFile('/a')).toEqual(NEW)
  })
})
