import { ClassicLevel } from 'classic-level'
import RocksDB from 'rocksdb-native'
import { RealDisk } from '../../../src-main/env/real'
import { RawWriteBatch } from '../../../src-main/engine/raw'
import type { RawEngine, RawEntry } from '../../../src-main/engine/raw'
import { RawLevelEngine } from '../../../src-main/engine/raw/level/raw-level-engine'
import { RawMemEngine } from '../../../src-main/engine/raw/memory/raw-mem-engine'
import { RawRocksEngine } from '../../../src-main/engine/raw/rocks/raw-rocks-engine'

/** What is measured, done by an engine of ours or by the bare binding below it. */
export interface Subject {
  put(entries: readonly RawEntry[]): Promise<void>
  get(key: Uint8Array): Promise<unknown>
  getMany(keys: readonly Uint8Array[]): Promise<unknown>
  /** Reads everything; gives the number of entries. */
  scan(): Promise<number>
  flush(): Promise<void>
  close(): Promise<void>
}

/** One engine with the bare binding below it, if there is one. */
export interface Contest {
  readonly name: string
  readonly ours: Subject
  readonly bare: Subject | undefined
}

/** Opens the three engines and the two bindings, each in a directory of its own. */
export async function openContests(root: string): Promise<Contest[]> {
  const disk = new RealDisk()
  return [
    {
      name: 'RocksDB',
      ours: engineSubject(await RawRocksEngine.open({ directory: `${root}/rocks`, disk })),
      bare: await bareRocks(`${root}/bare-rocks`),
    },
    {
      name: 'LevelDB',
      ours: engineSubject(await RawLevelEngine.open({ directory: `${root}/level`, disk })),
      bare: await bareLevel(`${root}/bare-level`),
    },
    { name: 'memory', ours: engineSubject(await RawMemEngine.open()), bare: undefined },
  ]
}

function engineSubject(engine: RawEngine): Subject {
  return {
    put: (entries) => {
      const batch = new RawWriteBatch()
      for (const { key, value } of entries) batch.put(key, value)
      return engine.write(batch)
    },
    get: (key) => engine.get(key),
    getMany: (keys) => engine.getMany(keys),
    scan: async () => {
      const iterator = engine.iterate()
      let entries = 0
      for (let page = await iterator.nextPage(); page.length > 0; page = await iterator.nextPage())
        entries += page.length
      return entries
    },
    flush: () => engine.flush(),
    close: () => engine.close(),
  }
}

/** The binding at its best: a batch sized for its operations, an iterator that fetches 512 entries at a time (default 8). */
async function bareRocks(directory: string): Promise<Subject> {
  await new RealDisk().makeDirectory(directory)
  const database = new RocksDB(directory, { maxBackgroundJobs: 2 })
  await database.ready()
  return {
    put: async (entries) => {
      const batch = database.write({ capacity: entries.length, autoDestroy: true })
      for (const { key, value } of entries) batch.tryPut(key, value)
      await batch.flush()
    },
    get: (key) => database.get(key),
    getMany: async (keys) => {
      const batch = database.read({ capacity: keys.length, autoDestroy: true })
      const values = keys.map((key) => batch.get(key))
      batch.tryFlush()
      return Promise.all(values)
    },
    scan: async () => {
      let entries = 0
      for await (const entry of database.iterator({}, { capacity: 512 })) entries += entry.key.length > 0 ? 1 : 0
      return entries
    },
    flush: () => database.flush(),
    close: () => database.close(),
  }
}

const asBytes = { keyEncoding: 'view', valueEncoding: 'view' } as const

/** The binding at its best: chained batches (arrays cost half as much again), pages of 512 entries and 256 KiB (default 16 KiB). */
async function bareLevel(directory: string): Promise<Subject> {
  const database = new ClassicLevel<Uint8Array, Uint8Array>(directory, asBytes)
  await database.open()
  return {
    put: async (entries) => {
      const batch = database.batch()
      for (const { key, value } of entries) batch.put(key, value)
      await batch.write()
    },
    get: (key) => database.get(key),
    getMany: (keys) => database.getMany([...keys]),
    scan: async () => {
      const iterator = database.iterator({ ...asBytes, highWaterMarkBytes: 256 * 1024 })
      let entries = 0
      for (let page = await iterator.nextv(512); page.length > 0; page = await iterator.nextv(512))
        entries += page.length
      await iterator.close()
      return entries
    },
    flush: async () => database.compactRange(Uint8Array.from([0xff]), Uint8Array.from([0xff])),
    close: () => database.close(),
  }
}
