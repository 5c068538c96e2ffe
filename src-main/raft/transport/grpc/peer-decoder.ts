import type { ConfState } from '../../core/model/conf-state'
import type { Entry } from '../../core/model/entry'
import type { Message, MessageDraft } from '../../core/model/message'
import type { Snapshot } from '../../core/model/snapshot'
import type { FollowedMark, PeerMessage, SnapshotTransferId } from '../peer-message'
import { entryTypesByNumber, messageTypesByNumber } from './message-types'
import type { PeerHello } from './peer-encoder'
import { malformed, WireReader } from './wire-reader'

/** What arrives in one frame. */
export interface PeerFrame {
  readonly hello: PeerHello | undefined
  readonly messages: readonly PeerMessage[]
}

const NO_BYTES = new Uint8Array(0)
const NO_ENTRIES: readonly Entry[] = Object.freeze([])
const NO_MESSAGES: readonly Message[] = Object.freeze([])
const NOBODY: ConfState = Object.freeze({
  voters: [],
  votersOutgoing: [],
  learners: [],
  learnersNext: [],
  autoLeave: false,
})
const NO_TRANSFER: SnapshotTransferId = { snapshot: { index: 0, term: 0 }, checksum: 0 }

/** An entry may live long in a cache; one shorter than this does not keep a frame longer than that alive. */
const SHORT_PAYLOAD_BYTES = 4 * 1024
const LONG_FRAME_BYTES = 64 * 1024

/**
 * Reads a PeerFrame of proto/sandbox/peer.proto. Payloads are views of the frame, but for short ones in long frames.
 *
 * @throws SandboxError INVALID_ARGUMENT for bytes that are none, and for kinds that this version does not know
 */
export function decodeFrame(frame: Uint8Array): PeerFrame {
  const reader = new WireReader(frame)
  const isLong = frame.length > LONG_FRAME_BYTES
  let hello: PeerHello | undefined
  const messages: PeerMessage[] = []
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    if (field === 1) hello = reader.message(readHello)
    else if (field === 2) messages.push(reader.message(isLong ? readMessageOfLongFrame : readMessageOfShortFrame))
    else reader.skip()
  }
  return { hello, messages }
}

/** Both made once: a closure for each message would be made for nothing. */
const readMessageOfLongFrame = (reader: WireReader): PeerMessage => readPeerMessage(reader, true)
const readMessageOfShortFrame = (reader: WireReader): PeerMessage => readPeerMessage(reader, false)

function readHello(reader: WireReader): PeerHello {
  let clusterId = 0
  let fromNodeId = 0
  let toNodeId = 0
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    if (field === 1) clusterId = reader.number()
    else if (field === 2) fromNodeId = reader.number()
    else if (field === 3) toNodeId = reader.number()
    else reader.skip()
  }
  return { clusterId, fromNodeId, toNodeId }
}

function readPeerMessage(reader: WireReader, isLong: boolean): PeerMessage {
  let regionId = 0
  let content: PeerMessage | undefined
  let followed: FollowedMark[] | undefined
  let messageId = ''
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    if (field === 1) regionId = reader.number()
    else if (field === 2) {
      content = { kind: 'raft', regionId, message: reader.message((inner) => readRaft(inner, isLong)) }
    } else if (field === 3) content = reader.message(readChunk)
    else if (field === 4) content = reader.message(readProgress)
    else if (field === 5) {
      followed ??= []
      followed.push(reader.message(readMark))
    } else if (field === 6) messageId = textOf(reader.data())
    else reader.skip()
  }
  if (content === undefined) {
    throw malformed('a message is of a kind that this version does not know; let all nodes run the same version')
  }
  if (followed !== undefined && content.kind === 'raft') return { ...content, regionId, followed, messageId }
  return content.regionId === regionId ? content : { ...content, regionId }
}

const textDecoder = new TextDecoder()
const textOf = (bytes: Uint8Array): string => textDecoder.decode(bytes)

function readMark(reader: WireReader): FollowedMark {
  let index = 0
  let term = 0
  let traceId = ''
  let operation = ''
  let key: Uint8Array | undefined
  let hasKey = false
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    if (field === 1) index = reader.number()
    else if (field === 2) term = reader.number()
    else if (field === 3) traceId = textOf(reader.data())
    else if (field === 4) operation = textOf(reader.data())
    else if (field === 5) key = reader.data().slice()
    else if (field === 6) hasKey = reader.boolean()
    else reader.skip()
  }
  return { index, term, traceId, operation, key: hasKey ? (key ?? NO_BYTES) : undefined }
}

