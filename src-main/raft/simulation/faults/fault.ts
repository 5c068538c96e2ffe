import type { Random } from '../../../env'
import type { SimulatedClock } from '../../../env/simulated'
import type { NodeId } from '../../core/model/node-id'
import type { InProcessNetwork } from '../../transport/in-process-transport'
import type { FaultMix } from '../fault-mix'
import type { SimulatedMember } from '../simulated-member'

/** What faults are made with. */
export interface FaultParts {
  readonly clock: SimulatedClock
  readonly random: Random
  readonly mix: FaultMix
  readonly members: readonly SimulatedMember[]
  readonly network: InProcessNetwork
}

/**
 * Breaks something. @returns how to put it right again; undefined if it needs no putting right, or nothing could be
 * broken
 */
export type Fault = (parts: FaultParts) => (() => void) | undefined

/** Some of the items, at least one and not all of them unless there is only one. */
export function someOf<T>(items: readonly T[], random: Random): readonly T[] {
  const count = random.integer(1, Math.max(1, items.length - 1))
  const left = [...items]
  const chosen: T[] = []
  while (chosen.length < count) {
    const [item] = left.splice(random.integer(0, left.length - 1), 1)
    if (item !== undefined) chosen.push(item)
  }
  return chosen
}

/** The member that leads, as far as it knows itself. */
export function leaderOf(members: readonly SimulatedMember[]): SimulatedMember | undefined {
  return members.find(({ working }) => working?.node.isLeader === true)
}

/** Every id of the members. */
export function idsOf(members: readonly SimulatedMember[]): readonly NodeId[] {
  return members.map(({ id }) => id)
}
