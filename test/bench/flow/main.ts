import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectToCluster } from '../../../src-main/client/connect'
import { realEnv } from '../../../src-main/env/real'
import { ClusterHost } from '../../../src-main/sandbox/cluster/cluster-host'

const LANES = 64
const WARM_PUTS = 5_000
const MEASURED_PUTS = 20_000

/**
 * What a put costs that nobody follows: CPU time of client and three stores in one process, which the other programs of the
 * machine disturb less than the time on the wall. Uses nothing of stepping, so that the same file measures an older checkout:
 * copy it there, and run both in turn (interleave.sh).
 */
export async function main(): Promise<number> {
  const env = realEnv()
  const directory = await mkdtemp(join(tmpdir(), 'dingo-flow-bench-'))
  const host = await ClusterHost.open({
    env,
    directory,
    mount: 'inline',
    topology: { coordinators: 1, stores: 3 },
    // Nothing is mounted by them.
    entries: { worker: '', process: '' },
  })
  await host.start()
  const client = connectToCluster(env, { coordinators: host.addresses().coordinators })
  try {
    const bytes = (text: string) => new TextEncoder().encode(text)
    const range = { startKey: bytes('r-bench-'), endKey: bytes('r-bench.') }
    await client.regions.create({ name: 'bench', range, replicas: 3 })
    const value = new Uint8Array(256).fill(7)
    let next = 0
    const put = async (count: number) => {
      const end = next + count
      const lane = async () => {
        while (next < end) await client.kv.put(bytes(`r-bench-${String(next++ % 100_000).padStart(8, '0')}`), value)
      }
      await Promise.all(Array.from({ length: LANES }, lane))
    }
    await put(WARM_PUTS)
    const cpuBefore = process.cpuUsage()
    const startedMs = performance.now()
    await put(MEASURED_PUTS)
    const { user, system } = process.cpuUsage(cpuBefore)
    const seconds = (performance.now() - startedMs) / 1000
    const microseconds = (user + system) / MEASURED_PUTS
    console.log(`${microseconds.toFixed(1)} us CPU a put, ${(MEASURED_PUTS / seconds).toFixed(0)} puts/s`)
    return 0
  } finally {
    await client.close()
    await host.close()
    await rm(directory, { recursive: true, force: true })
  }
}
