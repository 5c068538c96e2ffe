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
  /** What the title means, shown when it is pointed at. */
  readonly hint?: string
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

/** The columns as a CSS grid. */
export function columnTemplate(columns: ReadonlyArray<Pick<GridColumn<never>, 'width' | 'grow'>>): string {
  const someGrow = columns.some(({ grow }) => grow)
  return columns
    .map(({ width, grow }, at) =>
      grow || (!someGrow && at === columns.length - 1) ? `minmax(${width}px, 1fr)` : `${width}px`,
    )
    .join(' ')
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
