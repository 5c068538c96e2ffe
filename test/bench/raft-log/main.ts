import { randomBytes } from 'node:crypto'
import { open, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { RealDisk } from '../../../src-main/env/real'
import type { Entry } from '../../../src-main/raft/core/model/entry'
import { recordBytes } from '../../../src-main/raft/log/log-record'
import { SegmentedRaftLogStore } from '../../../src-main/raft/log/segmented-raft-log-store'

// The Raft log against bare write + fdatasync of as many bytes, in turns, so that what else the machine does hits both (the log is
// cut behind a snapshot between the rounds); and the time that recovery of a long log takes. Options: --gib <size of the log to recover>, --rounds <number>, --json.

const RECORD_BYTES = 1024
const SYNCS_PER_ROUND = 100
/** What the log should reach of the bare calls. */
const AIM = 0.9

const payload = randomBytes(RECORD_BYTES)
const entryAt = (index: number): Entry => ({ index, term: 1, type: 'EntryNormal', data: payload })

/**
 * `gathered during the last sync`: what waits comes, and is encoded, while the batch before it is on its way to the disk, as
 * on a follower that receives while it writes; each batch has its own sync, as the bare calls do. `after the last sync`:
 * nothing comes before the last sync has ended, so the disk waits while records are encoded.
 */
const arrivals = ['gathered during the last sync', 'after the last sync'] as const
type Arrival = (typeof arrivals)[number]

interface Contest {
  readonly arrival: Arrival
  readonly waiting: number
  readonly recordsPerSecond: number
  readonly bareRecordsPerSecond: number
  /** Ours divided by bare, of each round with its neighbour; the median. */
  readonly ratio: number
}

export async function main(args: readonly string[]): Promise<number> {
  const option = (name: string, fallback: number) =>
    args.includes(name) ? Number(args[args.indexOf(name) + 1]) : fallback
  const rounds = option('--rounds', 9)
  const gib = option('--gib', 1)
  const directory = await mkdtemp(join(tmpdir(), 'bench-raft-log-'))
  try {
    const contests: Contest[] = []
    for (const arrival of arrivals) {
      for (const waiting of [1, 16, 256]) contests.push(await measureSyncs(directory, arrival, waiting, rounds))
    }
    const recovery = await measureRecovery(directory, gib)
    if (args.includes('--json')) console.log(JSON.stringify({ aim: AIM, rounds, contests, recovery }, null, 2))
    else show(contests, recovery)
    return 0
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

/** What waits goes to the log as a node hands it over: in one update, with one sync. */
async function measureSyncs(root: string, arrival: Arrival, waiting: number, rounds: number): Promise<Contest> {
  const directory = await mkdtemp(join(root, 'log-'))
  const log = await SegmentedRaftLogStore.open({
    disk: new RealDisk(),
    directory,
    regionId: 1,
    cacheBytes: 1024 * 1024,
  })
  const bare = await open(join(directory, 'bare'), 'w')
  // As many bytes as the log writes for the same records, so that both touch the same number of sectors.
  const block = randomBytes(recordBytes(RECORD_BYTES) * waiting)
  let position = 0
  const ours = async () => {
    let before = Promise.resolve()
    for (let sync = 0; sync < SYNCS_PER_ROUND; sync += 1) {
      const first = log.lastIndex + 1
      log.append({ entries: Array.from({ length: waiting }, (_, offset) => entryAt(first + offset)) })
      const synced = log.sync()
      await (arrival === 'after the last sync' ? synced : before)
      before = synced
      // What gathers must not go along with the batch whose turn it is now: that one must be on its way to the disk.
      if (arrival !== 'after the last sync') await new Promise(setImmediate)
    }
    await before
  }
  // As a store does that has taken a snapshot; so a segment of a long-lived log is written into the file of an earlier one.
  const cut = () => log.cutPrefix(log.lastIndex)
  const theirs = async () => {
    for (let sync = 0; sync < SYNCS_PER_ROUND; sync += 1) {
      await bare.write(block, 0, block.length, position)
      position += block.length
      await bare.datasync()
    }
  }
  const ourMs: number[] = []
  const bareMs: number[] = []
  for (let round = -1; round < rounds; round += 1) {
    const pair =
      round % 2 === 0 ? [await timed(ours), await timed(theirs)] : [await timed(theirs), await timed(ours)].reverse()
    await cut()
    // The first round warms up.
    if (round < 0) continue
    ourMs.push(pair[0] as number)
    bareMs.push(pair[1] as number)
  }
  await log.close()
  await bare.close()
  const perSecond = (ms: readonly number[]) => (waiting * SYNCS_PER_ROUND * 1000) / median(ms)
  const ratio = median(ourMs.map((ms, round) => (bareMs[round] as number) / ms))
  return { arrival, waiting, recordsPerSecond: perSecond(ourMs), bareRecordsPerSecond: perSecond(bareMs), ratio }
}

interface Recovery {
  readonly gib: number
  readonly entries: number
  readonly seconds: number
  /** Reading the same files, and nothing else, in the same run. */
  readonly bareReadSeconds: number
}

async function measureRecovery(root: string, gib: number): Promise<Recovery> {
  const directory = join(root, 'recovery')
  const disk = new RealDisk()
  const options = { disk, directory, regionId: 1 }
  const log = await SegmentedRaftLogStore.open(options)
  const entries = Math.round((gib * 2 ** 30) / RECORD_BYTES)
  for (let first = 1; first <= entries; first += 4096) {
    const last = Math.min(entries, first + 4095)
    log.append({ entries: Array.from({ length: last - first + 1 }, (_, offset) => entryAt(first + offset)) })
    await log.sync()
  }
  await log.close()
  const bareMs = await timed(async () => {
    for (const { name } of await disk.list(directory)) await disk.readFile(`${directory}/${name}`)
  })
  const ourMs = await timed(async () => {
    const again = await SegmentedRaftLogStore.open(options)
    if (again.lastIndex !== entries)
      throw new Error(`recovered ${String(again.lastIndex)} of ${String(entries)} entries`)
    await again.close()
  })
  return { gib, entries, seconds: ourMs / 1000, bareReadSeconds: bareMs / 1000 }
}

async function timed(work: () => Promise<void>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right)
  return sorted[Math.floor(sorted.length / 2)] as number
}

function show(contests: readonly Contest[], recovery: Recovery): void {
  console.log(
    `append + sync of ${String(RECORD_BYTES)} B records against bare write + fdatasync (aim: ${String(AIM)} or better)`,
  )
  console.table(
    contests.map(({ arrival, waiting, recordsPerSecond, bareRecordsPerSecond, ratio }) => ({
      'waiting proposals': waiting,
      'which came': arrival,
      'records/s': Math.round(recordsPerSecond),
      'bare records/s': Math.round(bareRecordsPerSecond),
      ratio: ratio.toFixed(2),
    })),
  )
  const { gib, entries, seconds, bareReadSeconds } = recovery
  console.log(
    `recovery of ${String(gib)} GiB in ${String(entries)} entries: ${seconds.toFixed(2)} s (reading the files alone: ${bareReadSeconds.toFixed(2)} s; aim: below 5 s)`,
  )
}
