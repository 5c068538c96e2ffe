import { connectToCluster } from '../../src-main/client/connect'
import type { ClusterClient } from '../../src-main/client/cluster-client'
import { realEnv } from '../../src-main/env/real'
import { startCluster } from '../support/cluster-process'
import { SequenceWriters } from './sequence-writers'

/** What to do. */
export interface SoakOptions {
  readonly rounds: number
  readonly writers: number
  /** A directory that does not exist or holds the cluster of an earlier soak. */
  readonly directory: string
  readonly coordinators: number
  readonly stores: number
  readonly engine: 'rocksdb' | 'level'
  readonly mount: 'worker' | 'process' | 'inline'
  /** Writing goes on for a time drawn from this up to four times this, in ms, before the program is killed. */
  readonly writeMs: number
  /** Where the program is built. */
  readonly programRoot?: string | undefined
  readonly random: () => number
  readonly report: (line: string) => void
}

/** What came out. */
export interface SoakResult {
  readonly rounds: number
  readonly acknowledged: number
  /** Sentences; empty if every acknowledged write was there after every kill. */
  readonly violations: readonly string[]
}

const PREFIX = Buffer.from('wsoakkeys')
const REGIONS = 3

/** Starts the program, lets clients write, kills it with SIGKILL, and looks whether what was acknowledged is there: round after round. */
export async function soak(options: SoakOptions): Promise<SoakResult> {
  const { rounds, writers, random, report } = options
  const keys = Array.from({ length: writers }, (_, writer) => keyOf(writer))
  const sequence = new SequenceWriters(keys)
  const violations: string[] = []
  for (let round = 0; round <= rounds; round += 1) {
    const cluster = await startCluster(argumentsOf(options), options.programRoot)
    const client = connectToCluster(realEnv(), { coordinators: cluster.ready.coordinators })
    try {
      if (round === 0) await createRegions(client, options.stores)
      const complaints = await sequence.check(client)
      for (const complaint of complaints) violations.push(`Round ${String(round)}: ${complaint}`)
      if (violations.length > 0 || round === rounds) {
        await cluster.stop()
        break
      }
      const writing = new AbortController()
      const written = sequence.writeUntil(client, writing.signal)
      await new Promise((resolve) => setTimeout(resolve, options.writeMs * (1 + 3 * random())))
      await cluster.kill()
      writing.abort()
      await written
      const acknowledged = sequence.acknowledged
      report(
        `round ${String(round + 1)}/${String(rounds)}: ready in ${cluster.readyMs.toFixed(0)} ms, ${String(acknowledged)} writes acknowledged so far`,
      )
    } finally {
      await client.close()
      await cluster.kill()
    }
  }
  return { rounds, acknowledged: sequence.acknowledged, violations }
}

function argumentsOf({ directory, coordinators, stores, engine, mount }: SoakOptions): string[] {
  const counts = ['--coordinators', String(coordinators), '--stores', String(stores)]
  return [...counts, '--engine', engine, '--mount', mount, '--data-dir', directory]
}

/** Writers are spread over the regions by the byte behind the prefix. */
function keyOf(writer: number): Uint8Array {
  return Buffer.concat([PREFIX, Buffer.of(writer % REGIONS), Buffer.from(`writer ${String(writer)}`)])
}

async function createRegions(client: ClusterClient, stores: number): Promise<void> {
  const bound = (region: number) => Buffer.concat([PREFIX, Buffer.of(region)])
  const names = Array.from({ length: REGIONS }, (_, region) => region)
  await Promise.all(
    names.map((region) =>
      client.regions.create({
        name: `soak-${String(region)}`,
        range: { startKey: bound(region), endKey: bound(region + 1) },
        replicas: Math.min(3, stores),
      }),
    ),
  )
}
