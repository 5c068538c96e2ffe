import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SeededRandom } from '../../../src-main/env'
import type { CrashOptions, Survival } from '../../../src-main/env/simulated'
import { SimulatedClock, SimulatedDisk } from '../../../src-main/env/simulated'

const newDisk = (seed = 1): SimulatedDisk => new SimulatedDisk({ random: new SeededRandom(seed) })
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
const textOf = (bytes: Uint8Array | undefined): string | undefined =>
  bytes === undefined ? undefined : new TextDecoder().decode(bytes)

const survival = fc.constantFrom<Survival>('none', 'all', 'prefix', 'subset', 'random')
const crashOptions: fc.Arbitrary<CrashOptions> = fc.record({
  writes: survival,
  names: survival,
  tearProbability: fc.constantFrom(0, 0.5, 1),
  corruptProbability: fc.constantFrom(0, 0.5, 1),
})

/** A file whose name and first bytes a crash cannot take. */
const durableFile = async (disk: SimulatedDisk, path: string, content: string) => {
  const file = await disk.open(path, { mode: 'open-or-create' })
  await file.write(0, bytesOf(content))
  await file.sync()
  await disk.syncDirectory('/')
  return file
}

describe('the end of a process', () => {
  it('hands what was under way to the system, so that a sync of the next process covers it', async () => {
    const clock = new SimulatedClock()
    const disk = new SimulatedDisk({ random: new SeededRandom(1), clock, latency: { write: 5, name: 5 } })
    const creating = disk.open('/a', { mode: 'create' })
    await clock.advance(5)
    const writing = (await creating).write(0, bytesOf('handed over'))
    const renaming = disk.rename('/a', '/b')
    disk.endProcess()
    await expect(writing).rejects.toMatchObject({ code: 'DISK_CLOSED' })
    await expect(renaming).rejects.toMatchObject({ code: 'DISK_CLOSED' })
    const reopening = disk.open('/b', { mode: 'open' })
    await clock.advance(5)
    await (await reopening).sync()
    await disk.syncDirectory('/')
    disk.crash({ writes: 'none', names: 'none' })
    expect(textOf(disk.visibleFiles().get('/b'))).toBe('handed over')
  })

  it('does not finish a sync that was under way', async () => {
    const clock = new SimulatedClock()
    const disk = new SimulatedDisk({ random: new SeededRandom(1), clock, latency: { sync: 5 } })
    const file = await disk.open('/a', { mode: 'create' })
    const naming = disk.syncDirectory('/')
    await clock.advance(5)
    await naming
    await file.write(0, bytesOf('unsynced'))
    const syncing = file.sync()
    disk.endProcess()
    await expect(syncing).rejects.toMatchObject({ code: 'DISK_CLOSED' })
    disk.crash({ writes: 'none', names: 'none' })
    expect(textOf(disk.visibleFiles().get('/a'))).toBe('')
  })
})

