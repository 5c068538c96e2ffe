import type { NodeId } from '../model/node-id'
import { sortedIds } from '../model/node-id'
import type { JointVoters } from '../quorum/joint'
import type { AckedIndexes } from '../quorum/majority'

/**
 * What each voter has acknowledged, one line a voter, with a bar that is the longer the more voters are behind it.
 * Voters that are equally far have equal bars; a voter that nothing is known of has a question mark.
 */
export function describeMajority(voters: readonly NodeId[], acked: AckedIndexes): string {
  if (voters.length === 0) return '<empty majority quorum>'
  const count = voters.length
  const indexes = voters.map((id) => acked.ackedIndex(id) ?? 0)
  let text = `${' '.repeat(count)}    idx\n`
  for (const id of voters) {
    const known = acked.ackedIndex(id)
    const index = known ?? 0
    const bar = indexes.filter((other) => other < index).length
    const chart = known === undefined ? `?${' '.repeat(count)}` : `${'x'.repeat(bar)}>${' '.repeat(count - bar)}`
    text += `${chart} ${String(index).padStart(5)}    (id=${id.toString(16)})\n`
  }
  return text
}

/** The same over the voters of both halves. */
export function describeJoint(voters: JointVoters, acked: AckedIndexes): string {
  return describeMajority(sortedIds([...voters.incoming, ...voters.outgoing]), acked)
}

/** An index that a quorum holds; no quorum at all holds everything. */
export function describeCommittedIndex(index: number): string {
  return Number.isFinite(index) ? String(index) : '∞'
}
