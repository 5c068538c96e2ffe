import type { FunctionalComponent, Slot } from 'vue'

/** A cell that the holder of a grid draws: its slot, called by the row, so that only this row heeds what it reads. */
export const GridCell: FunctionalComponent<{ draw: Slot | undefined; row: unknown }> = ({ draw, row }) =>
  draw?.({ row })
GridCell.props = ['draw', 'row']
