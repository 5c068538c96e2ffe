import { fromBinary, toBinary } from '@bufbuild/protobuf'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { entryTypes } from '../../../../src-main/raft/core/model/entry'
import type { Message } from '../../../../src-main/raft/core/model/message'
import { messageTypes } from '../../../../src-main/raft/core/model/message'
import { decodeFrame } from '../../../../src-main/raft/transport/grpc/peer-decoder'
import { encodedSize, encodeFrame, encodeWelcome } from '../../../../src-main/raft/transport/grpc/peer-encoder'
import type { PeerMessage } from '../../../../src-main/raft/transport/peer-message'
import {
  EntryTypeSchema,
  PeerFrameSchema,
  PeerWelcomeSchema,
  RaftMessageTypeSchema,
} from '../../../../src-main/rpc/generated/sandbox/peer_pb'
import { entryTypeNumbers, messageTypeNumbers } from '../../../../src-main/raft/transport/grpc/message-types'

const number = fc.oneof(fc.nat(300), fc.maxSafeNat())
const bytes = fc.uint8Array({ maxLength: 300 })
const ids = fc.array(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), { maxLength: 4 })

const entry = fc.record({ term: number, index: number, type: fc.constantFrom(...entryTypes), data: bytes })
const confState = fc.record({
  voters: ids,
  votersOutgoing: ids,
  learners: ids,
  learnersNext: ids,
  autoLeave: fc.boolean(),
})
const snapshot = fc.record({ index: number, term: number, confState, data: bytes })
const flatMessage = {
  type: fc.constantFrom(...messageTypes),
  to: number,
  from: number,
  term: number,
  logTerm: number,
  index: number,
  entries: fc.array(entry, { maxLength: 4 }),
  commit: number,
  vote: number,
  snapshot: fc.option(snapshot, { nil: null }),
  reject: fc.boolean(),
  rejectHint: number,
  context: bytes,
  leaseTime: number,
}
const leaf: fc.Arbitrary<Message> = fc.record({ ...flatMessage, responses: fc.constant([]) })
const raftMessage: fc.Arbitrary<Message> = fc.record({ ...flatMessage, responses: fc.array(leaf, { maxLength: 2 }) })
const transfer = fc.record({ snapshot: fc.record({ index: number, term: number }), checksum: fc.nat(0xffffffff) })
const mark = fc.record({
  index: number,
  term: number,
  traceId: fc.string({ maxLength: 32 }),
  operation: fc.string({ maxLength: 20 }),
  key: fc.option(bytes, { nil: undefined }),
})
const peerMessage: fc.Arbitrary<PeerMessage> = fc.oneof(
  fc.record({
    kind: fc.constant('raft' as const),
    regionId: number,
    message: raftMessage,
    followed: fc.array(mark, { minLength: 1, maxLength: 3 }),
    messageId: fc.string({ maxLength: 20 }),
  }),
  fc.record({ kind: fc.constant('raft' as const), regionId: number, message: raftMessage }),
  fc.record({
    kind: fc.constant('snapshot-chunk' as const),
    regionId: number,
    transfer,
    totalBytes: number,
    offset: number,
    bytes,
  }),
  fc.record({
    kind: fc.constant('snapshot-progress' as const),
    regionId: number,
    transfer,
    receivedBytes: number,
    refused: fc.boolean(),
  }),
)
const hello = fc.option(fc.record({ clusterId: number, fromNodeId: number, toNodeId: number }), { nil: undefined })

