import { describe, expect, it } from 'vitest'
import { SeededRandom } from '../../../src-main/env'
import type { DiskEvent } from '../../../src-main/env/simulated'
import { SimulatedClock, SimulatedDisk } from '../../../src-main/env/simulated'

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)
const newDisk = (): SimulatedDisk => new SimulatedDisk({ random: new SeededRandom(1) })

describe('faults', () => {
  it('hit by operation and path, skip some, and are spent after their count', async () => {
    const disk = newDisk()
    await disk.makeDirectory('/d')
    const inside = await disk.open('/d/a', { mode: 'create' })
    const outside = await disk.open('/da', { mode: 'create' })
    const fault = disk.faults.add({ operations: ['write'], path: '/d', skip: 1, count: 2, fault: { kind: 'fail' } })
    await outside.write(0, bytesOf('x'))
    await inside.write(0, bytesOf('1'))
    await expect(inside.write(1, bytesOf('2'))).rejects.toMatchObject({
      code: 'DISK_IO',
      details: { operation: 'write', path: '/d/a' },
    })
    await inside.sync()
    await expect(inside.write(1, bytesOf('2'))).rejects.toMatchObject({ code: 'DISK_IO' })
    await inside.write(1, bytesOf('4'))
    expect(fault.hits).toBe(2)
    expect(textOf(await inside.read(0, 10))).toBe('14')
  })

  it('hit by a condition on the path, either path of a rename', async () => {
    const disk = newDisk()
    await disk.replaceFile('/a', bytesOf('x'))
    disk.faults.add({ operations: ['rename'], path: (path) => path.endsWith('b'), fault: { kind: 'fail' } })
    await expect(disk.rename('/a', '/b')).rejects.toMatchObject({ code: 'DISK_IO' })
    await disk.rename('/a', '/c')
  })

  it('hit as often as their probability says', async () => {
    const disk = newDisk()
    disk.faults.add({ operations: ['list'], probability: 0.25, fault: { kind: 'fail' } })
    const outcomes = await Promise.allSettled(Array.from({ length: 1000 }, () => disk.list('/')))
    const failed = outcomes.filter(({ status }) => status === 'rejected').length
    expect(Math.abs(failed - 250)).toBeLessThan(60)
  })

  it('can be taken back', async () => {
    const disk = newDisk()
    const fault = disk.faults.add({ fault: { kind: 'fail' } })
    await expect(disk.list('/')).rejects.toMatchObject({ code: 'DISK_IO' })
    fault.remove()
    await disk.list('/')
    disk.faults.add({ fault: { kind: 'fail' } })
    disk.faults.clear()
    await disk.list('/')
  })

  it('may have happened in part, or altogether', async () => {
    const disk = newDisk()
    const file = await disk.open('/a', { mode: 'create' })
    disk.faults.add({ operations: ['write'], count: 1, fault: { kind: 'fail', extent: 'all' } })
    await expect(file.write(0, bytesOf('all'))).rejects.toMatchObject({ code: 'DISK_IO' })
    expect(textOf(await file.read(0, 10))).toBe('all')
    const lengths = new Set<number>()
    for (let round = 0; round < 100; round++) {
      await file.truncate(0)
      disk.faults.add({ operations: ['write'], count: 1, fault: { kind: 'fail', extent: 'part' } })
      await expect(file.write(0, bytesOf('part'))).rejects.toMatchObject({ code: 'DISK_IO' })
      const left = textOf(await file.read(0, 10))
      expect('part'.startsWith(left)).toBe(true)
      lengths.add(left.length)
    }
    expect(lengths).toEqual(new Set([0, 1, 2, 3, 4]))
    disk.faults.add({ operations: ['rename'], count: 1, fault: { kind: 'fail', extent: 'all' } })
    await expect(disk.rename('/a', '/b')).rejects.toMatchObject({ code: 'DISK_IO' })
    expect(await disk.list('/')).toEqual([{ name: 'b', kind: 'file' }])
  })

  it('make a sync fail although it was complete', async () => {
    const disk = newDisk()
    await disk.replaceFile('/a', bytesOf('old'))
    const file = await disk.open('/a', { mode: 'open' })
    await file.write(0, bytesOf('new'))
    disk.faults.add({ operations: ['sync'], fault: { kind: 'fail', extent: 'all' } })
    await expect(file.sync()).rejects.toMatchObject({ code: 'DISK_IO' })
    disk.crash({ writes: 'none' })
    expect(textOf(await disk.readFile('/a'))).toBe('new')
  })

  it('delay, and hang until a crash', async () => {
    const clock = new SimulatedClock()
    const disk = new SimulatedDisk({ random: new SeededRandom(1), clock })
    disk.faults.add({ operations: ['list'], fault: { kind: 'delay', delayMs: 30 } })
    disk.faults.add({ operations: ['status'], fault: { kind: 'hang' } })
    let listed: number | undefined
    void disk.list('/').then(() => (listed = clock.monotonicMs()))
    const hanging = disk.status('/')
    await clock.advance(1000)
    expect(listed).toBe(30)
    const outcome = expect(hanging).rejects.toMatchObject({ code: 'DISK_CLOSED' })
    disk.crash()
    await outcome
  })

  it('turn bits over in what is read, and leave what is stored', async () => {
    const disk = newDisk()
    await disk.replaceFile('/a', bytesOf('sound'))
    disk.faults.add({ operations: ['read'], count: 1, fault: { kind: 'flip-bits' } })
    expect(textOf(await disk.readFile('/a'))).not.toBe('sound')
    expect(textOf(await disk.readFile('/a'))).toBe('sound')
  })
})

