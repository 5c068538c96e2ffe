import type { SimulatedMember } from '../simulated-member'

/** Compares the states of members that have applied the same. @returns how they differ, undefined if they do not */
export function findDifferentStates(members: readonly SimulatedMember[]): string | undefined {
  const [first, ...others] = members.flatMap(({ id, working }) =>
    working === undefined ? [] : [{ id, pairs: working.stateMachine.pairs }],
  )
  if (first === undefined) return undefined
  for (const { id, pairs } of others) {
    const keys = new Set([...first.pairs.keys(), ...pairs.keys()])
    for (const key of keys) {
      if (first.pairs.get(key) === pairs.get(key)) continue
      return `Nodes ${String(first.id)} and ${String(id)} have applied the same and hold different values at ${JSON.stringify(key)}.`
    }
  }
  return undefined
}
