/** A rectangle in the picture, in px from its upper left corner. */
export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** Where everything stands. The same counts and width give the same places: nothing jumps when a state changes. */
export interface PictureLayout {
  readonly width: number
  readonly height: number
  /** In the order of the coordinators, of the stores. */
  readonly coordinators: readonly Box[]
  readonly stores: readonly Box[]
  /** Between the rows, where links run. */
  readonly band: { readonly top: number; readonly bottom: number }
}

const GAP = 12
/** Left and right of the picture together, for the frames of what is chosen. */
const PADDING = 4
const COORDINATOR = { least: 124, most: 260, height: 88 }
const STORE = { least: 132, most: 440, height: 108 }
const BAND_HEIGHT = 112

/** @param availableWidth in px; the picture is wider where the nodes need it, and is then scrolled */
export function layOutPicture(coordinators: number, stores: number, availableWidth: number): PictureLayout {
  const needed = Math.max(rowWidth(coordinators, COORDINATOR.least), rowWidth(stores, STORE.least))
  const width = Math.max(Math.floor(availableWidth) - PADDING, needed)
  const bandTop = COORDINATOR.height
  const storeTop = bandTop + BAND_HEIGHT
  return {
    width,
    height: storeTop + STORE.height,
    coordinators: row(coordinators, width, COORDINATOR, 0),
    stores: row(stores, width, STORE, storeTop),
    band: { top: bandTop, bottom: storeTop },
  }
}

const rowWidth = (count: number, each: number) => count * each + Math.max(0, count - 1) * GAP

function row(
  count: number,
  width: number,
  size: { readonly most: number; readonly height: number },
  y: number,
): readonly Box[] {
  if (count === 0) return []
  const each = Math.min(size.most, Math.floor((width - (count - 1) * GAP) / count))
  const left = Math.floor((width - rowWidth(count, each)) / 2)
  return Array.from({ length: count }, (_, index) => ({
    x: left + index * (each + GAP),
    y,
    width: each,
    height: size.height,
  }))
}

/** How many tiles stand side by side in a column, so that a region has the same place in every column. */
export function tilesPerRow(columnWidth: number): number {
  return Math.max(1, Math.floor((columnWidth - 2 * TILE_INSET + TILE_GAP) / (TILE_LEAST_WIDTH + TILE_GAP)))
}

export const TILE_INSET = 8
export const TILE_GAP = 6
const TILE_LEAST_WIDTH = 100
