/** The places of values that stand between two gaps. */
export function lonelyPlaces(values: ArrayLike<number | null | undefined>): number[] {
  const isGap = (at: number) => (values[at] ?? null) === null
  return Array.from(values, (_value, at) => at).filter((at) => !isGap(at) && isGap(at - 1) && isGap(at + 1))
}
