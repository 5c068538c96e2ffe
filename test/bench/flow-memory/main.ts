import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { until } from '../../sandbox/cluster/real-cluster'
import { SteppingWorld, keyOf } from '../../sandbox/stepping/stepping-world'

// What a thousand followed puts leave in memory, beside a thousand that nobody follows, in a process that holds client, host and
// three stores on RocksDB. The first thousand of each fill what is bounded: the ring of traces, the caches. Build first.

const PUTS = 1_000
const ROUNDS = 6
const VALUE = new Uint8Array(256).fill(7)

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

export async function main(): Promise<number> {
  const directory = await mkdtemp(join(tmpdir(), 'flow-memory-'))
  const world = await SteppingWorld.open({ directory, engine: 'rocksdb' })
  const stopWatching = world.controller.watch()
  try {
    console.log(`kept in memory by ${String(PUTS)} puts, in KiB`)
    for (let round = 0; round <= ROUNDS; round += 1) {
      const untraced = await grownKiB(() => untracedPuts(world))
      const traced = await grownKiB(() => tracedPuts(world))
      // The first round fills what is bounded.
      if (round > 0) console.log(JSON.stringify({ untraced, traced, traces: world.controller.state.traces.length }))
    }
    return 0
  } finally {
    stopWatching()
    await world.close()
    await rm(directory, { recursive: true, force: true })
  }
}

async function untracedPuts({ client }: SteppingWorld): Promise<void> {
  for (let put = 0; put < PUTS; put += 1) await client.kv.put(keyOf(String(put % 100)), VALUE)
}

async function tracedPuts(world: SteppingWorld): Promise<void> {
  let traceId = ''
  for (let put = 0; put < PUTS; put += 1) {
    traceId = await world.put(String(put % 100), 'v'.repeat(VALUE.length))
    // One behind the other, as untraced ones are.
    await until(() => world.controller.trace(traceId).summary.state === 'done')
  }
  await world.stagesWith(traceId, 'rawEngine.write', 3)
}

/** By how much work lets the process's memory grow that is in use, in KiB. */
async function grownKiB(work: () => Promise<void>): Promise<{ objects: number; buffers: number }> {
  const before = await used()
  await work()
  const after = await used()
  const kib = (bytes: number) => Math.round(bytes / 1024)
  return { objects: kib(after.heapUsed - before.heapUsed), buffers: kib(after.arrayBuffers - before.arrayBuffers) }
}

async function used(): Promise<NodeJS.MemoryUsage> {
  // What was let go in the last turns is still to be told to the collector.
  for (let turn = 0; turn < 3; turn += 1) {
    await new Promise(setImmediate)
    collectGarbage()
  }
  return process.memoryUsage()
}
