import type { ColumnFamilyView, TableFileView } from '../../../src-main/client/views/engine'
import { compareBytes } from '../../data/bytes'

/** A file as a bar: where it lies among the keys, and how big it is. */
export interface FileBar {
  readonly file: TableFileView
  /** Left edge and width, as shares (0 to 1) of the axis of keys. */
  readonly left: number
  readonly width: number
  /** Its bytes as a share of the largest file of the family. */
  readonly size: number
  /** 0..: files of one level that overlap stand below each other. */
  readonly lane: number
}

/** One level of the picture, or several empty ones that follow each other. */
export interface LevelRow {
  readonly level: number
  /** The same as `level` for a level with files. */
  readonly lastLevel: number
  readonly bytes: number
  readonly bars: readonly FileBar[]
  readonly lanes: number
}

/** The table files of a column family, laid out. */
export interface LevelLayout {
  readonly rows: readonly LevelRow[]
  /** Where a key lies on the axis (0 to 1); undefined without files. */
  position(key: Uint8Array): number | undefined
}

/**
 * Lays out the files of a family. The axis of keys is one of ranks, not of distances: every boundary of a file takes one
 * step, and so does the gap before, between and behind boundaries. Files that overlap are therefore seen to overlap however
 * close their keys are, and a key between two files has a place between them. Levels go down to the deepest that has files.
 */
export function layOutLevels({ files, levels }: Pick<ColumnFamilyView, 'files' | 'levels'>): LevelLayout {
  const boundaries = files.flatMap(({ smallestKey, largestKey }) => [smallestKey, largestKey]).sort(compareBytes)
  const distinct = boundaries.filter((key, at) => at === 0 || compareBytes(key, boundaries[at - 1] ?? key) !== 0)
  const largest = files.reduce((most, { bytes }) => Math.max(most, bytes), 0)

  /** How many boundaries lie below the key. */
  const rank = (key: Uint8Array): number => {
    let [low, high] = [0, distinct.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (compareBytes(distinct[middle] ?? key, key) < 0) low = middle + 1
      else high = middle
    }
    return low
  }

  const steps = 2 * distinct.length + 1

  const bar = (file: TableFileView, lane: number): FileBar => {
    const [from, to] = [2 * rank(file.smallestKey) + 1, 2 * rank(file.largestKey) + 2]
    return {
      file,
      left: from / steps,
      width: (to - from) / steps,
      size: largest === 0 ? 0 : file.bytes / largest,
      lane,
    }
  }

  const row = (level: number): LevelRow => {
    const ofLevel = files
      .filter((file) => file.level === level)
      .sort((one, other) => compareBytes(one.smallestKey, other.smallestKey))
    const ends: Uint8Array[] = []
    const bars = ofLevel.map((file) => {
      const free = ends.findIndex((end) => compareBytes(end, file.smallestKey) < 0)
      const lane = free === -1 ? ends.length : free
      ends[lane] = file.largestKey
      return bar(file, lane)
    })
    return {
      level,
      lastLevel: level,
      bytes: ofLevel.reduce((sum, { bytes }) => sum + bytes, 0),
      bars,
      lanes: Math.max(1, ends.length),
    }
  }

  const deepest = Math.max(
    0,
    ...levels.filter(({ files: count }) => count > 0).map(({ level }) => level),
    ...files.map(({ level }) => level),
  )
  const rows: LevelRow[] = []
  for (let level = 0; level <= deepest; level++) {
    const [next, before] = [row(level), rows.at(-1)]
    if (before !== undefined && before.level > 0 && before.bars.length === 0 && next.bars.length === 0) {
      rows[rows.length - 1] = { ...before, lastLevel: level }
    } else rows.push(next)
  }
  return {
    rows,
    position: (key) => {
      if (distinct.length === 0) return undefined
      const at = rank(key)
      const isBoundary = at < distinct.length && compareBytes(distinct[at] ?? key, key) === 0
      return (2 * at + (isBoundary ? 1.5 : 0.5)) / steps
    },
  }
}
