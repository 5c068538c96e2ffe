import { describe, expect, it } from 'vitest'
import { makeDurableDirectory, SeededRandom } from '../../src-main/env'
import { SimulatedDisk } from '../../src-main/env/simulated'

const NOTHING_UNSYNCED = { writes: 'none', names: 'none' } as const

describe('makeDurableDirectory', () => {
  it.each(['/a', '/a/b/c', '/a/b/c/', 'C:/a/b'])('makes %s so that a crash cannot take it', async (path) => {
    const disk = new SimulatedDisk({ random: new SeededRandom(1) })
    await makeDurableDirectory(disk, path)
    disk.crash(NOTHING_UNSYNCED)
    expect(await disk.status(path)).toEqual({ kind: 'directory', size: 0 })
  })

  it('makes durable what a process left that died in the middle of it', async () => {
    for (const mutation of [1, 2]) {
      const disk = new SimulatedDisk({ random: new SeededRandom(1) })
      disk.crashAt({ mutation, moment: 'before', options: { names: 'all' } })
      await expect(makeDurableDirectory(disk, '/a')).rejects.toMatchObject({ code: 'DISK_CLOSED' })
      await makeDurableDirectory(disk, '/a')
      disk.crash(NOTHING_UNSYNCED)
      expect(await disk.status('/a')).toEqual({ kind: 'directory', size: 0 })
    }
  })

  it('takes the root for granted', async () => {
    const disk = new SimulatedDisk({ random: new SeededRandom(1) })
    await makeDurableDirectory(disk, '/')
  })
})

it('without it a directory may be gone', async () => {
  const disk = new SimulatedDisk({ random: new SeededRandom(1) })
  await disk.makeDirectory('/a/b')
  await disk.syncDirectory('/a')
  disk.crash(NOTHING_UNSYNCED)
  expect(await disk.status('/a')).toBeUndefined()
})
