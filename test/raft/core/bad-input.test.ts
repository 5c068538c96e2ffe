import { describe, expect, it } from 'vitest'
import type { RaftConfig } from '../../../src-main/raft/core/config'
import { RaftError } from '../../../src-main/raft/core/errors'
import { MemoryStorage } from '../../../src-main/raft/core/log/memory-storage'
import { encodeConfChange } from '../../../src-main/raft/core/model/conf-change'
import type { Entry } from '../../../src-main/raft/core/model/entry'
import { NO_BYTES } from '../../../src-main/raft/core/model/entry'
import type { MessageDraft, MessageType } from '../../../src-main/raft/core/model/message'
import { draftMessage, messageTypes } from '../../../src-main/raft/core/model/message'
import { APPEND_THREAD } from '../../../src-main/raft/core/model/node-id'
import { RawNode } from '../../../src-main/raft/core/raw-node'
import { Cluster, bytesOf, entriesOfTerms } from './support/cluster'

const MAX = Number.MAX_SAFE_INTEGER

function follower() {
  const cluster = new Cluster([1, 2, 3])
  cluster.campaign(2)
  return cluster.member(1)
}

/** Steps what is given into a follower of node 2 and expects that it changes nothing. */
function expectRefused(type: string, from: number, fields: Partial<MessageDraft>, code: string, sentence: RegExp) {
  const { raw } = follower()
  const before = raw.status()
  const message = Object.assign(draftMessage(type as MessageType, 1), { from, term: 1 }, fields)
  const refusal = raw.step(message)
  expect(refusal).toMatchObject({ code, leader: 2 })
  expect(refusal?.message).toMatch(sentence)
  expect(raw.status()).toEqual(before)
  expect(raw.hasReady()).toBe(false)
}

