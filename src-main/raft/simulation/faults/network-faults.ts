import type { NodeId } from '../../core/model/node-id'
import type { Fault, FaultParts } from './fault'
import { idsOf, leaderOf, someOf } from './fault'

/** One direction of one link. */
type Direction = readonly [from: NodeId, to: NodeId]

/** The nodes fall apart into two sides; every other time one of them is the leader alone. */
const partition: Fault = (parts) => {
  const { members, random } = parts
  const leader = leaderOf(members)
  const side = leader !== undefined && random.chance(0.5) ? [leader] : someOf(members, random)
  const rest = members.filter((member) => !side.includes(member))
  return cut(
    parts,
    idsOf(side).flatMap((one) =>
      idsOf(rest).flatMap((other): Direction[] => [
        [one, other],
        [other, one],
      ]),
    ),
  )
}

const oneWayCut: Fault = (parts) => {
  const { members, random } = parts
  const ids = idsOf(members)
  const one = random.pick(ids)
  const others = random.chance(0.5) ? ids.filter((id) => id !== one) : [random.pick(ids)]
  const isOutward = random.chance(0.5)
  return cut(
    parts,
    others.map((other) => (isOutward ? [one, other] : [other, one])),
  )
}

/** What another fault has cut already stays with that one. */
function cut({ network }: FaultParts, directions: readonly Direction[]): () => void {
  const mine = directions.filter(([from, to]) => from !== to && !network.faultsOf(from, to).isCut)
  for (const [from, to] of mine) network.setLink(from, to, { isCut: true })
  return () => {
    for (const [from, to] of mine) network.setLink(from, to, { isCut: false })
  }
}

const storm: Fault = ({ network, mix, random }) => {
  network.setAllLinks({
    lossProbability: random.pick([0.1, 0.3]),
    duplicateProbability: random.pick([0, 0.5]),
    reorderProbability: 1,
    maxDelayMs: (mix.link.maxDelayMs ?? 1) * random.pick([2, 20]),
  })
  return () => {
    network.setAllLinks(mix.link)
  }
}

export const networkFaults = { partition, 'one-way-cut': oneWayCut, storm }
