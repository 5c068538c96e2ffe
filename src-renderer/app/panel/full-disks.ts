import type { StoreView } from '../../../src-main/client/views/overview'

/** Stores lay the space for their logs ahead: with less than this their next file may not fit. */
const LITTLE_ROOM_BYTES = 64 * 1024 * 1024

/** A store whose disk is full, or nearly so; sizes in bytes. */
export interface FullDisk {
  readonly storeId: number
  readonly ordinal: number
  readonly freeBytes: number
  readonly totalBytes: number
}

/** The stores with little or no room left, in the order of ids. What was not measured is not one of them. */
export function fullDisks(stores: readonly StoreView[]): readonly FullDisk[] {
  return stores.flatMap(({ storeId, ordinal, freeBytes, totalBytes }) =>
    freeBytes === undefined || totalBytes === undefined || freeBytes >= LITTLE_ROOM_BYTES
      ? []
      : [{ storeId, ordinal, freeBytes, totalBytes }],
  )
}
