import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SeededRandom } from '../../../../src-main/env'
import { SimulatedDisk } from '../../../../src-main/env/simulated'
import type { ConfState } from '../../../../src-main/raft/core/model/conf-state'
import { SnapshotStore } from '../../../../src-main/raft/node/snapshot/snapshot-store'
import { SnapshotVerifier } from '../../../../src-main/raft/node/snapshot/snapshot-verifier'
import { transferIdOf } from '../../../../src-main/raft/node/snapshot/stored-snapshot'

const DIRECTORY = '/node/snapshot/7'
const confState: ConfState = {
  voters: [1, 2, 2 ** 40],
  votersOutgoing: [3],
  learners: [],
  learnersNext: [9],
  autoLeave: true,
}
const never = () => false

const newDisk = (seed = 1) => new SimulatedDisk({ random: new SeededRandom(seed) })
const openStore = (disk: SimulatedDisk, regionId = 7) => SnapshotStore.open({ disk, directory: DIRECTORY, regionId })

async function* pieces(...list: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const piece of list) {
    await Promise.resolve()
    yield piece
  }
}

const bytesOf = (length: number) => Uint8Array.from({ length }, (_, index) => (index * 31) % 251)

async function readAll(store: SnapshotStore): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of store.read(store.newest!)) chunks.push(chunk)
  return Buffer.concat(chunks)
}

const namesIn = (disk: SimulatedDisk) => [...disk.visibleFiles().keys()].map((path) => path.slice(DIRECTORY.length + 1))

describe('a snapshot', () => {
  test.each([0, 1, 65_535, 65_536, 65_537, 200_000])('of %i bytes is found again after a crash', async (length) => {
    const disk = newDisk()
    const store = await openStore(disk)
    const state = bytesOf(length)
    const parts = [state.subarray(0, length >> 1), new Uint8Array(0), state.subarray(length >> 1)]
    const saved = await store.save({ last: { index: 2 ** 45, term: 3 }, confState }, pieces(...parts), never)
    disk.crash({ writes: 'none', names: 'none' })
    const again = await openStore(disk)
    expect(again.newest).toEqual(saved)
    expect(again.newest).toMatchObject({ last: { index: 2 ** 45, term: 3 }, confState })
    expect(Buffer.compare(await readAll(again), state)).toBe(0)
  })

  test('takes the place of the one before only when it is whole', async () => {
    const disk = newDisk()
    const store = await openStore(disk)
    const state = (index: number) => ({ last: { index, term: 1 }, confState })
    await store.save(state(5), pieces(bytesOf(10)), never)
    let asked = 0
    const cancelled = await store.save(state(6), pieces(bytesOf(10), bytesOf(10)), () => (asked += 1) > 1)
    expect(cancelled).toBeUndefined()
    expect(store.newest!.last.index).toBe(5)
    const failing = (async function* (): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(bytesOf(10))
      throw new Error('no more')
    })()
    await expect(store.save(state(7), failing, never)).rejects.toThrow('no more')
    expect((await openStore(disk)).newest!.last.index).toBe(5)
    expect(namesIn(disk)).toHaveLength(1)
    await store.save(state(8), pieces(bytesOf(10)), never)
    expect(namesIn(disk)).toEqual([`snapshot_${'8'.padStart(20, '0')}_1`])
    // Nothing newer is replaced by something older.
    expect((await store.save(state(6), pieces(), never))!.last.index).toBe(8)
  })

  test('that a process gave its name and no more is there for good once it was found', async () => {
    const disk = newDisk()
    const store = await openStore(disk)
    await store.save({ last: { index: 5, term: 1 }, confState }, pieces(bytesOf(10)), never)
    const fault = disk.faults.add({
      fault: { kind: 'fail', code: 'DISK_IO' },
      operations: ['sync-directory'],
      path: DIRECTORY,
    })
    const state = { last: { index: 6, term: 1 }, confState }
    await expect(store.save(state, pieces(bytesOf(10)), never)).rejects.toMatchObject({ code: 'DISK_IO' })
    fault.remove()
    expect((await openStore(disk)).newest!.last.index).toBe(6)
    disk.crash({ writes: 'none', names: 'none' })
    expect((await openStore(disk)).newest!.last.index).toBe(6)
  })

  test('survives a loss of power at any operation that replaces it', async () => {
    for (let mutation = 1; mutation <= 10; mutation += 1) {
      const disk = newDisk(mutation)
      const store = await openStore(disk)
      await store.save({ last: { index: 5, term: 1 }, confState }, pieces(bytesOf(100_000)), never)
      disk.crashAt({ mutation: disk.mutationCount + mutation, moment: 'after' })
      const saving = store.save({ last: { index: 9, term: 2 }, confState }, pieces(bytesOf(150_000)), never)
      await saving.catch(() => undefined)
      disk.crashAt(undefined)
      disk.crash()
      const again = await openStore(disk)
      expect(again.damage).toBeUndefined()
      const { index } = again.newest!.last
      expect([5, 9]).toContain(index)
      expect((await readAll(again)).length).toBe(index === 5 ? 100_000 : 150_000)
      expect(namesIn(disk)).toHaveLength(1)
    }
  })

  test('of another region, or cut short, is not taken', async () => {
    const disk = newDisk()
    const store = await openStore(disk)
    const { path } = (await store.save({ last: { index: 5, term: 1 }, confState }, pieces(bytesOf(100)), never))!
    const other = await openStore(disk, 8)
    expect(other.newest).toBeUndefined()
    expect(other.damage).toMatchObject({ code: 'RAFT_SNAPSHOT_DAMAGED', details: { path } })
    const file = await disk.open(path, { mode: 'open' })
    await file.truncate((await file.size()) - 1)
    expect((await openStore(disk)).damage).toMatchObject({ code: 'RAFT_SNAPSHOT_DAMAGED' })
  })

  test('of a later format version is told from a damaged one', async () => {
    const disk = newDisk()
    const store = await openStore(disk)
    const { path } = (await store.save({ last: { index: 5, term: 1 }, confState }, pieces(), never))!
    const file = await disk.open(path, { mode: 'open' })
    await file.write(4, Uint8Array.of(2))
    expect((await openStore(disk)).damage).toMatchObject({ code: 'RAFT_SNAPSHOT_VERSION', details: { version: 2 } })
  })

  test('is found damaged wherever a bit is wrong', async () => {
    const disk = newDisk()
    const store = await openStore(disk)
    const saved = (await store.save({ last: { index: 5, term: 1 }, confState }, pieces(bytesOf(70_000)), never))!
    const sound = await disk.readFile(saved.path)
    const file = await disk.open(saved.path, { mode: 'open' })
    await fc.assert(
      fc.asyncProperty(fc.nat(sound.length - 1), fc.nat(7), async (position, bit) => {
        await file.write(position, Uint8Array.of(sound[position]! ^ (1 << bit)))
        const again = await openStore(disk)
        const damage = again.newest === undefined ? again.damage : await again.findDamage(again.newest)
        await file.write(position, sound.subarray(position, position + 1))
        expect(damage).toBeDefined()
      }),
      {
        numRuns: 60,
        examples: [
          [0, 0],
          [4, 0],
          [8, 3],
          [12, 0],
          [50, 1],
          [sound.length - 1, 7],
        ],
      },
    )
    expect(await store.findDamage(saved)).toBeUndefined()
  })
})