describe('what nodes tell each other', () => {
  test('comes back as it was, every field', () => {
    fc.assert(
      fc.property(hello, fc.array(peerMessage, { maxLength: 5 }), (first, messages) => {
        expect(decodeFrame(encodeFrame(first, messages))).toEqual({ hello: first, messages })
      }),
    )
  })

  test('is what proto/sandbox/peer.proto says, in both directions', () => {
    fc.assert(
      fc.property(hello, fc.array(peerMessage, { maxLength: 5 }), (first, messages) => {
        const frame = encodeFrame(first, messages)
        const described = fromBinary(PeerFrameSchema, frame)
        expect(described.$unknown).toBeUndefined()
        expect(described.messages.map(({ content }) => content.case)).toEqual(
          messages.map(
            ({ kind }) =>
              ({ raft: 'raft', 'snapshot-chunk': 'snapshotChunk', 'snapshot-progress': 'snapshotProgress' })[kind],
          ),
        )
        expect(decodeFrame(toBinary(PeerFrameSchema, described))).toEqual({ hello: first, messages })
      }),
    )
  })

  test('numbers message and entry types as the protocol does', () => {
    const names = (prefix: string, values: Readonly<Record<string, number>>) =>
      Object.entries(values).map(([name, value]) => [
        prefix + name.replace(/[a-z0-9](?=[A-Z])/g, '$&_').toUpperCase(),
        value,
      ])
    expect(RaftMessageTypeSchema.values.slice(1).map(({ name, number: value }) => [name, value])).toEqual(
      names('', messageTypeNumbers),
    )
    expect(EntryTypeSchema.values.map(({ name, number: value }) => [name.replace('_V2', 'V2'), value])).toEqual(
      names('', entryTypeNumbers).map(([name, value]) => [String(name).replace('_V2', 'V2'), value]),
    )
  })

  test('its size is known before', () => {
    fc.assert(
      fc.property(peerMessage, (message) => {
        expect(encodeFrame(undefined, [message])).toHaveLength(encodedSize(message))
      }),
    )
  })

  test('bytes that are none are refused, never anything else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (garbage) => {
        try {
          decodeFrame(garbage)
        } catch (thrown) {
          expect(thrown).toMatchObject({ code: 'INVALID_ARGUMENT' })
        }
      }),
      { numRuns: 2_000 },
    )
  })

  test('a frame that is cut off is refused', () => {
    const frame = encodeFrame({ clusterId: 1, fromNodeId: 2, toNodeId: 3 }, [])
    for (let length = 1; length < frame.length; length += 1) {
      expect(() => decodeFrame(frame.subarray(0, length))).toThrow(
        expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
      )
    }
  })

  test('kinds that this version does not know are refused in words', () => {
    // messages=2 { region_id=1: 7, field 9: empty }
    expect(() => decodeFrame(new Uint8Array([0x12, 4, 0x08, 7, 0x4a, 0]))).toThrow(
      /kind that this version does not know/,
    )
    // messages=2 { raft=2 { type=1: 99 } }
    expect(() => decodeFrame(new Uint8Array([0x12, 4, 0x12, 2, 0x08, 99]))).toThrow(
      /type that this version does not know/,
    )
  })

  test('fields that this version does not know are passed over', () => {
    // field 15 of the frame as varint, 64 bits, bytes, and 32 bits
    const unknown = [0x78, 0xff, 0x01, 0x79, 1, 2, 3, 4, 5, 6, 7, 8, 0x7a, 2, 9, 9, 0x7d, 1, 2, 3, 4]
    expect(decodeFrame(new Uint8Array(unknown))).toEqual({ hello: undefined, messages: [] })
  })

  test('what is no whole number from 0 up is refused', () => {
    for (const regionId of [-1, 1.5, Number.NaN, 2 ** 53]) {
      const message: PeerMessage = {
        kind: 'snapshot-progress',
        regionId,
        transfer: { snapshot: { index: 1, term: 1 }, checksum: 1 },
        receivedBytes: 0,
        refused: false,
      }
      expect(() => encodeFrame(undefined, [message])).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }))
    }
  })

  test('a short payload does not keep a long frame alive', () => {
    const entries = [10, 5_000, 70_000].map((length, index) => ({
      term: 1,
      index,
      type: 'EntryNormal' as const,
      data: new Uint8Array(length).fill(index),
    }))
    const message = { ...emptyMessage(), entries }
    const frame = encodeFrame(undefined, [{ kind: 'raft', regionId: 1, message }])
    const [decoded] = decodeFrame(frame).messages
    const shares =
      decoded?.kind === 'raft' ? decoded.message.entries.map(({ data }) => data.buffer === frame.buffer) : []
    expect(shares).toEqual([false, true, true])
  })

  test('the welcome is what the protocol says', () => {
    expect(fromBinary(PeerWelcomeSchema, encodeWelcome(5, 20_001))).toMatchObject({ clusterId: 5n, nodeId: 20_001n })
  })
})

function emptyMessage(): Message {
  return {
    type: 'MsgApp',
    to: 2,
    from: 1,
    term: 1,
    logTerm: 0,
    index: 0,
    entries: [],
    commit: 0,
    vote: 0,
    snapshot: null,
    reject: false,
    rejectHint: 0,
    context: new Uint8Array(0),
    leaseTime: 0,
    responses: [],
  }
}