describe('space', () => {
  it('writes what fits and refuses the rest with DISK_FULL', async () => {
    const disk = new SimulatedDisk({ random: new SeededRandom(1), capacityBytes: 10 })
    const file = await disk.open('/a', { mode: 'create' })
    await file.write(0, bytesOf('123456'))
    await file.write(0, bytesOf('overwriting'.slice(0, 6)))
    await expect(file.write(6, bytesOf('abcdef'))).rejects.toMatchObject({ code: 'DISK_FULL' })
    expect(textOf(await file.read(0, 100))).toBe('overwrabcd')
    await expect(file.truncate(11)).rejects.toMatchObject({ code: 'DISK_FULL' })
    expect(disk.usedBytes).toBe(10)
    expect(await disk.capacity('/')).toEqual({ totalBytes: 10, freeBytes: 0 })
    await file.truncate(4)
    expect(await disk.capacity('/a')).toEqual({ totalBytes: 10, freeBytes: 6 })
    expect(await newDisk().capacity('/')).toBeUndefined()
  })

  it('is given back by truncating, by removing and by replacing, once no handle is open', async () => {
    const disk = new SimulatedDisk({ random: new SeededRandom(1), capacityBytes: 10 })
    const a = await disk.open('/a', { mode: 'create' })
    await a.write(0, bytesOf('1234567890'))
    await a.truncate(4)
    expect(disk.usedBytes).toBe(4)
    const b = await disk.open('/b', { mode: 'create' })
    await b.write(0, bytesOf('123'))
    await disk.rename('/b', '/a')
    expect(disk.usedBytes).toBe(7)
    await a.close()
    expect(disk.usedBytes).toBe(3)
    await b.close()
    await disk.remove('/a')
    expect(disk.usedBytes).toBe(0)
  })

  it('is counted anew after a crash', async () => {
    const disk = new SimulatedDisk({ random: new SeededRandom(1) })
    await disk.replaceFile('/a', bytesOf('1234'))
    const file = await disk.open('/a', { mode: 'open' })
    await file.write(0, bytesOf('1234567890'))
    await disk.remove('/a')
    disk.crash({ writes: 'none', names: 'none' })
    expect(disk.usedBytes).toBe(4)
  })
})

describe('damage', () => {
  it('hits the chosen place in what is seen and in what a crash leaves', async () => {
    const disk = newDisk()
    await disk.replaceFile('/a', bytesOf('abcdef'))
    disk.damage('/a', { position: 2, length: 1 })
    const damaged = await disk.readFile('/a')
    expect(damaged[2]).not.toBe('c'.charCodeAt(0))
    expect(textOf(damaged.filter((_, index) => index !== 2))).toBe('abdef')
    disk.crash()
    expect(await disk.readFile('/a')).toEqual(damaged)
  })

  it('refuses a place that is not there', async () => {
    const disk = newDisk()
    await disk.replaceFile('/a', new Uint8Array(0))
    expect(() => {
      disk.damage('/a')
    }).toThrow(expect.objectContaining({ code: 'DISK_IO' }))
    expect(() => {
      disk.damage('/b')
    }).toThrow(expect.objectContaining({ code: 'DISK_NOT_FOUND' }))
  })
})

it('traces what was done and how it ended', async () => {
  const events: DiskEvent[] = []
  const disk = new SimulatedDisk({ random: new SeededRandom(1), trace: (event) => events.push(event) })
  const file = await disk.open('/a', { mode: 'create' })
  await file.write(0, bytesOf('x'))
  await expect(disk.remove('/b')).rejects.toMatchObject({ code: 'DISK_NOT_FOUND' })
  expect(events).toEqual([
    { operation: 'create', path: '/a' },
    { operation: 'write', path: '/a' },
    { operation: 'remove', path: '/b', error: 'DISK_NOT_FOUND' },
  ])
})
