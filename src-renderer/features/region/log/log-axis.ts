import type { RaftLogEntryView } from '../../../../src-main/client/views/raft-log'
import type { RaftLogHead } from '../../../data/raft-logs'

/** Px from one entry to the next. */
export const ENTRY_PX = 30
/** The most entries on the axis: a browser cannot scroll over more. Earlier ones are left out. */
const MOST_ENTRIES = 400_000

/** The indexes that the strips of all replicas share; both ends are in it. */
export interface LogAxis {
  readonly first: number
  readonly last: number
}

/** The axis over all logs; undefined if there is no entry anywhere. */
export function logAxis(heads: ReadonlyArray<Pick<RaftLogHead, 'firstIndex' | 'lastIndex'>>): LogAxis | undefined {
  const filled = heads.filter(({ firstIndex, lastIndex }) => lastIndex >= firstIndex && lastIndex >= 1)
  if (filled.length === 0) return undefined
  const last = Math.max(...filled.map(({ lastIndex }) => lastIndex))
  const first = Math.max(1, Math.min(...filled.map(({ firstIndex }) => firstIndex)))
  return { first: Math.max(first, last - MOST_ENTRIES + 1), last }
}

/** The indexes that are in view, and a few beside them. */
export function indexesInView(axis: LogAxis, scrollPx: number, widthPx: number): LogAxis {
  const beside = 8
  const first = axis.first + Math.floor(scrollPx / ENTRY_PX) - beside
  const last = axis.first + Math.ceil((scrollPx + widthPx) / ENTRY_PX) + beside
  return { first: Math.max(axis.first, first), last: Math.min(axis.last, last) }
}

/** What stands on a tile: three letters at most, the same in every language. */
export function tileText({ kind, commands }: Pick<RaftLogEntryView, 'kind' | 'commands'>): string {
  if (kind === 'conf-change') return 'CFG'
  if (kind === 'empty') return '∅'
  return commands[0]?.type.slice(0, 3) ?? '?'
}

/** The pointers that stand at an index: C committed, A applied, D durable. */
export function pointersAt(
  head: Pick<RaftLogHead, 'committedIndex' | 'appliedIndex' | 'durableIndex'>,
  index: number,
): string {
  return (
    (head.appliedIndex === index ? 'A' : '') +
    (head.committedIndex === index ? 'C' : '') +
    (head.durableIndex === index ? 'D' : '')
  )
}
