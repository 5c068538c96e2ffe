import { unknownOutput } from '../model'

/** Whether a recorded answer is the right one, or may be because nobody received it. */
export function explains<Answer extends string | number | boolean | null>(
  recorded: Answer | typeof unknownOutput,
  right: Answer,
): boolean {
  return recorded === unknownOutput || recorded === right
}

/** An answer for people: `done` and `not equal` for what writes, the value for what reads. */
export function describeAnswer(answer: string | number | boolean | null | typeof unknownOutput): string {
  if (answer === unknownOutput) return 'unknown'
  if (typeof answer === 'boolean') return answer ? 'done' : 'not equal'
  return describeValue(answer)
}

/** A stored value for people, null being none. */
export function describeValue(value: string | number | null): string {
  return value === null ? 'nothing' : JSON.stringify(value)
}
