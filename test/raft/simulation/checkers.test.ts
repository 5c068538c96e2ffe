import { beforeEach, describe, expect, it } from 'vitest'
import type { Entry } from '../../../src-main/raft/core/model/entry'
import { MemoryRaftLogStore } from '../../../src-main/raft/log/memory-raft-log-store'
import type { GroupChecker } from '../../../src-main/raft/simulation/checkers/group-checker'
import { CommittedForGood } from '../../../src-main/raft/simulation/checkers/committed-for-good'
import { CommittedOnQuorum } from '../../../src-main/raft/simulation/checkers/committed-on-quorum'
import { DurableRecovery } from '../../../src-main/raft/simulation/checkers/durable-recovery'
import { ElectionSafety } from '../../../src-main/raft/simulation/checkers/election-safety'
import { HonestAnswers } from '../../../src-main/raft/simulation/checkers/honest-answers'
import { LeaderCompleteness } from '../../../src-main/raft/simulation/checkers/leader-completeness'
import { LogMatching } from '../../../src-main/raft/simulation/checkers/log-matching'
import { MonotonePositions } from '../../../src-main/raft/simulation/checkers/monotone-positions'
import { StateMachineSafety } from '../../../src-main/raft/simulation/checkers/state-machine-safety'
import { GroupRecord } from '../../../src-main/raft/simulation/group-record'
import type { NodeRecord } from '../../../src-main/raft/simulation/node-record'

const entry = (index: number, term: number, text = `${String(index)}/${String(term)}`): Entry => ({
  index,
  term,
  type: 'EntryNormal',
  data: new TextEncoder().encode(text),
})

