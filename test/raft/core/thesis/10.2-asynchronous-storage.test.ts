import { describe, expect, it } from 'vitest'
import { decodeConfChange } from '../../../../src-main/raft/core/model/conf-change'
import type { Message, MessageDraft, MessageType } from '../../../../src-main/raft/core/model/message'
import { draftMessage } from '../../../../src-main/raft/core/model/message'
import { Member, bytesOf, entriesOfTerms } from '../support/cluster'

const CONF_STATE = { voters: [1, 2, 3], votersOutgoing: [], learners: [], learnersNext: [], autoLeave: false }

/** A node whose two storage threads work only when they are told to. */
class AsyncMember extends Member {
  readonly appendWork: Message[] = []
  readonly applyWork: Message[] = []
  readonly sent: Message[] = []

  constructor(id: number) {
    super(id, CONF_STATE, { asyncStorageWrites: true, preVote: false, checkQuorum: false })
  }

  handOut(): void {
    while (this.raw.hasReady()) {
      for (const message of this.raw.ready().messages) {
        if (message.type === 'MsgStorageAppend') this.appendWork.push(message)
        else if (message.type === 'MsgStorageApply') this.applyWork.push(message)
        else this.sent.push(message)
      }
    }
  }

  /** The append thread makes its oldest work durable and answers. */
  append(): void {
    const work = this.appendWork.shift()
    if (work === undefined) throw new Error('the append thread has nothing to do')
    if (work.term !== 0) this.storage.setHardState({ term: work.term, vote: work.vote, commit: work.commit })
    if (work.snapshot !== null) this.storage.applySnapshot(work.snapshot)
    this.storage.append(work.entries)
    this.#deliver(work)
  }

  /** The apply thread applies its oldest work and answers. */
  applyOldest(): void {
    const work = this.applyWork.shift()
    if (work === undefined) throw new Error('the apply thread has nothing to do')
    for (const entry of work.entries) {
      if (entry.type !== 'EntryNormal') this.raw.applyConfChange(decodeConfChange(entry), entry.index)
    }
    this.applied.push(...work.entries)
    this.#deliver(work)
  }

  #deliver(work: Message): void {
    for (const response of work.responses) {
      if (response.to === this.id) expect(this.raw.step(response)).toBeUndefined()
      else this.sent.push(response)
    }
    this.handOut()
  }

  receive(type: MessageType, from: number, fields: Partial<MessageDraft>): void {
    expect(this.raw.step(Object.assign(draftMessage(type, this.id), { from }, fields))).toBeUndefined()
    this.handOut()
  }

  /** The messages to others since the last time, in short. */
  takeSent(): readonly string[] {
    return this.sent
      .splice(0)
      .map(({ type, to, index, reject }) => `${type} to ${to} at ${index}${reject ? ' rejected' : ''}`)
  }
}

function electedLeader(): AsyncMember {
  const leader = new AsyncMember(1)
  leader.raw.campaign()
  leader.handOut()
  leader.append()
  leader.receive('MsgVoteResp', 2, { term: 1 })
  leader.takeSent()
  return leader
}

