import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RawEntry } from '../../../src-main/engine/raw'
import { openContests } from './subjects'
import type { Contest, Subject } from './subjects'

// Each engine against the bare binding below it. The two take turns round by round, and what is compared is each round with
// its neighbour, so that what else the machine does hits both; medians over the rounds. Beside the time that passed stands the
// processor time of this process, the binding's threads included: on a busy machine it is the steadier figure.

/** How much slower than the bare binding an engine may be at batches of 256. */
const allowedSlowdown = 0.15
const valueBytes = 100
const storedEntries = 50_000

/** One kind of work; a round gives the operations it did. */
interface Work {
  readonly name: string
  round(subject: Subject, round: number): Promise<number>
}

interface Figure {
  readonly engine: string
  readonly work: string
  readonly operationsPerSecond: number
  readonly bareOperationsPerSecond: number | undefined
  /** 0.1: takes 10 % longer than the bare binding. */
  readonly slowdown: number | undefined
  /** The same, in processor time. */
  readonly processorSlowdown: number | undefined
}

export async function main(args: readonly string[]): Promise<number> {
  const valueOf = (option: string): string | undefined => {
    const at = args.indexOf(option)
    return at < 0 ? undefined : args[at + 1]
  }
  const rounds = Number(valueOf('--rounds') ?? 15)
  const only = valueOf('--only')
  if (!Number.isSafeInteger(rounds) || rounds < 1) {
    console.error('--rounds takes a whole number above 0')
    return 2
  }
  const root = await mkdtemp(join(tmpdir(), 'bench-raw-'))
  try {
    const contests = await openContests(root)
    const figures: Figure[] = []
    for (const work of works()) {
      for (const contest of contests.filter(({ name }) => only === undefined || name === only))
        figures.push(await measure(contest, work, rounds))
    }
    for (const { ours, bare } of contests) await Promise.all([ours.close(), bare?.close()])
    if (args.includes('--json')) console.log(JSON.stringify({ rounds, valueBytes, allowedSlowdown, figures }, null, 2))
    else show(figures, rounds)
    return 0
  } finally {
    await rm(root, { recursive: true, force: true })
  }
}

/** In this order: the puts leave the data that gets and scans then read. */
function works(): Work[] {
  return [
    puts(1, 1500),
    puts(16, 400),
    puts(256, 100),
    {
      name: 'get',
      round: async (subject, round) => {
        for (let index = 0; index < 2000; index++) await subject.get(pick((round + index) * 7919).key)
        return 2000
      },
    },
    {
      name: 'get, 256 at once',
      round: async (subject, round) => {
        for (let batch = 0; batch < 20; batch++) {
          await subject.getMany(keysAtOnce(round * 20 + batch))
        }
        return 20 * 256
      },
    },
    { name: 'scan', round: (subject) => subject.scan() },
  ]
}

function keysAtOnce(number: number): Uint8Array[] {
  return Array.from({ length: 256 }, (_, index) => pick((number * 256 + index) * 7919).key)
}

/** Single awaited batches, so that the cost of a trip is in the figure. */
function puts(batchSize: number, batches: number): Work {
  return {
    name: `put, batches of ${batchSize}`,
    round: async (subject, round) => {
      // The same entries in the same order for both subjects, others in the next round.
      const parts = partsFrom(round * 1000, batchSize * batches, batchSize)
      return timedPuts(subject, parts)
    },
  }
}

/** What a piece of work took, in µs. */
interface Taken {
  readonly time: number
  readonly processorTime: number
}

/** Preparation is not timed: a round says when its work begins. */
let began = now()

function now(): Taken {
  const { user, system } = process.cpuUsage()
  return { time: performance.now() * 1000, processorTime: user + system }
}

async function timedPuts(subject: Subject, parts: ReadonlyArray<readonly RawEntry[]>): Promise<number> {
  began = now()
  let operations = 0
  for (const part of parts) {
    await subject.put(part)
    operations += part.length
  }
  return operations
}