describe('bad messages change nothing and are refused with a reason', () => {
  it.each(['MsgNonsense', '', 'msgapp', '__proto__'])('unknown message type "%s"', (type) => {
    expectRefused(type, 2, {}, 'UNKNOWN_MESSAGE_TYPE', /is not known/)
  })

  it.each(['MsgHup', 'MsgBeat', 'MsgCheckQuorum', 'MsgUnreachable', 'MsgSnapStatus', 'MsgForgetLeader'])(
    'the local message %s from outside',
    (type) => {
      expectRefused(type, 2, {}, 'LOCAL_MESSAGE', /this node itself/)
    },
  )

  it.each(['MsgStorageAppend', 'MsgStorageAppendResp', 'MsgStorageApply', 'MsgStorageApplyResp'])(
    'a %s that pretends to come from storage',
    (type) => {
      expectRefused(type, 2, {}, 'LOCAL_MESSAGE', /this node itself/)
    },
  )

  it('a storage thread that speaks like a peer', () => {
    expectRefused('MsgApp', APPEND_THREAD, {}, 'LOCAL_MESSAGE', /storage thread/)
  })

  it.each(['MsgAppResp', 'MsgVoteResp', 'MsgPreVoteResp', 'MsgHeartbeatResp', 'MsgReadIndexResp'])(
    'a %s from a stranger',
    (type) => {
      expectRefused(type, 9, { context: bytesOf('x') }, 'UNKNOWN_PEER', /node 9, which is not a member/)
    },
  )

  it('a message for somebody else', () => {
    expectRefused('MsgHeartbeat', 2, { to: 3 }, 'WRONG_RECEIVER', /for node 3 came to node 1/)
  })

  it.each([0, -3, 1.5, Number.NaN, MAX + 1])('sender %d', (from) => {
    expectRefused('MsgHeartbeat', from, {}, 'MALFORMED_MESSAGE', /cannot be the id of a sender/)
  })

  it.each<[keyof MessageDraft, number]>([
    ['term', MAX + 1],
    ['term', -1],
    ['term', 0.5],
    ['term', Number.NaN],
    ['term', 0],
    ['logTerm', MAX + 1],
    ['index', MAX],
    ['index', -1],
    ['commit', Number.POSITIVE_INFINITY],
    ['rejectHint', MAX],
    ['leaseTime', -1],
  ])('%s %d', (field, value) => {
    expectRefused('MsgHeartbeat', 2, { [field]: value }, 'MALFORMED_MESSAGE', /malformed: (it has no term|\w+ is )/)
  })

  it('fields of the wrong kind', () => {
    const wrong = (fields: object) => {
      expectRefused('MsgHeartbeat', 2, fields as Partial<MessageDraft>, 'MALFORMED_MESSAGE', /malformed/)
    }
    wrong({ term: '1' })
    wrong({ term: undefined })
    wrong({ commit: 1n })
    wrong({ context: 'x' })
    wrong({ context: null })
    wrong({ entries: null })
  })

  it.each<[string, readonly Entry[], RegExp]>([
    ['a gap', entriesOfTerms([1], 5), /entry 5 stands where 3 should/],
    ['an index at the edge', [{ ...firstEntry(), index: MAX }], /the index of an entry is/],
    ['a term that falls', entriesOfTerms([1, 0], 3), /term 0 of entry 4/],
    ['a term beyond its leader’s', entriesOfTerms([7], 3), /term 7 of entry 3 does not fit between 1 and 1/],
    ['an unknown type', [{ ...firstEntry(), type: 'EntryOdd' as 'EntryNormal' }], /entry type "EntryOdd"/],
    ['data that is none', [{ ...firstEntry(), data: 'x' as unknown as Uint8Array }], /no byte array/],
    [
      'a change that cannot be read',
      [{ ...firstEntry(), type: 'EntryConfChange', data: bytesOf('?') }],
      /cannot be decoded/,
    ],
  ])('entries with %s', (_fault, entries, sentence) => {
    expectRefused('MsgApp', 2, { index: 2, logTerm: 1, entries }, 'MALFORMED_MESSAGE', sentence)
  })

  it('a snapshot that is missing, empty, or contradicts itself', () => {
    const snapshot = (fields: object) => ({
      index: 9,
      term: 1,
      data: NO_BYTES,
      confState: { voters: [1, 2, 3], votersOutgoing: [], learners: [], learnersNext: [], autoLeave: false },
      ...fields,
    })
    const refused = (value: ReturnType<typeof snapshot> | null, sentence: RegExp) => {
      expectRefused('MsgSnap', 2, { snapshot: value }, 'MALFORMED_MESSAGE', sentence)
    }
    const { confState } = snapshot({})
    refused(null, /no snapshot/)
    refused(snapshot({ index: 0 }), /index of the snapshot/)
    refused(snapshot({ index: MAX }), /index of the snapshot/)
    refused(snapshot({ term: MAX + 1 }), /term of the snapshot/)
    refused(snapshot({ confState: { ...confState, voters: [1, 1] } }), /names a member twice/)
    refused(snapshot({ confState: { ...confState, voters: [0] } }), /0 in voters/)
    refused(snapshot({ confState: { ...confState, voters: [], learners: [1] } }), /removed all voters/)
    refused(snapshot({ confState: { ...confState, learners: [2] } }), /2 is in Learners and Voters/)
    refused(snapshot({ confState: { ...confState, learnersNext: [2] } }), /LearnersNext/)
    refused(snapshot({ confState: { ...confState, autoLeave: true } }), /AutoLeave must be false/)
  })

  it('a forwarded proposal of nothing, or of a change that cannot be read', () => {
    expectRefused('MsgProp', 2, { term: 0 }, 'MALFORMED_MESSAGE', /proposes nothing/)
    const entry: Entry = { term: 0, index: 0, type: 'EntryConfChangeV2', data: bytesOf('?') }
    expectRefused('MsgProp', 2, { term: 0, entries: [entry] }, 'MALFORMED_MESSAGE', /cannot be decoded/)
  })

  it('a read without a token', () => {
    expectRefused('MsgReadIndex', 2, { term: 0 }, 'MALFORMED_MESSAGE', /token/)
  })

  it('whatever type comes with whatever numbers, a node that is not told to stop goes on', () => {
    for (const type of messageTypes) {
      for (const value of [MAX, MAX - 1, -1, 0]) {
        const { raw } = follower()
        raw.step(
          Object.assign(draftMessage(type, 1), { from: 2, term: value, index: value, logTerm: value, commit: 0 }),
        )
        raw.tick()
        expect(raw.status().log.committed).toBe(2)
      }
    }
  })
})

