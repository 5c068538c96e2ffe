/** Stores that have a hue of their own; more share a grey one. */
const HUES = 8

/** The colours of a store, as CSS values: `line` for edges and signs, `fill` behind text. @param ordinal 1.. */
export function storeHue(ordinal: number): { readonly line: string; readonly fill: string } {
  const name = Number.isInteger(ordinal) && ordinal >= 1 && ordinal <= HUES ? String(ordinal) : 'other'
  return { line: `var(--color-store-${name})`, fill: `var(--color-store-${name}-soft)` }
}
