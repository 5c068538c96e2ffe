import type { StateMachineView } from '../../../../src-main/client/views/region-detail'

/** Where a state stands; x and y of its upper left corner, in px. */
export interface PlacedState {
  readonly name: string
  readonly x: number
  readonly y: number
}

/** A move from one state to another: a curve. */
export interface PlacedMove {
  readonly from: string
  readonly to: string
  /** As SVG writes paths. */
  readonly path: string
}

export interface StateLayout {
  readonly width: number
  readonly height: number
  readonly states: readonly PlacedState[]
  readonly moves: readonly PlacedMove[]
}

export const STATE_WIDTH = 132
export const STATE_HEIGHT = 28
const COLUMN_PX = 208
const ROW_PX = 52
const MARGIN_PX = 20

/**
 * Places a machine of states: the first state at the left, every other in the column of its distance from it, in the order
 * of the list. The same machine always looks the same. States that no move leads to stand in a row of their own below.
 */
export function layOutStates({ states, moves }: StateMachineView): StateLayout {
  const distances = distancesFrom(states[0], moves)
  const columns: string[][] = []
  for (const state of states) {
    const distance = distances.get(state)
    if (distance !== undefined) (columns[distance] ??= []).push(state)
  }
  const rows = Math.max(1, ...columns.map((column) => column.length))
  const placed = new Map<string, PlacedState>()
  columns.forEach((column, at) =>
    column.forEach((name, row) =>
      placed.set(name, {
        name,
        x: MARGIN_PX + at * COLUMN_PX,
        // Short columns stand in the middle, so that moves stay short.
        y: MARGIN_PX + (row + (rows - column.length) / 2) * ROW_PX,
      }),
    ),
  )
  const alone = states.filter((state) => !distances.has(state))
  const perRow = Math.max(4, columns.length)
  alone.forEach((name, at) =>
    placed.set(name, {
      name,
      x: MARGIN_PX + (at % perRow) * COLUMN_PX,
      y: MARGIN_PX + (rows + 0.5 + Math.floor(at / perRow)) * ROW_PX,
    }),
  )
  const places = [...placed.values()]
  return {
    // Beside the last column there is room for moves within it.
    width: Math.max(0, ...places.map(({ x }) => x)) + STATE_WIDTH + 3 * MARGIN_PX,
    height: Math.max(0, ...places.map(({ y }) => y)) + STATE_HEIGHT + MARGIN_PX,
    states: places,
    moves: moves.flatMap(({ from, to }) => {
      const [start, end] = [placed.get(from), placed.get(to)]
      return start === undefined || end === undefined ? [] : [{ from, to, path: pathBetween(start, end) }]
    }),
  }
}

function distancesFrom(first: string | undefined, moves: StateMachineView['moves']): Map<string, number> {
  const distances = new Map<string, number>()
  if (first === undefined) return distances
  distances.set(first, 0)
  const waiting = [first]
  for (let state = waiting.shift(); state !== undefined; state = waiting.shift()) {
    for (const { from, to } of moves) {
      if (from !== state || distances.has(to)) continue
      distances.set(to, (distances.get(state) ?? 0) + 1)
      waiting.push(to)
    }
  }
  return distances
}

/** Forward from side to side; back and within a column around the lower edge, so that both ways can be told apart. */
function pathBetween(start: PlacedState, end: PlacedState): string {
  const middle = STATE_HEIGHT / 2
  if (end.x > start.x) {
    const [x1, y1] = [start.x + STATE_WIDTH, start.y + middle - 5]
    const [x2, y2] = [end.x - 5, end.y + middle - 5]
    const bend = Math.max(28, (x2 - x1) / 2)
    return `M${x1} ${y1} C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`
  }
  if (end.x < start.x) {
    const [x1, y1] = [start.x, start.y + middle + 6]
    const [x2, y2] = [end.x + STATE_WIDTH + 5, end.y + middle + 6]
    const bend = Math.max(28, (x1 - x2) / 2)
    return `M${x1} ${y1} C${x1 - bend} ${y1} ${x2 + bend} ${y2} ${x2} ${y2}`
  }
  const side = start.x + STATE_WIDTH
  const [y1, y2] = [start.y + middle + 6, end.y + middle - 6]
  const reach = side + 30 + Math.abs(y2 - y1) / 8
  return `M${side} ${y1} C${reach} ${y1} ${reach} ${y2} ${side + 5} ${y2}`
}