describe('the edge of the numbers', () => {
  it('a node in the last term does not campaign, and says so', () => {
    const { raw, logger, process } = edgeNode({ term: MAX, vote: 0, commit: 1 }, 1)
    raw.campaign()
    expect(raw.status()).toMatchObject({ role: 'StateFollower', term: MAX })
    expect(logger.at(-1)).toBe(`ERROR 1 cannot campaign at term ${MAX} since there is no higher term`)
    process()
  })

  it('a node whose log ends at the last index does not campaign, and a leader takes no more than fits', () => {
    const full = edgeNode({ term: 1, vote: 0, commit: MAX - 2 }, MAX - 1)
    full.raw.campaign()
    expect(full.raw.status().role).toBe('StateFollower')
    expect(full.logger.at(-1)).toMatch(/its log has no room/)

    const almost = edgeNode({ term: 1, vote: 0, commit: MAX - 5 }, MAX - 4)
    almost.raw.campaign()
    almost.process()
    expect(almost.raw.isLeader).toBe(true)
    const { log } = almost.raw.status()
    expect(almost.raw.proposeAll([NO_BYTES, NO_BYTES, NO_BYTES])).toMatchObject({
      refusal: { code: 'INDEX_EXHAUSTED' },
    })
    expect(almost.raw.status().log).toEqual(log)
    expect(almost.raw.propose(NO_BYTES)).toMatchObject({ kind: 'appended', lastIndex: MAX - 2 })
  })

  it('an acknowledgement beyond the end of the log is ignored', () => {
    const cluster = new Cluster([1, 2, 3])
    cluster.campaign(1)
    const { raw, logger } = cluster.member(1)
    raw.step(Object.assign(draftMessage('MsgAppResp', 1), { from: 2, term: 1, index: 99 }))
    expect(raw.status().members[1]).toMatchObject({ match: 2, next: 3 })
    expect(logger.lines.at(-1)).toMatch(/^WARN 1 ignored an acknowledgement of index 99 from 2/)
  })

  it('a member id that is none is refused before anything is proposed', () => {
    const cluster = new Cluster([1, 2, 3])
    cluster.campaign(1)
    const { lastIndex } = cluster.raw(1).status().log
    for (const nodeId of [-1, 1.5, MAX + 1, Number.NaN]) {
      const change = { version: 1, type: 'ConfChangeAddNode', nodeId, context: NO_BYTES } as const
      expect(() => cluster.raw(1).proposeConfChange(change)).toThrowError(RaftError)
      expect(() => encodeConfChange(change)).toThrowError(/cannot be the id of a member/)
      expect(() => cluster.raw(1).transferLeader(nodeId)).toThrowError(/cannot be the id of a member/)
    }
    expect(cluster.raw(1).status().log.lastIndex).toBe(lastIndex)
  })
})

describe('bad configurations are refused with a reason', () => {
  const good = (): RaftConfig => ({
    id: 1,
    storage: new MemoryStorage(),
    electionTicks: 10,
    heartbeatTicks: 1,
    random: { integer: (low) => low },
  })

  it.each<[Partial<RaftConfig>, RegExp]>([
    [{ id: 0 }, /id must be a positive safe integer/],
    [{ id: -1 }, /id must be/],
    [{ id: 1.5 }, /id must be/],
    [{ heartbeatTicks: 0 }, /heartbeatTicks must be a whole number of at least 1/],
    [{ electionTicks: 1 }, /electionTicks must be greater than heartbeatTicks/],
    [{ electionTicks: 2.5 }, /electionTicks must be a whole number/],
    [{ applied: -1 }, /applied must be/],
    [{ maxMessageBytes: -1 }, /maxMessageBytes must be/],
    [{ maxApplyingBytes: 0 }, /maxApplyingBytes must be/],
    [{ maxUncommittedBytes: 0 }, /maxUncommittedBytes must be/],
    [{ maxInflightMessages: 0 }, /maxInflightMessages must be/],
    [{ maxMessageBytes: 10, maxInflightBytes: 5 }, /maxInflightBytes must not be less than maxMessageBytes/],
    [{ readMode: 'lease', checkQuorum: false }, /readMode lease needs checkQuorum/],
    [{ readMode: 'lease', maxClockDriftTicks: 9 }, /no lease would ever hold/],
  ])('%j', (wrong, sentence) => {
    expect(() => new RawNode({ ...good(), ...wrong })).toThrowError(sentence)
    expect(() => new RawNode({ ...good(), ...wrong })).toThrowError(RaftError)
  })

  it('two Readys without an advance, and an advance without a Ready', () => {
    const node = new RawNode(good())
    expect(() => node.advance()).toThrowError(/call ready\(\) first/)
    node.ready()
    expect(() => node.ready()).toThrowError(/not advanced/)
    node.advance()
    expect(() => node.setElectionTimeout(0)).toThrowError(/whole number of ticks/)
  })
})

function firstEntry(): Entry {
  return { term: 1, index: 3, type: 'EntryNormal', data: NO_BYTES }
}

/** The only voter of a group, with its log at the edge of what can be counted. */
function edgeNode(hardState: { term: number; vote: number; commit: number }, lastIndex: number) {
  const storage = new MemoryStorage()
  const confState = { voters: [1], votersOutgoing: [], learners: [], learnersNext: [], autoLeave: false }
  storage.applySnapshot({ index: lastIndex, term: 1, confState, data: NO_BYTES })
  storage.setHardState({ ...hardState, commit: lastIndex })
  const logger: string[] = []
  const write = (level: string) => (line: string) => void logger.push(`${level} ${line}`)
  const raw = new RawNode({
    id: 1,
    storage,
    electionTicks: 10,
    heartbeatTicks: 1,
    preVote: false,
    random: { integer: (low) => low },
    applied: lastIndex,
    logger: {
      debug: write('DEBUG'),
      info: write('INFO'),
      warning: write('WARN'),
      error: write('ERROR'),
      fatal: write('FATAL'),
    },
  })
  const process = () => {
    while (raw.hasReady()) {
      storage.append(raw.ready().entries)
      raw.advance()
    }
  }
  return { raw, logger, process }
}
