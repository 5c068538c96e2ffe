import { describe, expect, it, vi } from 'vitest'
import type { Disk } from '../../../src-main/env'
import { SeededRandom } from '../../../src-main/env/seeded-random'
import { SimulatedDisk } from '../../../src-main/env/simulated'
import { bytes, fill, keysOf, pairsOf, putAll } from '../../../src-main/engine/raw/conformance/conformance-context'
import { RawMemEngine } from '../../../src-main/engine/raw/memory/raw-mem-engine'

const directory = '/node/data'
const newDisk = (seed = 1): SimulatedDisk => new SimulatedDisk({ random: new SeededRandom(seed) })
const open = (disk: SimulatedDisk): Promise<RawMemEngine> =>
  RawMemEngine.open({ columnFamilies: ['alpha'], storage: { disk, directory } })

describe('RawMemEngine', () => {
  it('is after a crash what the last flush made of it, whatever the disk lost', async () => {
    for (let seed = 1; seed <= 40; seed++) {
      const disk = newDisk(seed)
      const engine = await open(disk)
      await putAll(engine, { a: '1' })
      await putAll(engine, { b: '1' }, 'alpha')
      await engine.flush()
      await putAll(engine, { a: '2', c: '2' })
      disk.crash()
      const again = await open(disk)
      expect(await pairsOf(again)).toEqual(['a=1'])
      expect(await pairsOf(again, { columnFamily: 'alpha' })).toEqual(['b=1'])
    }
  })

  it('is one flush or the next when the crash comes in the middle of a flush', async () => {
    const outcomes = new Set<string>()
    for (let mutation = 0; mutation < 24; mutation++) {
      const disk = newDisk(mutation + 1)
      const engine = await open(disk)
      await putAll(engine, { a: '1' })
      await engine.flush()
      await putAll(engine, { a: '2' })
      disk.crashAt({
        mutation: disk.mutationCount + 1 + (mutation >> 1),
        moment: mutation % 2 === 0 ? 'before' : 'after',
      })
      const flushed = await engine.flush().then(
        () => true,
        () => false,
      )
      disk.crashAt(undefined)
      disk.crash()
      const [pair] = await pairsOf(await open(disk))
      if (flushed) expect(pair).toBe('a=2')
      expect(['a=1', 'a=2']).toContain(pair)
      outcomes.add(`${pair} ${flushed}`)
    }
    expect(outcomes.size).toBeGreaterThan(1)
  })

  it('saves flushes in their order when they overlap', async () => {
    const disk = newDisk()
    const engine = await open(disk)
    const flushes: Array<Promise<void>> = []
    for (let round = 0; round < 10; round++) {
      await putAll(engine, { a: String(round) })
      flushes.push(engine.flush())
    }
    await Promise.all(flushes)
    disk.crash()
    expect(await pairsOf(await open(disk))).toEqual(['a=9'])
  })

  it('begins a save only when the one before has ended, and then with the newest state', async () => {
    const disk = newDisk()
    const saves: Array<() => void> = []
    const slowDisk = new Proxy<Disk>(disk, {
      get: (target, name: keyof Disk) => {
        if (name !== 'replaceFile') return target[name].bind(target)
        return async (path: string, image: Uint8Array) => {
          await new Promise<void>((resolve) => saves.push(resolve))
          await target.replaceFile(path, image)
        }
      },
    })
    const engine = await RawMemEngine.open({ storage: { disk: slowDisk, directory } })
    await putAll(engine, { a: '1' })
    const first = engine.flush()
    const second = engine.flush()
    await putAll(engine, { a: '2' })
    await vi.waitUntil(() => saves.length > 0)
    await putAll(engine, { a: '3' })
    expect(saves).toHaveLength(1)
    saves[0]?.()
    await first
    await vi.waitUntil(() => saves.length > 1)
    saves[1]?.()
    await second
    disk.crash()
    const again = await RawMemEngine.open({ storage: { disk, directory } })
    expect(await pairsOf(again)).toEqual(['a=3'])
  })

  it('tells when a flush fails, lets the next one succeed, and closes in any case', async () => {
    const disk = newDisk()
    const engine = await open(disk)
    await putAll(engine, { a: '1' })
    disk.faults.add({ fault: { kind: 'fail', code: 'DISK_FULL' }, operations: ['write'], count: 1 })
    await expect(engine.flush()).rejects.toMatchObject({ code: 'DISK_FULL' })
    await engine.flush()
    await putAll(engine, { b: '1' })
    disk.faults.add({ fault: { kind: 'fail', code: 'DISK_FULL' }, operations: ['write'] })
    await expect(engine.close()).rejects.toMatchObject({ code: 'DISK_FULL' })
    disk.faults.clear()
    expect(await keysOf(await open(disk))).toEqual(['a'])
  })

  it('does not open a damaged image, and lets go of the directory', async () => {
    const disk = newDisk()
    const engine = await open(disk)
    await fill(engine, 100, 100)
    await engine.close()
    disk.damage(`${directory}/image`, { position: 1000, length: 1000 })
    await expect(open(disk)).rejects.toMatchObject({ code: 'ENGINE_OPEN_FAILED', cause: { code: 'ENGINE_CORRUPTION' } })
    await disk.remove(`${directory}/image`)
    expect(await keysOf(await open(disk))).toEqual([])
  })

  it('keeps nothing and shares nothing without a disk', async () => {
    const [one, other] = [await RawMemEngine.open(), await RawMemEngine.open()]
    await putAll(one, { a: '1' })
    expect(await keysOf(other)).toEqual([])
    expect(one.supports.persistent).toBe(false)
    await one.flush()
    await Promise.all([one.close(), other.close()])
    await expect(one.get(bytes('a'))).rejects.toMatchObject({ code: 'ENGINE_CLOSED' })
  })
})
