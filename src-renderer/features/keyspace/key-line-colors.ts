import type { KeySegment } from '../../../src-main/client/views/keyspace'
import { storeHue } from '../../ui/store-hue'
import type { LineBox } from './key-line-layout'

/** What the colour of a region says. */
export type LineColoring = 'table' | 'leader' | 'size'

/** Hues of tables, in degrees, in turn: apart from each other, quieter than those of stores, and always with the name. */
const TABLE_HUES = [255, 165, 95, 320, 205, 50] as const

const neutral = { '--fill': 'var(--color-hover)', '--edge': 'var(--color-line-strong)' }

/** The colours of a box, as custom properties of its style. */
export function fillOf(
  segment: KeySegment | undefined,
  count: number,
  coloring: LineColoring,
  known: { readonly ordinals: ReadonlyMap<number, number>; readonly largest: number },
): Record<string, string> {
  if (segment === undefined || (count > 1 && coloring !== 'table')) return neutral
  switch (coloring) {
    case 'table': {
      if (segment.tableId === undefined) return neutral
      const hue = TABLE_HUES[segment.tableId % TABLE_HUES.length] ?? 0
      return {
        '--fill': `color-mix(in oklab, oklch(0.65 0.13 ${hue}) 26%, var(--color-surface))`,
        '--edge': `oklch(0.62 0.12 ${hue})`,
      }
    }
    case 'leader': {
      const ordinal = segment.leaderStoreId === undefined ? undefined : known.ordinals.get(segment.leaderStoreId)
      if (ordinal === undefined) return neutral
      const { fill, line } = storeHue(ordinal)
      return { '--fill': fill, '--edge': line }
    }
    case 'size': {
      const share = known.largest === 0 ? 0 : (segment.sizeBytes ?? 0) / known.largest
      const percent = Math.round(4 + 36 * share)
      return {
        '--fill': `color-mix(in oklab, var(--color-accent) ${percent}%, var(--color-surface))`,
        '--edge': 'var(--color-line-strong)',
      }
    }
  }
}

/** Between the names of two tables. */
const GAP_PX = 2

/** Neighbours of one table, for writing its name above them. */
export function tableRuns(
  segments: readonly KeySegment[],
  boxes: readonly LineBox[],
): Array<{ readonly name: string; readonly x: number; readonly width: number }> {
  const runs: Array<{ tableId: number; name: string; x: number; width: number }> = []
  let isOpen = false
  for (const box of boxes) {
    const segment = segments[box.first]
    const last = runs.at(-1)
    if (segment?.tableId === undefined || segment.tableName === undefined) isOpen = false
    else if (isOpen && last?.tableId === segment.tableId) last.width = box.x + box.width - last.x - GAP_PX
    else {
      runs.push({ tableId: segment.tableId, name: segment.tableName, x: box.x, width: box.width - GAP_PX })
      isOpen = true
    }
  }
  return runs
}
