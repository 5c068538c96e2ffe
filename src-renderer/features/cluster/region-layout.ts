/** How regions are drawn: as a person chose, or by how many there are. */
export const regionLayouts = ['auto', 'tiles', 'matrix'] as const
export type RegionLayoutChoice = (typeof regionLayouts)[number]

/** More regions than these are a matrix unless a person chose tiles. */
export const MOST_REGIONS_AS_TILES = 30

/** What the address says. */
export function readLayoutChoice(word: unknown): RegionLayoutChoice {
  return regionLayouts.find((known) => known === word) ?? 'auto'
}

export function chooseLayout(choice: RegionLayoutChoice, regions: number): 'tiles' | 'matrix' {
  if (choice !== 'auto') return choice
  return regions > MOST_REGIONS_AS_TILES ? 'matrix' : 'tiles'
}
