/**
 * The matrix of stores and regions: a row a store, a column a region. What does not fit side by side goes on in another
 * band below, with all its stores again, so that nothing has to be scrolled sideways.
 */
export interface MatrixLayout {
  readonly stores: number
  readonly regions: number
  /** Regions side by side in a band. */
  readonly perBand: number
  readonly bands: number
  readonly width: number
  readonly height: number
}

/** A cell by its store's and its region's place. */
export interface MatrixCell {
  readonly store: number
  readonly region: number
}

/** In px. A cell has a pixel of air around it. */
export const CELL_WIDTH = 14
export const CELL_HEIGHT = 18
/** For the letters of the stores. */
export const LABEL_WIDTH = 40
/** For the id of a band's first region. */
export const BAND_HEADER = 20
const BAND_GAP = 12

export function layOutMatrix(stores: number, regions: number, availableWidth: number): MatrixLayout {
  const perBand = Math.max(1, Math.floor((availableWidth - LABEL_WIDTH) / CELL_WIDTH))
  const bands = Math.ceil(regions / perBand)
  return {
    stores,
    regions,
    perBand,
    bands,
    width: LABEL_WIDTH + Math.min(perBand, regions) * CELL_WIDTH,
    height: Math.max(0, bands * bandHeight(stores) - BAND_GAP),
  }
}

const bandHeight = (stores: number) => BAND_HEADER + stores * CELL_HEIGHT + BAND_GAP

/** Upper edge of a band, in px. */
export const bandTop = ({ stores }: MatrixLayout, band: number): number => band * bandHeight(stores)

/** Upper left corner of a cell, in px. */
export function cellCorner(layout: MatrixLayout, { store, region }: MatrixCell): { x: number; y: number } {
  const band = Math.floor(region / layout.perBand)
  return {
    x: LABEL_WIDTH + (region % layout.perBand) * CELL_WIDTH,
    y: bandTop(layout, band) + BAND_HEADER + store * CELL_HEIGHT,
  }
}

/** The cell at a place of the picture; undefined beside all cells. The reverse of {@link cellCorner}. */
export function cellAt(layout: MatrixLayout, x: number, y: number): MatrixCell | undefined {
  const column = Math.floor((x - LABEL_WIDTH) / CELL_WIDTH)
  if (column < 0 || column >= layout.perBand || y < 0) return undefined
  const band = Math.floor(y / bandHeight(layout.stores))
  const store = Math.floor((y - bandTop(layout, band) - BAND_HEADER) / CELL_HEIGHT)
  if (store < 0 || store >= layout.stores) return undefined
  const region = band * layout.perBand + column
  return region < layout.regions ? { store, region } : undefined
}