function readRaft(reader: WireReader, isLong: boolean): Message {
  const message = emptyMessage()
  let type: Message['type'] | undefined
  let entries: Entry[] | undefined
  let responses: Message[] | undefined
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    switch (field) {
      case 1:
        type = messageTypesByNumber[reader.number()]
        break
      case 2:
        message.to = reader.number()
        break
      case 3:
        message.from = reader.number()
        break
      case 4:
        message.term = reader.number()
        break
      case 5:
        message.logTerm = reader.number()
        break
      case 6:
        message.index = reader.number()
        break
      case 7:
        entries ??= []
        entries.push(reader.message((inner) => readEntry(inner, isLong)))
        break
      case 8:
        message.commit = reader.number()
        break
      case 9:
        message.vote = reader.number()
        break
      case 10:
        message.snapshot = reader.message(readSnapshot)
        break
      case 11:
        message.reject = reader.boolean()
        break
      case 12:
        message.rejectHint = reader.number()
        break
      case 13:
        message.context = reader.data().slice()
        break
      case 14:
        message.leaseTime = reader.number()
        break
      case 15:
        responses ??= []
        responses.push(reader.message((inner) => readRaft(inner, isLong)))
        break
      default:
        reader.skip()
    }
  }
  if (type === undefined) {
    throw malformed('a Raft message is of a type that this version does not know; let all nodes run the same version')
  }
  message.type = type
  if (entries !== undefined) message.entries = entries
  if (responses !== undefined) message.responses = responses
  return message
}

function emptyMessage(): MessageDraft {
  return {
    type: 'MsgHup',
    to: 0,
    from: 0,
    term: 0,
    logTerm: 0,
    index: 0,
    entries: NO_ENTRIES,
    commit: 0,
    vote: 0,
    snapshot: null,
    reject: false,
    rejectHint: 0,
    context: NO_BYTES,
    leaseTime: 0,
    responses: NO_MESSAGES,
  }
}

function readEntry(reader: WireReader, isLong: boolean): Entry {
  let term = 0
  let index = 0
  let type: Entry['type'] | undefined = 'EntryNormal'
  let data = NO_BYTES as Uint8Array
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    if (field === 1) term = reader.number()
    else if (field === 2) index = reader.number()
    else if (field === 3) type = entryTypesByNumber[reader.number()]
    else if (field === 4) data = reader.data()
    else reader.skip()
  }
  if (type === undefined) throw malformed('an entry is of a type that this version does not know')
  return { term, index, type, data: isLong && data.length < SHORT_PAYLOAD_BYTES ? data.slice() : data }
}

function readSnapshot(reader: WireReader): Snapshot {
  let index = 0
  let term = 0
  let confState = NOBODY
  let data = NO_BYTES as Uint8Array
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    if (field === 1) index = reader.number()
    else if (field === 2) term = reader.number()
    else if (field === 3) confState = reader.message(readConfState)
    else if (field === 4) data = reader.data()
    else reader.skip()
  }
  return { index, term, confState, data }
}

function readConfState(reader: WireReader): ConfState {
  const voters: number[] = []
  const votersOutgoing: number[] = []
  const learners: number[] = []
  const learnersNext: number[] = []
  let autoLeave = false
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    if (field === 1) reader.numbers(voters)
    else if (field === 2) reader.numbers(votersOutgoing)
    else if (field === 3) reader.numbers(learners)
    else if (field === 4) reader.numbers(learnersNext)
    else if (field === 5) autoLeave = reader.boolean()
    else reader.skip()
  }
  return { voters, votersOutgoing, learners, learnersNext, autoLeave }
}

function readChunk(reader: WireReader): PeerMessage {
  let transfer = NO_TRANSFER
  let totalBytes = 0
  let offset = 0
  let bytes = NO_BYTES as Uint8Array
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    if (field === 1) transfer = reader.message(readTransfer)
    else if (field === 2) totalBytes = reader.number()
    else if (field === 3) offset = reader.number()
    else if (field === 4) bytes = reader.data()
    else reader.skip()
  }
  return { kind: 'snapshot-chunk', regionId: 0, transfer, totalBytes, offset, bytes }
}

function readProgress(reader: WireReader): PeerMessage {
  let transfer = NO_TRANSFER
  let receivedBytes = 0
  let refused = false
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    if (field === 1) transfer = reader.message(readTransfer)
    else if (field === 2) receivedBytes = reader.number()
    else if (field === 3) refused = reader.boolean()
    else reader.skip()
  }
  return { kind: 'snapshot-progress', regionId: 0, transfer, receivedBytes, refused }
}

function readTransfer(reader: WireReader): SnapshotTransferId {
  let index = 0
  let term = 0
  let checksum = 0
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    if (field === 1) index = reader.number()
    else if (field === 2) term = reader.number()
    else if (field === 3) checksum = reader.number()
    else reader.skip()
  }
  return { snapshot: { index, term }, checksum }
}
