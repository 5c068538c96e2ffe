export type { ConditionProblem } from '../../../../src-main/flow/condition'

/** The text around a place, with what stands there: a word, a sign, or a blank behind the end. */
export function placeInCondition(
  condition: string,
  at: number,
): { readonly before: string; readonly at: string; readonly after: string } {
  const here = /^(?:\w+|'[^']*'?|"[^"]*"?|[^\w\s]+|\s)/.exec(condition.slice(at))?.[0] ?? '\u00a0'
  return { before: condition.slice(0, at), at: here, after: condition.slice(at + here.length) }
}