describe('thesis section 10.2.1: writing to the leader’s disk in parallel, with acknowledged storage', () => {
  it('a vote leaves only after it is durable, and a candidate’s own vote counts only then', () => {
    const voter = new AsyncMember(1)
    voter.receive('MsgVote', 2, { term: 1, index: 1, logTerm: 1 })
    expect(voter.takeSent()).toEqual([])
    voter.append()
    expect(voter.storage.initialState().hardState).toEqual({ term: 1, vote: 2, commit: 1 })
    expect(voter.takeSent()).toEqual(['MsgVoteResp to 2 at 0'])

    const candidate = new AsyncMember(1)
    candidate.raw.campaign()
    candidate.handOut()
    candidate.receive('MsgVoteResp', 2, { term: 1 })
    expect(candidate.raw.isLeader).toBe(false)
    candidate.append()
    expect(candidate.raw.isLeader).toBe(true)
  })

  it('a follower acknowledges entries only after they are durable', () => {
    const follower = new AsyncMember(2)
    follower.receive('MsgApp', 1, { term: 1, index: 1, logTerm: 1, entries: entriesOfTerms([1]) })
    expect(follower.takeSent()).toEqual([])
    expect(follower.raw.status().log).toMatchObject({ lastIndex: 2, written: 2, durable: 1 })
    follower.append()
    expect(follower.takeSent()).toEqual(['MsgAppResp to 1 at 2'])
    expect(follower.raw.status().log).toMatchObject({ written: 2, durable: 2 })
  })

  it('a rejection waits as well, behind what is being written', () => {
    const follower = new AsyncMember(2)
    follower.receive('MsgApp', 1, { term: 1, index: 9, logTerm: 1 })
    expect(follower.takeSent()).toEqual([])
    follower.append()
    expect(follower.takeSent()).toEqual(['MsgAppResp to 1 at 9 rejected'])
  })

  it('a leader sends entries before they are durable at home, and they can be committed without it', () => {
    const leader = electedLeader()
    leader.receive('MsgAppResp', 2, { term: 1, index: 2 })
    leader.takeSent()
    leader.raw.propose(bytesOf('a'))
    leader.handOut()
    expect(leader.takeSent()).toEqual(['MsgApp to 2 at 2'])
    expect(leader.raw.status().log).toMatchObject({ lastIndex: 3, durable: 1, committed: 1 })
    leader.receive('MsgAppResp', 2, { term: 1, index: 3 })
    expect(leader.raw.status().log.committed).toBe(1)
    leader.receive('MsgAppResp', 3, { term: 1, index: 3 })
    expect(leader.raw.status().log).toMatchObject({ committed: 3, durable: 1 })
  })

  it('written, durable and applied are three moments', () => {
    const leader = electedLeader()
    leader.raw.propose(bytesOf('a'))
    leader.handOut()
    const moments = () => {
      const { written, durable, committed, applying, applied } = leader.raw.status().log
      return { written, durable, committed, applying, applied }
    }
    expect(moments()).toEqual({ written: 3, durable: 1, committed: 1, applying: 1, applied: 1 })
    leader.append()
    leader.append()
    expect(moments()).toMatchObject({ durable: 3, committed: 1 })
    leader.receive('MsgAppResp', 2, { term: 1, index: 3 })
    expect(moments()).toMatchObject({ committed: 3, applying: 3, applied: 1 })
    leader.applyOldest()
    expect(moments()).toEqual({ written: 3, durable: 3, committed: 3, applying: 3, applied: 3 })
  })

  it('entries that are committed and not durable here are not handed out for applying', () => {
    const leader = electedLeader()
    leader.receive('MsgAppResp', 2, { term: 1, index: 2 })
    leader.receive('MsgAppResp', 3, { term: 1, index: 2 })
    expect(leader.raw.status().log).toMatchObject({ committed: 2, durable: 1 })
    expect(leader.applyWork).toEqual([])
    leader.append()
    expect(leader.applyWork.flatMap(({ entries }) => entries.map(({ index }) => index))).toEqual([2])
  })

  it('an acknowledgement of an earlier term is not believed, because what it wrote may be overwritten again', () => {
    const follower = new AsyncMember(2)
    const first = entriesOfTerms([1])
    follower.receive('MsgApp', 1, { term: 1, index: 1, logTerm: 1, entries: first })
    // Another leader replaces the entry while it is being written, and the first leader, in a third term, brings it
    // back.
    follower.receive('MsgApp', 3, { term: 2, index: 1, logTerm: 1, entries: entriesOfTerms([2]) })
    follower.receive('MsgApp', 1, { term: 3, index: 1, logTerm: 1, entries: first })
    expect(follower.appendWork).toHaveLength(3)
    follower.append()
    expect(follower.logger.lines).toContain(
      'INFO 2 [term: 3] ignored entry appends from a MsgStorageAppendResp message with lower term [term: 1]',
    )
    expect(follower.raw.status().log.durable).toBe(1)
    follower.append()
    expect(follower.raw.status().log.durable).toBe(1)
    follower.append()
    expect(follower.raw.status().log.durable).toBe(2)
    expect(follower.storedTerms).toEqual([1])
  })

  it('within a term an acknowledgement counts only if the entry is still the one that was written', () => {
    const follower = new AsyncMember(2)
    follower.receive('MsgApp', 1, { term: 1, index: 1, logTerm: 1, entries: entriesOfTerms([1, 1]) })
    follower.append()
    follower.receive('MsgApp', 3, { term: 2, index: 1, logTerm: 1, entries: entriesOfTerms([2]) })
    expect(follower.raw.status().log).toMatchObject({ lastIndex: 2, durable: 1 })
    follower.append()
    expect(follower.raw.status().log.durable).toBe(2)
    expect(follower.storedTerms).toEqual([2])
  })

  it('a snapshot counts even if its acknowledgement is of an earlier term', () => {
    const follower = new AsyncMember(2)
    const snapshot = { index: 9, term: 1, confState: CONF_STATE, data: bytesOf('state') }
    follower.receive('MsgSnap', 1, { term: 1, snapshot })
    follower.receive('MsgHeartbeat', 3, { term: 2, commit: 9 })
    follower.append()
    expect(follower.raw.status().log).toMatchObject({ firstIndex: 10, durable: 9, applied: 9 })
  })

  it('there is no advance', () => {
    expect(() => new AsyncMember(1).raw.advance()).toThrowError(/no advance/)
  })
})
