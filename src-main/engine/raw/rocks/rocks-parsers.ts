import type { RocksTables, SstFile } from '../raw-engine-properties'
import { known } from './rocks-properties'

// RocksDB tells its insides as text for people. Each parser takes what it recognises and leaves out the rest, so that a
// newer wording shows less instead of something wrong.

const levelHeading = /^--- level (\d+) ---/
/** `15:293762[7681 .. 10240]['6B3330' seq:7681, type:1 .. '6B3339' seq:10084, type:1](0)` */
const fileLine =
  /^\s*(\d+):(\d+)\[(\d+) \.\. (\d+)\]\['([0-9A-F]*)' seq:\d+, type:\d+ \.\. '([0-9A-F]*)' seq:\d+, type:\d+\]/

/** The table files out of `rocksdb.sstables`. */
export function parseSstFiles(text: string): SstFile[] {
  const files: SstFile[] = []
  let level: number | undefined
  for (const line of text.split('\n')) {
    const heading = levelHeading.exec(line)
    if (heading !== null) level = Number(heading[1])
    const found = fileLine.exec(line)
    if (found === null || level === undefined) continue
    const [, number, bytes, smallestSequence, largestSequence, smallestKey, largestKey] = found as unknown as string[]
    files.push({
      number: Number(number),
      level,
      bytes: Number(bytes),
      smallestSequence: BigInt(smallestSequence as string),
      largestSequence: BigInt(largestSequence as string),
      smallestKey: fromHex(smallestKey as string),
      largestKey: fromHex(largestKey as string),
    })
  }
  return files
}

/** The numbers of the levels that `rocksdb.levelstats` lists. */
export function parseLevelStats(text: string): number[] {
  const rows = text.split('\n').map((line) => /^\s*(\d+)\s+\d+\s+\d+\s*$/.exec(line)?.[1])
  return rows.filter((level) => level !== undefined).map(Number)
}

/** `Write Stall (count): cause: 3, other-cause: 0` as counts by cause. */
export function parseStallCounts(text: string): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const [, cause, count] of text.matchAll(/([a-z0-9-]+): (\d+)/g)) {
    if (cause !== undefined) counts[cause] = Number(count)
  }
  return counts
}

/** The counters of `rocksdb.options-statistics`; its histograms are left out. */
export function parseCounters(text: string): Record<string, number> {
  const counters: Record<string, number> = {}
  for (const [, name, count] of text.matchAll(/^([\w.-]+) COUNT : (\d+)$/gm)) {
    if (name !== undefined) counters[name] = Number(count)
  }
  return counters
}

/** What is of interest in `rocksdb.aggregated-table-properties`. */
export function parseTableProperties(text: string): RocksTables {
  const fields = new Map(
    text.split(';').map((field) => {
      const separator = field.lastIndexOf('=')
      return [field.slice(0, separator).trim(), field.slice(separator + 1).trim()]
    }),
  )
  const figure = (name: string): number | undefined => {
    const value = fields.get(name)
    return value !== undefined && /^\d+$/.test(value) ? Number(value) : undefined
  }
  // The name of this field carries details of the index in brackets.
  const indexName = [...fields.keys()].find((name) => name.startsWith('index block size'))
  return known<RocksTables>({
    dataBlocks: figure('# data blocks'),
    entries: figure('# entries'),
    deletions: figure('# deletions'),
    rangeDeletions: figure('# range deletions'),
    rawKeyBytes: figure('raw key size'),
    rawValueBytes: figure('raw value size'),
    indexBytes: indexName === undefined ? undefined : figure(indexName),
    filterBytes: figure('filter block size'),
  })
}

function fromHex(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
}
