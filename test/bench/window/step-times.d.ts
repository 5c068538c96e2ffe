/** How long one step took from the key to the paint of where the operation stands then, in ms. */
export interface StepTime {
  readonly totalMs: number
  /** Of that from the host's message on. */
  readonly pageMs: number
}

export function followMessages(): void
export function followSteps(): void
export function takeStepTimes(): StepTime[]