async function measure({ name, ours, bare }: Contest, work: Work, rounds: number): Promise<Figure> {
  const timed = async (subject: Subject, round: number): Promise<Taken> => {
    began = now()
    const operations = await work.round(subject, round)
    const ended = now()
    return {
      time: (ended.time - began.time) / operations,
      processorTime: (ended.processorTime - began.processorTime) / operations,
    }
  }
  if (work.name === 'get') await Promise.all([prepare(ours), bare && prepare(bare)])
  const own: Taken[] = []
  const others: Taken[] = []
  // The first rounds warm up the compiler and are not counted.
  for (let round = -3; round < rounds; round++) {
    // Each goes first in turn, so that neither always finds what the other left running.
    const oursFirst = round % 2 === 0
    const before = bare && !oursFirst ? await timed(bare, round + 3) : undefined
    const taken = await timed(ours, round + 3)
    const other = bare && oursFirst ? await timed(bare, round + 3) : before
    if (round < 0) continue
    own.push(taken)
    if (other !== undefined) others.push(other)
  }
  const over = (part: keyof Taken): number | undefined =>
    bare && median(own.map((taken, round) => taken[part] / (others[round] as Taken)[part])) - 1
  return {
    engine: name,
    work: work.name,
    operationsPerSecond: 1e6 / median(own.map(({ time }) => time)),
    bareOperationsPerSecond: bare && 1e6 / median(others.map(({ time }) => time)),
    slowdown: over('time'),
    processorSlowdown: over('processorTime'),
  }
}

/** Brings both subjects to the same stored state before anything is read. */
async function prepare(subject: Subject): Promise<void> {
  for (const part of partsFrom(0, storedEntries, 1000)) await subject.put(part)
  await subject.flush()
}

/** Keys of 16 bytes, scattered over the order. Made once: what rounds allocate, the collector takes back in other rounds. */
const stored: readonly RawEntry[] = Array.from({ length: storedEntries }, (_, number) => {
  const scattered = Math.imul(number, 0x9e3779b1) >>> 0
  const key = new TextEncoder().encode(scattered.toString(16).padStart(8, '0') + String(number).padStart(8, '0'))
  return { key, value: new Uint8Array(valueBytes).fill(number) }
})

/** `count` of the entries, cut into parts; from the beginning again behind the last. */
function partsFrom(first: number, count: number, partSize: number): RawEntry[][] {
  const parts: RawEntry[][] = []
  for (let at = 0; at < count; at += partSize) {
    parts.push(Array.from({ length: partSize }, (_, index) => pick(first + at + index)))
  }
  return parts
}

function pick(number: number): RawEntry {
  return stored[number % storedEntries] as RawEntry
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right)
  const middle = sorted.length >> 1
  const upper = sorted[middle] as number
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] as number)) / 2
}

function show(figures: readonly Figure[], rounds: number): void {
  const perSecond = (value: number | undefined): string =>
    value === undefined ? 'no binding' : Math.round(value).toLocaleString('en')
  const percent = (value: number | undefined): string =>
    value === undefined ? '' : `${value >= 0 ? '+' : '−'}${Math.abs(value * 100).toFixed(1)} %`
  const rows = figures.map(
    ({ engine, work, operationsPerSecond, bareOperationsPerSecond, slowdown, processorSlowdown }) => {
      const rates = [perSecond(bareOperationsPerSecond), perSecond(operationsPerSecond)]
      return [engine, work, ...rates, percent(slowdown), percent(processorSlowdown)]
    },
  )
  const table = [
    ['engine', 'work', 'bare, entries/s', 'ours, entries/s', 'time over bare', 'processor time over bare'],
    ...rows,
  ]
  const widths = [0, 1, 2, 3, 4, 5].map((column) => Math.max(...table.map((row) => (row[column] as string).length)))
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => (column < 2 ? cell.padEnd(widths[column] as number) : cell.padStart(widths[column] as number))).join(' | ')} |`
  console.log(`Keys of 16 bytes, values of ${valueBytes}; medians of ${rounds} rounds, Node ${process.version}.\n`)
  const [head = [], ...body] = table.map(line)
  console.log([head, `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...body].join('\n'))
  const atLargest = figures.filter(({ work, slowdown }) => work === 'put, batches of 256' && slowdown !== undefined)
  const worst = Math.max(...atLargest.map(({ slowdown }) => slowdown as number))
  const verdict = worst <= allowedSlowdown ? 'kept' : 'MISSED'
  console.log(
    `\nAt most ${allowedSlowdown * 100} % over the bare binding at batches of 256: ${verdict} (worst ${percent(worst)}).`,
  )
}