describe('what a crash leaves of bytes', () => {
  it('keeps what was synced and may lose everything else', async () => {
    const disk = newDisk()
    const file = await durableFile(disk, '/a', 'kept')
    await file.write(4, bytesOf(' lost'))
    expect(textOf(disk.visibleFiles().get('/a'))).toBe('kept lost')
    expect(textOf(disk.durableFiles().get('/a'))).toBe('kept')
    disk.crash({ writes: 'none' })
    expect(textOf(await disk.readFile('/a'))).toBe('kept')
  })

  it('may keep everything', async () => {
    const disk = newDisk()
    const file = await durableFile(disk, '/a', 'old')
    await file.write(0, bytesOf('newer'))
    await file.truncate(4)
    disk.crash({ writes: 'all' })
    expect(textOf(await disk.readFile('/a'))).toBe('newe')
  })

  it('does not let a sync cover a write that had not resolved when it began', async () => {
    const clock = new SimulatedClock()
    const disk = new SimulatedDisk({ random: new SeededRandom(1), clock, latency: { write: 5, sync: 1 } })
    const file = await disk.open('/a', { mode: 'create' })
    await disk.makeDirectory('/')
    const named = disk.syncDirectory('/')
    await clock.advance(1)
    await named
    const write = file.write(0, bytesOf('late'))
    const sync = file.sync()
    await clock.advance(10)
    await Promise.all([write, sync])
    disk.crash({ writes: 'none' })
    expect(textOf(await disk.readFile('/a'))).toBe('')
  })

  it('does not let a sync cover a write that was not awaited, also without latency', async () => {
    const disk = newDisk()
    const file = await durableFile(disk, '/a', '')
    const write = file.write(0, bytesOf('late'))
    const sync = file.sync()
    await Promise.all([write, sync])
    disk.crash({ writes: 'none' })
    expect(await disk.readFile('/a')).toHaveLength(0)
  })

  it('does not complete a sync that was under way', async () => {
    const clock = new SimulatedClock()
    const disk = new SimulatedDisk({ random: new SeededRandom(1), clock, latency: { sync: 2 } })
    const file = await disk.open('/a', { mode: 'create' })
    const named = disk.syncDirectory('/')
    await clock.advance(2)
    await named
    await file.write(0, bytesOf('abc'))
    const sync = file.sync()
    await clock.advance(1)
    const outcome = expect(sync).rejects.toMatchObject({ code: 'DISK_CLOSED' })
    disk.crash({ writes: 'none' })
    await outcome
    expect(await disk.readFile('/a')).toHaveLength(0)
    expect(clock.pendingCount).toBe(0)
  })

  it('tears writes at sectors, never within one', async () => {
    const seen = new Set<string>()
    for (let seed = 0; seed < 1500; seed++) {
      const disk = newDisk(seed)
      const file = await durableFile(disk, '/a', 'x'.repeat(512 * 5))
      await file.write(100, bytesOf('y'.repeat(512 * 4)))
      disk.crash({ writes: 'subset', tearProbability: 1 })
      const bytes = await disk.readFile('/a')
      let pattern = ''
      for (const [start, end] of [
        [0, 100],
        [100, 512],
        [512, 1024],
        [1024, 1536],
        [1536, 2048],
        [2048, 2148],
        [2148, 2560],
      ] as const) {
        const values = new Set(bytes.subarray(start, end))
        expect(values.size).toBe(1)
        pattern += String.fromCharCode(...values)
      }
      expect(pattern).toMatch(/^x[xy]{5}x$/)
      seen.add(pattern)
    }
    expect(seen.size).toBe(32)
  })

  it('may leave a file longer than its bytes: the rest reads as zeros', async () => {
    const tails = new Set<string>()
    for (let seed = 0; seed < 200; seed++) {
      const disk = newDisk(seed)
      const file = await durableFile(disk, '/a', 'head')
      await file.write(4, bytesOf('tail'))
      disk.crash({ writes: 'subset', tearProbability: 1 })
      tails.add(textOf(await disk.readFile('/a')) ?? '')
    }
    expect(tails).toEqual(new Set(['head', 'headtail', 'head\0\0\0\0']))
  })

  it('turns bits over only where unsynced bytes were written', async () => {
    let corrupted = 0
    for (let seed = 0; seed < 100; seed++) {
      const disk = newDisk(seed)
      const file = await durableFile(disk, '/a', 'kept')
      await file.write(4, bytesOf('risk'))
      disk.crash({ writes: 'all', corruptProbability: 1 })
      const text = textOf(await disk.readFile('/a')) ?? ''
      expect(text.startsWith('kept')).toBe(true)
      if (text !== 'keptrisk') corrupted++
    }
    expect(corrupted).toBe(100)
  })

  it('never lets a later sync cover what a failed sync gave up', async () => {
    const disk = newDisk()
    const file = await durableFile(disk, '/a', 'old')
    await file.write(0, bytesOf('new'))
    disk.faults.add({ operations: ['sync'], fault: { kind: 'fail' }, count: 1 })
    await expect(file.sync()).rejects.toMatchObject({ code: 'DISK_IO' })
    await file.sync()
    expect(textOf(await file.read(0, 3))).toBe('new')
    disk.crash({ writes: 'all' })
    expect(textOf(await disk.readFile('/a'))).toBe('old')
  })

  it('never loses a synced byte, whatever was written since elsewhere', async () => {
    const operation = fc.oneof(
      fc.record({
        kind: fc.constant('write' as const),
        position: fc.nat(3000),
        length: fc.integer({ min: 1, max: 1500 }),
      }),
      fc.record({ kind: fc.constant('truncate' as const), size: fc.nat(3000) }),
      fc.record({ kind: fc.constant('sync' as const) }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { maxLength: 25 }), crashOptions, fc.nat(), async (steps, options, seed) => {
        const disk = newDisk(seed)
        const file = await durableFile(disk, '/a', '')
        // The value of each byte that is certain; undefined where something unsynced touched it.
        let certain: Array<number | undefined> = []
        const current: number[] = []
        for (const [index, step] of steps.entries()) {
          if (step.kind === 'write') {
            const bytes = new Uint8Array(step.length).fill(index + 1)
            await file.write(step.position, bytes)
            for (let at = current.length; at < step.position; at++) current[at] = 0
            for (let at = step.position; at < step.position + step.length; at++) {
              current[at] = index + 1
              if (at < certain.length) certain[at] = undefined
            }
          } else if (step.kind === 'truncate') {
            await file.truncate(step.size)
            current.length = Math.min(current.length, step.size)
            while (current.length < step.size) current.push(0)
            certain.length = Math.min(certain.length, step.size)
          } else {
            await file.sync()
            certain = [...current]
          }
        }
        expect([...(await file.read(0, 10_000))]).toEqual(current)
        disk.crash(options)
        const left = await disk.readFile('/a')
        certain.forEach((value, at) => {
          if (value !== undefined) expect(left[at]).toBe(value)
        })
        expect(disk.durableFiles().get('/a')).toEqual(left)
      }),
      { numRuns: 300 },
    )
  })
})

