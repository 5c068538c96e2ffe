import { expect } from 'vitest'
import type { StageEvent } from '../../src-main/flow/stage-event'
import { stagesOfOperation } from '../../src-main/flow/stages'

/** A breakpoint is refused where its operation is said never to come by: no stage that was passed may prove that wrong. */
export function expectKnownStages(stages: readonly StageEvent[]): void {
  const unknown = stages.filter(
    ({ operation, stage }) => operation === undefined || !stagesOfOperation[operation].has(stage),
  )
  expect(unknown.map(({ operation, stage }) => [operation, stage])).toEqual([])
}
