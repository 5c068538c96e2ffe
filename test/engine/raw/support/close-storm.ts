import { RealDisk } from '../../../../src-main/env/real'
import { RawWriteBatch } from '../../../../src-main/engine/raw'
import type { RawEngine } from '../../../../src-main/engine/raw'
import { RawLevelEngine } from '../../../../src-main/engine/raw/level/raw-level-engine'
import { RawRocksEngine } from '../../../../src-main/engine/raw/rocks/raw-rocks-engine'

/**
 * Opens an engine many times and closes it each time in the middle of everything. A native handle that is freed under a
 * call ends the process with a signal, which only another process can see.
 *
 * @param args engine, directory, rounds, and `leave` to end the process with the last engine open and busy
 */
export async function main(args: readonly string[]): Promise<number> {
  const [engineName, directory, rounds, leave] = args
  if (directory === undefined) return 2
  const options = { directory, disk: new RealDisk(), columnFamilies: ['alpha'] }
  for (let round = 0; round < Number(rounds); round++) {
    const engine = engineName === 'rocks' ? await RawRocksEngine.open(options) : await RawLevelEngine.open(options)
    const load = Promise.allSettled(Array.from({ length: 6 }, (_, worker) => work(engine, worker)))
    for (let turn = 0; turn < round * 3; turn++) await engine.get(Uint8Array.from([turn + 1]))
    if (leave === 'leave' && round === Number(rounds) - 1) process.exit(0)
    await engine.close({ flush: round % 2 === 0 })
    for (const outcome of await load) {
      if (outcome.status === 'fulfilled') return 3
      const { code } = outcome.reason as { code?: string }
      if (code !== 'ENGINE_CLOSED' && code !== 'ENGINE_HANDLE_CLOSED') throw outcome.reason
    }
  }
  return 0
}

/** Works until it is told that the engine is closed. */
async function work(engine: RawEngine, worker: number): Promise<never> {
  for (let round = 0; ; round++) {
    const batch = new RawWriteBatch()
    for (let number = 1; number < 100; number++) batch.put(Uint8Array.from([worker + 1, number]), new Uint8Array(500))
    batch.deleteRange({ start: Uint8Array.from([worker + 1]), end: Uint8Array.from([worker + 1, 50]) })
    const snapshot = engine.snapshot()
    const iterators = [
      engine.iterate(),
      snapshot.iterate({ reverse: true }),
      snapshot.iterate({ columnFamily: 'alpha' }),
    ]
    await Promise.all([
      engine.write(batch),
      engine.getMany(batch.operations.flatMap((operation) => ('key' in operation ? [operation.key] : []))),
      ...iterators.map((iterator) => iterator.nextPage()),
      snapshot.get(Uint8Array.from([1])),
      round % 3 === 0 ? engine.flush() : engine.properties(),
      round % 5 === 0 ? engine.compact() : engine.approximateSize({}),
      // Half of the snapshots are left to the engine to close.
      round % 2 === 0 ? snapshot.close().catch(() => undefined) : undefined,
    ])
  }
}
