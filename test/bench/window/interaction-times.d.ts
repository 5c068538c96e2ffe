export function followInteractions(): void
export function takeInteractionTimes(): number[]
