import type { ClusterClient } from '../../src-main/client/cluster-client'
import { connectToCluster } from '../../src-main/client/connect'
import { realEnv } from '../../src-main/env/real'
import type { NodeMountKind } from '../../src-main/sandbox/node/node-mount'
import { launchCluster, startCluster } from '../support/cluster-process'
import { SequenceWriters } from './sequence-writers'

/** What to do. */
export interface SoakOptions {
  readonly rounds: number
  readonly writers: number
  /** A directory that does not exist yet. */
  readonly directory: string
  readonly coordinators: number
  readonly stores: number
  readonly engine: 'rocksdb' | 'level'
  readonly mount: NodeMountKind
  /** Writing goes on for a time drawn from this up to four times this, in ms, before the program is killed. */
  readonly writeMs: number
  /** In this part of the rounds the start that follows is killed as well, at any moment of it. 0 to 1. */
  readonly killedStarts: number
  /** Where the program is built. */
  readonly programRoot?: string | undefined
  readonly random: () => number
  readonly report: (line: string) => void
}

/** What came out. */
export interface SoakResult {
  /** Rounds that were done: fewer than asked for after a violation. */
  readonly rounds: number
  readonly acknowledged: number
  /** Sentences; empty if after every kill what must be there was there, and nothing else. */
  readonly violations: readonly string[]
}

const PREFIX = Buffer.from('wsoakkeys')
const REGIONS = 3
/** Longer than any round: a write that hangs ends with its round. */
const WRITE_TIMEOUT_MS = 30_000
/** About as long as a start takes. */
const LONGEST_KILLED_START_MS = 1_500

/**
 * Starts the program, lets clients write, kills it with SIGKILL, and looks whether what was acknowledged is there: round after
 * round. It ends in order at last, with exit status 0.
 */
export async function soak(options: SoakOptions): Promise<SoakResult> {
  const keys = Array.from({ length: options.writers }, (_, writer) => keyOf(writer))
  const sequence = new SequenceWriters(keys, WRITE_TIMEOUT_MS)
  for (let round = 0; ; round += 1) {
    const cluster = await startCluster(argumentsOf(options), options.programRoot)
    const client = connectToCluster(realEnv(), { coordinators: cluster.ready.coordinators })
    try {
      if (round === 0) await createRegions(client, options.stores)
      const violations = await sequence.check(client)
      const isOver = violations.length > 0 || round === options.rounds
      if (!isOver) {
        await writeUntilKilled(client, sequence, cluster, options)
        options.report(
          `round ${String(round + 1)}/${String(options.rounds)}: ready in ${cluster.readyMs.toFixed(0)} ms, ` +
            `${String(sequence.acknowledged)} writes acknowledged so far`,
        )
        if (options.random() < options.killedStarts) await killDuringStart(options)
        continue
      }
      const status = await cluster.stop()
      if (status !== 0)
        violations.push(`The orderly end at last had exit status ${String(status)}: ${cluster.complaints()}`)
      return { rounds: round, acknowledged: sequence.acknowledged, violations }
    } finally {
      await client.close()
      await cluster.kill()
    }
  }
}

async function writeUntilKilled(
  client: ClusterClient,
  sequence: SequenceWriters,
  cluster: { kill(): Promise<void> },
  { writeMs, random }: SoakOptions,
): Promise<void> {
  const writing = new AbortController()
  const written = sequence.writeUntil(client, writing.signal)
  try {
    // A writer that finds a defect ends the round early.
    await Promise.race([sleep(writeMs * (1 + 3 * random())), written])
    await cluster.kill()
  } finally {
    writing.abort()
    await written
  }
}

async function killDuringStart(options: SoakOptions): Promise<void> {
  const launched = launchCluster(argumentsOf(options), options.programRoot)
  await sleep(LONGEST_KILLED_START_MS * options.random())
  await launched.kill()
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

function argumentsOf({ directory, coordinators, stores, engine, mount }: SoakOptions): string[] {
  const counts = ['--coordinators', String(coordinators), '--stores', String(stores)]
  return [...counts, '--engine', engine, '--mount', mount, '--data-dir', directory, '--base-port', '0']
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
