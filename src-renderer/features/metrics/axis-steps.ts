import type { FigureUnit } from './metrics-figures'

/** Steps of 1, 2 and 5 in every power of ten from 10^from to 10^to. */
function decimalSteps(from: number, to: number): number[] {
  const steps: number[] = []
  for (let power = from; power <= to; power++) for (const step of [1, 2, 5]) steps.push(Number(`${step}e${power}`))
  return steps
}

const fractions = decimalSteps(-4, 9)
const wholes = decimalSteps(0, 9)
/** Bytes are shown by powers of 1024: their round numbers are powers of two. */
const binary = Array.from({ length: 50 }, (_none, power) => 2 ** power)

/** By which steps the axis of a figure may go, so that its labels are round numbers of the unit that they show. */
export function axisSteps(unit: FigureUnit): number[] {
  switch (unit) {
    case 'bytes':
      return binary
    case 'count':
      return wholes
    case 'perSecond':
    case 'ms':
    case 'share':
      return fractions
  }
}

/** The top of the axis of a figure that is zero throughout. */
export function leastTop(unit: FigureUnit): number {
  return unit === 'bytes' ? 1024 : 1
}