/** The mutants show that wrong groups are noticed; these show what each check alone makes of one wrong step. */
describe('the check of', () => {
  let group: GroupRecord
  beforeEach(() => {
    group = new GroupRecord({ index: 0, term: 0 })
  })

  /** A running node of a group of three whose log holds durable entries of the given terms. */
  const nodeWith = async (id: number, terms: readonly number[]): Promise<NodeRecord> => {
    const node = group.node(id)
    const log = new MemoryRaftLogStore()
    if (terms.length > 0) {
      log.append({
        hardState: { term: Math.max(...terms), vote: 0, commit: 0 },
        entries: terms.map((term, position) => entry(position + 1, term)),
      })
    }
    await log.sync()
    node.log = log
    node.isRunning = true
    node.confState = { voters: [1, 2, 3], votersOutgoing: [], learners: [], learnersNext: [], autoLeave: false }
    return node
  }
  const leads = (node: NodeRecord, term: number): void => {
    node.role = 'StateLeader'
    node.lastLedTerm = term
  }
  const found = (checker: GroupChecker): boolean => group.violation?.check === checker.name

  it('elections lets a node lead again and nobody else', async () => {
    const [one, two] = [await nodeWith(1, []), await nodeWith(2, [])]
    const checker = new ElectionSafety(group)
    checker.roleChanges(one, 'StateLeader', 4)
    checker.roleChanges(one, 'StateLeader', 4)
    checker.roleChanges(two, 'StateLeader', 5)
    expect(found(checker)).toBe(false)
    checker.roleChanges(two, 'StateLeader', 4)
    expect(found(checker)).toBe(true)
  })

  it('logs compares what comes before an entry as well', async () => {
    const [one, two] = [await nodeWith(1, [1, 3]), await nodeWith(2, [2, 3])]
    const checker = new LogMatching(group)
    checker.nodeRecovers(one)
    checker.logAppended(two, { entries: [entry(2, 3)] })
    expect(found(checker)).toBe(true)
  })

  it('commits wants a quorum that would survive a loss of power', async () => {
    const [one] = [await nodeWith(1, [1, 1]), await nodeWith(2, [1]), await nodeWith(3, [])]
    leads(one, 1)
    const checker = new CommittedOnQuorum(group)
    checker.commits(one, 1)
    expect(group.history.lastIndex).toBe(1)
    checker.commits(one, 2)
    expect(found(checker)).toBe(true)
  })

  it('commits wants both halves of a joint membership', async () => {
    const [one] = [await nodeWith(1, [1]), await nodeWith(2, [1]), await nodeWith(3, [])]
    leads(one, 1)
    one.confState = { ...one.confState, voters: [1, 2], votersOutgoing: [1, 3] }
    const checker = new CommittedOnQuorum(group)
    checker.commits(one, 1)
    expect(found(checker)).toBe(true)
  })

  it('commits wants an entry of the term that the node leads', async () => {
    const [one] = [await nodeWith(1, [1]), await nodeWith(2, [1])]
    leads(one, 2)
    const checker = new CommittedOnQuorum(group)
    checker.commits(one, 1)
    expect(found(checker)).toBe(true)
  })

  it('what is committed for good notices another entry, and one that is replaced', async () => {
    const [one, two] = [await nodeWith(1, [1, 1]), await nodeWith(2, [1, 2])]
    group.history.append([entry(1, 1), entry(2, 1)])
    const checker = new CommittedForGood(group)
    checker.commits(one, 2)
    expect(found(checker)).toBe(false)
    checker.commits(two, 2)
    expect(found(checker)).toBe(true)

    group = new GroupRecord({ index: 0, term: 0 })
    const three = await nodeWith(3, [1, 1])
    three.commit = 2
    const other = new CommittedForGood(group)
    other.logAppends(three, { entries: [entry(2, 3)] })
    expect(found(other)).toBe(true)
  })

  it('leaders looks at those that were elected before the last of a quorum was known', async () => {
    const [one, two] = [await nodeWith(1, [1]), await nodeWith(2, [2])]
    leads(two, 2)
    const checker = new LeaderCompleteness(group)
    checker.roleChanges(two, 'StateLeader', 2)
    expect(found(checker)).toBe(false)
    group.history.append([entry(1, 1)])
    checker.commits(one)
    expect(found(checker)).toBe(true)
  })

  it('recovery wants back what was durable and no unsynced change touched', async () => {
    const node = await nodeWith(1, [1, 1, 1])
    const checker = new DurableRecovery(group)
    checker.nodeRecovers(node)
    node.durableLastIndex = 3
    node.unsyncedFrom = 3
    await nodeWith(1, [1, 1])
    checker.nodeRecovers(node)
    expect(found(checker)).toBe(false)
    node.durableLastIndex = 2
    node.unsyncedFrom = Number.POSITIVE_INFINITY
    await nodeWith(1, [1])
    checker.nodeRecovers(node)
    expect(found(checker)).toBe(true)
  })

  it('recovery wants back the vote', async () => {
    const node = await nodeWith(1, [2])
    node.durableHardState = { term: 2, vote: 3, commit: 0 }
    const checker = new DurableRecovery(group)
    checker.nodeRecovers(node)
    expect(found(checker)).toBe(true)
  })

  it('positions lets nothing be applied that is not committed', async () => {
    const node = await nodeWith(1, [1, 1])
    node.commit = 1
    const checker = new MonotonePositions(group)
    checker.applies(node, [entry(1, 1)])
    expect(found(checker)).toBe(false)
    checker.applies(node, [entry(2, 1)])
    expect(found(checker)).toBe(true)
  })

  it('state machines wants the committed entries, in order and with the same results', async () => {
    const steps: ReadonlyArray<readonly [Entry, string]> = [
      [entry(2, 1), 'result'],
      [entry(1, 1, 'other'), 'result'],
      [entry(1, 1), 'other result'],
    ]
    for (const [wrong, result] of steps) {
      group = new GroupRecord({ index: 0, term: 0 })
      const [one, two] = [await nodeWith(1, [1]), await nodeWith(2, [1])]
      group.history.append([entry(1, 1), entry(2, 1)])
      const checker = new StateMachineSafety(group, String)
      checker.applies(one, [entry(1, 1)], ['result'])
      expect(found(checker)).toBe(false)
      checker.applies(two, [wrong], [result])
      expect(found(checker), wrong.data.toString()).toBe(true)
    }
  })

  it('answers wants the command committed, applied where it is answered, and answered once', async () => {
    const answer = { index: 1, term: 1, command: entry(1, 1).data, result: null }
    const wrongs = [{ ...answer, term: 2 }, { ...answer, index: 2 }, { ...answer, command: entry(2, 1).data }, answer]
    for (const wrong of wrongs) {
      group = new GroupRecord({ index: 0, term: 0 })
      const node = await nodeWith(1, [1])
      group.history.append([entry(1, 1)])
      node.applied = 1
      const checker = new HonestAnswers(group)
      checker.answered(node, answer)
      expect(found(checker)).toBe(false)
      checker.answered(node, wrong)
      expect(found(checker)).toBe(true)
    }
    group = new GroupRecord({ index: 0, term: 0 })
    const behind = await nodeWith(1, [1])
    group.history.append([entry(1, 1)])
    const checker = new HonestAnswers(group)
    checker.answered(behind, answer)
    expect(found(checker)).toBe(true)
  })
})