describe('the verifier', () => {
  const file = (async () => {
    const disk = newDisk()
    const store = await openStore(disk)
    const saved = (await store.save({ last: { index: 5, term: 1 }, confState }, pieces(bytesOf(150_000)), never))!
    return { bytes: await disk.readFile(saved.path), id: transferIdOf(saved) }
  })()

  test('takes a sound file in pieces of any length', async () => {
    const { bytes, id } = await file
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 70_000 }), { minLength: 1 }), async (lengths) => {
        const verifier = new SnapshotVerifier('it')
        for (let turn = 0; verifier.receivedBytes < bytes.length; turn += 1) {
          const length = lengths[turn % lengths.length]!
          verifier.take(bytes.subarray(verifier.receivedBytes, verifier.receivedBytes + Math.max(length, 9)))
          await Promise.resolve()
        }
        expect(verifier.isComplete).toBe(true)
        expect(verifier.headerChecksum).toBe(id.checksum)
        expect(verifier.header).toMatchObject({ regionId: 7, last: { index: 5, term: 1 }, confState })
      }),
      { numRuns: 40 },
    )
  })

  test('finds a wrong bit, and goes on from what was sound before it', async () => {
    const { bytes } = await file
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(7), (position, bit) => {
        const damaged = bytes.slice()
        damaged[position]! ^= 1 << bit
        const verifier = new SnapshotVerifier('it')
        expect(() => {
          verifier.take(damaged)
        }).toThrow(
          expect.objectContaining({ code: expect.stringMatching(/^RAFT_SNAPSHOT_(DAMAGED|VERSION)$/) as string }),
        )
        expect(verifier.checkedBytes).toBeLessThanOrEqual(position)
        verifier.rewind()
        verifier.take(bytes.subarray(verifier.receivedBytes))
        expect(verifier.isComplete).toBe(true)
      }),
      {
        numRuns: 100,
        examples: [
          [0, 0],
          [5, 1],
          [bytes.length - 1, 0],
        ],
      },
    )
  })

  test('refuses what comes behind the end', async () => {
    const { bytes } = await file
    const verifier = new SnapshotVerifier('it')
    verifier.take(bytes)
    expect(() => {
      verifier.take(Uint8Array.of(1))
    }).toThrow(expect.objectContaining({ code: 'RAFT_SNAPSHOT_DAMAGED' }))
  })
})