describe('what a crash leaves of names', () => {
  it('may take a file whose directory was never synced, with all its synced bytes', async () => {
    const disk = newDisk()
    const file = await disk.open('/a', { mode: 'create' })
    await file.write(0, bytesOf('synced'))
    await file.sync()
    expect(disk.durableFiles().size).toBe(0)
    disk.crash({ names: 'none' })
    expect(await disk.list('/')).toEqual([])
  })

  it('may keep the name and lose the bytes', async () => {
    const disk = newDisk()
    const file = await disk.open('/a', { mode: 'create' })
    await file.write(0, bytesOf('unsynced'))
    disk.crash({ names: 'all', writes: 'none' })
    expect(await disk.readFile('/a')).toHaveLength(0)
  })

  it('takes what is in a directory with the directory', async () => {
    const disk = newDisk()
    await disk.makeDirectory('/d')
    await disk.open('/d/a', { mode: 'create' })
    await disk.syncDirectory('/d')
    disk.crash({ names: 'none' })
    expect(await disk.list('/')).toEqual([])
  })

  it('brings back what was removed', async () => {
    const disk = newDisk()
    await disk.makeDirectory('/d')
    await disk.syncDirectory('/')
    const file = await disk.open('/d/a', { mode: 'create' })
    await file.write(0, bytesOf('back'))
    await file.sync()
    await disk.syncDirectory('/d')
    await disk.remove('/d')
    expect(await disk.list('/')).toEqual([])
    disk.crash({ names: 'none' })
    expect(textOf(await disk.readFile('/d/a'))).toBe('back')
  })

  it('keeps a rename whole, and one across directories only when both were synced', async () => {
    for (const synced of [[], ['/d'], ['/e'], ['/d', '/e']]) {
      const disk = newDisk()
      await disk.makeDirectory('/d')
      await disk.makeDirectory('/e')
      await disk.syncDirectory('/')
      await disk.open('/d/a', { mode: 'create' })
      await disk.syncDirectory('/d')
      await disk.rename('/d/a', '/e/b')
      for (const directory of synced) await disk.syncDirectory(directory)
      disk.crash({ names: 'none' })
      expect([...disk.visibleFiles().keys()]).toEqual([synced.length === 2 ? '/e/b' : '/d/a'])
    }
  })

  it('keeps what a surviving change of the same name rests on', async () => {
    const outcomes = new Set<string>()
    for (let seed = 0; seed < 200; seed++) {
      const disk = newDisk(seed)
      await disk.open('/a', { mode: 'create' })
      await disk.rename('/a', '/b')
      await disk.rename('/b', '/c')
      disk.crash({ names: 'subset' })
      outcomes.add([...disk.visibleFiles().keys()].join())
    }
    expect(outcomes).toEqual(new Set(['', '/a', '/b', '/c']))
  })

  it('keeps a beginning of the changes in their order, if told so', async () => {
    const outcomes = new Set<string>()
    for (let seed = 0; seed < 100; seed++) {
      const disk = newDisk(seed)
      for (const name of ['a', 'b', 'c']) await disk.open(`/${name}`, { mode: 'create' })
      disk.crash({ names: 'prefix' })
      outcomes.add([...disk.visibleFiles().keys()].join(''))
    }
    expect(outcomes).toEqual(new Set(['', '/a', '/a/b', '/a/b/c']))
  })

  it('does not let a directory sync cover a name that had not resolved when it began', async () => {
    const disk = newDisk()
    const opening = disk.open('/a', { mode: 'create' })
    await Promise.all([opening, disk.syncDirectory('/')])
    disk.crash({ names: 'none' })
    expect(await disk.list('/')).toEqual([])
  })

  it('leaves only states of a name that it really had', async () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constantFrom('create' as const, 'remove' as const), name: fc.constantFrom('a', 'b') }),
      fc.record({ kind: fc.constant('rename' as const), name: fc.constantFrom('a', 'b') }),
      fc.record({ kind: fc.constant('sync' as const), name: fc.constant('') }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 15 }), survival, fc.nat(), async (steps, names, seed) => {
        const disk = newDisk(seed)
        let contents = 0
        const stateOf = async (name: string): Promise<string> =>
          (await disk.status(`/${name}`)) === undefined ? 'absent' : (textOf(await disk.readFile(`/${name}`)) ?? '')
        const possible = new Map([
          ['a', new Set(['absent'])],
          ['b', new Set(['absent'])],
        ])
        for (const { kind, name } of steps) {
          const other = name === 'a' ? 'b' : 'a'
          const exists = kind !== 'sync' && (await disk.status(`/${name}`)) !== undefined
          if (kind === 'create' && !exists) {
            const file = await disk.open('/new', { mode: 'open-or-create' })
            await file.write(0, bytesOf(String(++contents)))
            await file.sync()
            await disk.rename('/new', `/${name}`)
          } else if (kind === 'remove' && exists) await disk.remove(`/${name}`)
          else if (kind === 'rename' && exists) await disk.rename(`/${name}`, `/${other}`)
          else if (kind === 'sync') {
            await disk.syncDirectory('/')
            for (const states of possible.values()) states.clear()
          }
          for (const [each, states] of possible) states.add(await stateOf(each))
        }
        disk.crash({ names })
        for (const [each, states] of possible) expect(states).toContain(await stateOf(each))
      }),
      { numRuns: 300 },
    )
  })
})

