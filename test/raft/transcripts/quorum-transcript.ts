import { describeCommittedIndex, describeJoint, describeMajority } from '../../../src-main/raft/core/describe/quorum'
import type { NodeId } from '../../../src-main/raft/core/model/node-id'
import { sortedIds } from '../../../src-main/raft/core/model/node-id'
import { jointCommittedIndex, jointVoteResult } from '../../../src-main/raft/core/quorum/joint'
import type { AckedIndexes } from '../../../src-main/raft/core/quorum/majority'
import { majorityCommittedIndex, majorityVoteResult } from '../../../src-main/raft/core/quorum/majority'
import { toWholeNumber } from './argument-values'
import type { TranscriptCase } from './transcript-format'
import { TranscriptSyntaxError } from './transcript-format'

interface QuorumInput {
  /** Every voter once, in the order in which the case names them: indexes and votes are given in that order. */
  readonly mentioned: readonly NodeId[]
  readonly incoming: readonly NodeId[]
  /** Undefined unless the case is about a joint quorum. */
  readonly outgoing: readonly NodeId[] | undefined
  /** What is known of each voter; undefined for a voter of which nothing is known. */
  readonly indexes: ReadonlyArray<number | undefined>
  readonly votes: ReadonlyArray<boolean | undefined>
}

/** Answers a case about quorums alone. Where two ways to the same result differ, that is part of the answer. */
export function runQuorumCase(test: TranscriptCase): string {
  const input = readInput(test)
  if (test.command !== 'committed' && test.command !== 'vote') {
    throw new TranscriptSyntaxError(`Line ${test.line}: unknown command ${test.command}`)
  }
  const { mentioned } = input
  const given = test.command === 'vote' ? input.votes : input.indexes
  if (mentioned.length !== given.length) {
    const voters = sortedIds(mentioned).map((id) => `${id}:{}`)
    return `error: mismatched input (explicit or _) for voters map[${voters.join(' ')}]: [${given.map(toNumber).join(' ')}]`
  }
  return test.command === 'vote'
    ? answerVote(input, known(mentioned, input.votes))
    : answerCommitted(input, known(mentioned, input.indexes))
}

/** Votes and unknown indexes as the numbers that transcripts use for them. */
function toNumber(value: number | boolean | undefined): number {
  if (typeof value === 'boolean') return value ? 2 : 1
  return value ?? 0
}

function answerVote({ incoming, outgoing }: QuorumInput, votes: ReadonlyMap<NodeId, boolean>): string {
  if (outgoing === undefined) return `${majorityVoteResult(incoming, votes)}\n`
  const result = jointVoteResult({ incoming, outgoing }, votes)
  const swapped = jointVoteResult({ incoming: outgoing, outgoing: incoming }, votes)
  return `${swapped === result ? '' : `${swapped} <-- via symmetry\n`}${result}\n`
}

function answerCommitted({ incoming, outgoing }: QuorumInput, indexes: ReadonlyMap<NodeId, number>): string {
  const acked = ackedIndexes(indexes)
  const remarks: string[] = []
  const expectSame = (other: number, index: number, way: string) => {
    if (other !== index) remarks.push(`${describeCommittedIndex(other)} <-- ${way}\n`)
  }
  if (outgoing !== undefined) {
    const index = jointCommittedIndex({ incoming, outgoing }, acked)
    expectSame(jointCommittedIndex({ incoming: outgoing, outgoing: incoming }, acked), index, 'via symmetry')
    return `${describeJoint({ incoming, outgoing }, acked)}${remarks.join('')}${describeCommittedIndex(index)}\n`
  }
  const index = majorityCommittedIndex(incoming, acked)
  expectSame(committedBySorting(incoming, acked), index, 'via alternative computation')
  expectSame(jointCommittedIndex({ incoming, outgoing: [] }, acked), index, 'via zero-joint quorum')
  expectSame(jointCommittedIndex({ incoming, outgoing: incoming }, acked), index, 'via self-joint quorum')
  for (const id of incoming) {
    const own = acked.ackedIndex(id) ?? 0
    if (own === 0 || own >= index) continue
    // A voter that is behind the result does not carry it, so it may be further behind.
    for (const lower of [own - 1, 0]) {
      const overlaid = ackedIndexes(new Map([...indexes, [id, lower]]))
      expectSame(majorityCommittedIndex(incoming, overlaid), index, `overlaying ${id}->${lower}`)
    }
  }
  return `${describeMajority(incoming, acked)}${remarks.join('')}${describeCommittedIndex(index)}\n`
}

/** The same index in another way: sorted, the one that a majority reaches is in the middle. */
function committedBySorting(voters: readonly NodeId[], acked: AckedIndexes): number {
  const sorted = voters.map((id) => acked.ackedIndex(id) ?? 0).sort((left, right) => right - left)
  return sorted[Math.floor(voters.length / 2)] ?? Number.POSITIVE_INFINITY
}

function ackedIndexes(indexes: ReadonlyMap<NodeId, number>): AckedIndexes {
  return { ackedIndex: (id) => indexes.get(id) }
}

function known<Value>(ids: readonly NodeId[], values: ReadonlyArray<Value | undefined>): ReadonlyMap<NodeId, Value> {
  const map = new Map<NodeId, Value>()
  for (const [position, id] of ids.entries()) {
    const value = values[position]
    if (value !== undefined) map.set(id, value)
  }
  return map
}

function readInput({ args, line }: TranscriptCase): QuorumInput {
  let incoming: readonly NodeId[] = []
  let outgoing: readonly NodeId[] | undefined
  let indexes: ReadonlyArray<number | undefined> = []
  let votes: ReadonlyArray<boolean | undefined> = []
  for (const { key, values } of args) {
    switch (key) {
      case 'cfg':
        incoming = values.map(toWholeNumber)
        break
      case 'cfgj':
        outgoing = values[0] === 'zero' ? [] : values.map(toWholeNumber)
        break
      case 'idx':
        indexes = values.map((value) => (value === '_' ? undefined : toWholeNumber(value)))
        break
      case 'votes':
        votes = values.map((value) => toVote(value, line))
        break
      default:
        throw new TranscriptSyntaxError(`Line ${line}: unknown argument ${key}`)
    }
  }
  const mentioned = [...new Set([...incoming, ...(outgoing ?? [])])]
  return { mentioned, incoming: sortedIds(incoming), outgoing: outgoing && sortedIds(outgoing), indexes, votes }
}

function toVote(value: string, line: number): boolean | undefined {
  if (value === '_') return undefined
  if (value === 'y' || value === 'n') return value === 'y'
  throw new TranscriptSyntaxError(`Line ${line}: unknown vote ${value}`)
}
