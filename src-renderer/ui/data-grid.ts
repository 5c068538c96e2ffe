/** A column of a DataGrid. */
export interface GridColumn<Row> {
  /** Stable; names the slot `cell-<id>`. */
  readonly id: string
  readonly title: string
  /** In px. What is left over goes to the columns that `grow`, or to the last one. */
  readonly width: number
  readonly grow?: boolean
  readonly align?: 'start' | 'end'
  /** Ids, keys and figures. */
  readonly mono?: boolean
  readonly sortable?: boolean
  /** What its slot draws remembers nothing, so it may be drawn again for another row: quicker than anew. */
  readonly stateless?: boolean
  /** What the title means, shown when it is pointed at. */
  readonly hint?: string
  /** What is shown when a cell is pointed at: the long form of what stands in it. */
  detail?(row: Row): string
  /** The cell as text: shown without a slot, and what a screen reader and a copy get. */
  text(row: Row): string
}

/** By which column rows stand in order. */
export interface GridSort {
  readonly id: string
  readonly descending: boolean
}

/** Rows that are in view, `to` excluded. */
export interface GridRange {
  readonly from: number
  readonly to: number
}

/** A column that is drawn. */
export interface ShownColumn<Row> {
  readonly column: GridColumn<Row>
  /** 1 for the first of all columns. */
  readonly place: number
  /** Px from the first column to this one. */
  readonly leftPx: number
  /** How wide it is, as CSS. A text, which is compared as a whole when a row is drawn again. */
  readonly style: string
}

/** Scrolling to the side is heeded in steps of so many px; as much is drawn beyond the edges. */
export const SIDE_STEP_PX = 120

/**
 * The columns that are in view. All of them if the width is not known, or if they have more room than they need: then
 * those that grow, or the last one, take what is left over.
 *
 * @param scrolledPx how far the grid is scrolled to the side
 * @param widthPx of what is in view; 0 if not known
 */
export function columnsInView<Row>(
  columns: ReadonlyArray<GridColumn<Row>>,
  scrolledPx: number,
  widthPx: number,
): ReadonlyArray<ShownColumn<Row>> {
  const neededPx = columns.reduce((sum, { width }) => sum + width, 0)
  const isWhole = widthPx === 0 || neededPx <= widthPx
  const someGrow = columns.some(({ grow }) => grow)
  let leftPx = 0
  const placed = columns.map((column, at) => {
    const grows = isWhole && (column.grow ?? (!someGrow && at === columns.length - 1))
    const shown = { column, place: at + 1, leftPx, style: `flex: ${grows ? 1 : 0} 0 ${column.width}px` }
    leftPx += column.width
    return shown
  })
  if (isWhole) return placed
  return placed.filter(
    (each) =>
      each.leftPx + each.column.width >= scrolledPx - SIDE_STEP_PX &&
      each.leftPx <= scrolledPx + widthPx + 2 * SIDE_STEP_PX,
  )
}

/** How tables of rows are copied: cells between tabs, as spreadsheets take them. */
export function rowsAsText<Row>(columns: ReadonlyArray<GridColumn<Row>>, rows: readonly Row[]): string {
  const cell = (text: string) => text.replace(/[\t\n\r]+/g, ' ')
  const lines = [
    columns.map(({ title }) => cell(title)),
    ...rows.map((row) => columns.map((column) => cell(column.text(row)))),
  ]
  return lines.map((line) => line.join('\t')).join('\n')
}