describe('crashes and the process', () => {
  it('refuses handles, locks and operations from before with DISK_CLOSED', async () => {
    const disk = newDisk()
    const file = await durableFile(disk, '/a', 'x')
    const lock = await disk.lock('/')
    const inFlight = expect(file.read(0, 1)).rejects.toMatchObject({ code: 'DISK_CLOSED' })
    disk.crash()
    await inFlight
    await expect(file.read(0, 1)).rejects.toMatchObject({ code: 'DISK_CLOSED' })
    await expect(file.write(0, bytesOf('x'))).rejects.toMatchObject({ code: 'DISK_CLOSED' })
    await expect(file.sync()).rejects.toMatchObject({ code: 'DISK_CLOSED' })
    const next = await disk.lock('/')
    await lock.release()
    await expect(disk.lock('/')).rejects.toMatchObject({ code: 'DISK_LOCKED' })
    await next.release()
  })

  it('loses nothing when only the process dies, and makes nothing durable either', async () => {
    const disk = newDisk()
    const file = await durableFile(disk, '/a', 'old')
    await file.write(0, bytesOf('new'))
    disk.endProcess()
    await expect(file.read(0, 1)).rejects.toMatchObject({ code: 'DISK_CLOSED' })
    expect(textOf(await disk.readFile('/a'))).toBe('new')
    disk.crash({ writes: 'none' })
    expect(textOf(await disk.readFile('/a'))).toBe('old')
  })

  it('keeps the mounts of other processes when one ends, and ends all in a crash', async () => {
    const disk = newDisk()
    const one = disk.mount()
    const other = disk.mount()
    disk.unmount(one)
    await expect(one.list('/')).rejects.toMatchObject({ code: 'DISK_CLOSED' })
    await other.list('/')
    disk.crash()
    await expect(other.list('/')).rejects.toMatchObject({ code: 'DISK_CLOSED' })
    await disk.list('/')
  })

  it('gives the same end for the same seed', async () => {
    const run = async (seed: number): Promise<unknown> => {
      const disk = newDisk(seed)
      for (const name of ['a', 'b', 'c']) {
        const file = await disk.open(`/${name}`, { mode: 'create' })
        for (let index = 0; index < 5; index++) await file.write(index * 700, new Uint8Array(900).fill(index + 1))
      }
      disk.crash()
      return [...disk.visibleFiles()].map(([path, bytes]) => [path, [...bytes]])
    }
    expect(await run(7)).toEqual(await run(7))
    expect(await run(7)).not.toEqual(await run(8))
  })
})
