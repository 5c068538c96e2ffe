import type { GridColumn } from './data-grid'

/** Of each row and of the head, in px. */
const ROW_PX = 28

/** How high a grid is that stands among other things: as high as its rows, up to so many; the others are scrolled to. */
export function shortGridHeightPx(rows: number, most = 8): number {
  return (Math.min(Math.max(1, rows), most) + 1) * ROW_PX
}

/** A column of figures, which are compared digit by digit. */
export function figureColumn<Row>(
  id: string,
  title: string,
  width: number,
  text: (row: Row) => string,
): GridColumn<Row> {
  return { id, title, width, align: 'end', mono: true, text }
}
