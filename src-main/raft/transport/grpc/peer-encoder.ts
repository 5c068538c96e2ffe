import { assert } from '../../../base/assert'
import type { ConfState } from '../../core/model/conf-state'
import type { Entry } from '../../core/model/entry'
import type { Message } from '../../core/model/message'
import type { Snapshot } from '../../core/model/snapshot'
import type { FollowedMark, PeerMessage, SnapshotTransferId } from '../peer-message'
import { entryTypeNumbers, messageTypeNumbers } from './message-types'
import { lengthFieldSize, numberFieldSize, varintSize, WireWriter } from './wire-writer'

/** The first words of a stream between two nodes. */
export interface PeerHello {
  readonly clusterId: number
  readonly fromNodeId: number
  readonly toNodeId: number
}

/**
 * A PeerFrame of proto/sandbox/peer.proto. Sizes are worked out first, so every payload is copied once, to its place.
 *
 * @throws SandboxError INVALID_ARGUMENT for a message with a number that is not whole and from 0 up
 */
export function encodeFrame(hello: PeerHello | undefined, messages: readonly PeerMessage[]): Uint8Array {
  const sizes = messages.map(contentSize)
  let size = hello === undefined ? 0 : lengthFieldSize(helloSize(hello))
  messages.forEach((message, position) => {
    size += lengthFieldSize(peerMessageSize(message, sizes[position] ?? 0))
  })
  const writer = new WireWriter(size)
  if (hello !== undefined) {
    writer.message(1, helloSize(hello))
    writer.number(1, hello.clusterId)
    writer.number(2, hello.fromNodeId)
    writer.number(3, hello.toNodeId)
  }
  messages.forEach((message, position) => {
    writePeerMessage(writer, message, sizes[position] ?? 0)
  })
  assert(writer.isFull, 'the size of a frame that was worked out is the size that it has')
  return writer.bytes
}

/** Bytes that a message takes in a frame. */
export function encodedSize(message: PeerMessage): number {
  return lengthFieldSize(peerMessageSize(message, contentSize(message)))
}

function helloSize({ clusterId, fromNodeId, toNodeId }: PeerHello): number {
  return numberFieldSize(clusterId) + numberFieldSize(fromNodeId) + numberFieldSize(toNodeId)
}

function peerMessageSize(message: PeerMessage, size: number): number {
  const plainSize = numberFieldSize(message.regionId) + lengthFieldSize(size)
  if (message.kind !== 'raft' || message.followed === undefined) return plainSize
  let followedSize = dataFieldSize(textBytes(message.messageId ?? ''))
  for (const mark of message.followed) followedSize += lengthFieldSize(markSize(mark))
  return plainSize + followedSize
}

function markSize({ index, term, traceId, operation, key }: FollowedMark): number {
  return (
    numberFieldSize(index) +
    numberFieldSize(term) +
    dataFieldSize(textBytes(traceId)) +
    dataFieldSize(textBytes(operation)) +
    (key === undefined ? 0 : dataFieldSize(key) + numberFieldSize(1))
  )
}

function writeMark(writer: WireWriter, mark: FollowedMark): void {
  writer.message(5, markSize(mark))
  writer.number(1, mark.index)
  writer.number(2, mark.term)
  writer.data(3, textBytes(mark.traceId))
  writer.data(4, textBytes(mark.operation))
  if (mark.key === undefined) return
  writer.data(5, mark.key)
  writer.boolean(6, true)
}

const textEncoder = new TextEncoder()
const textBytes = (text: string): Uint8Array => textEncoder.encode(text)

function contentSize(message: PeerMessage): number {
  switch (message.kind) {
    case 'raft':
      return raftSize(message.message)
    case 'snapshot-chunk':
      return (
        lengthFieldSize(transferSize(message.transfer)) +
        numberFieldSize(message.totalBytes) +
        numberFieldSize(message.offset) +
        dataFieldSize(message.bytes)
      )
    case 'snapshot-progress':
      return (
        lengthFieldSize(transferSize(message.transfer)) +
        numberFieldSize(message.receivedBytes) +
        numberFieldSize(message.refused ? 1 : 0)
      )
  }
}

function writePeerMessage(writer: WireWriter, message: PeerMessage, size: number): void {
  writer.message(2, peerMessageSize(message, size))
  writer.number(1, message.regionId)
  switch (message.kind) {
    case 'raft':
      writer.message(2, size)
      writeRaft(writer, message.message)
      if (message.followed === undefined) return
      for (const mark of message.followed) writeMark(writer, mark)
      writer.data(6, textBytes(message.messageId ?? ''))
      return
    case 'snapshot-chunk':
      writer.message(3, size)
      writeTransfer(writer, message.transfer)
      writer.number(2, message.totalBytes)
      writer.number(3, message.offset)
      writer.data(4, message.bytes)
      return
    case 'snapshot-progress':
      writer.message(4, size)
      writeTransfer(writer, message.transfer)
      writer.number(2, message.receivedBytes)
      writer.boolean(3, message.refused)
  }
}

function raftSize(message: Message): number {
  let size =
    numberFieldSize(messageTypeNumbers[message.type]) +
    numberFieldSize(message.to) +
    numberFieldSize(message.from) +
    numberFieldSize(message.term) +
    numberFieldSize(message.logTerm) +
    numberFieldSize(message.index) +
    numberFieldSize(message.commit) +
    numberFieldSize(message.vote) +
    numberFieldSize(message.reject ? 1 : 0) +
    numberFieldSize(message.rejectHint) +
    dataFieldSize(message.context) +
    numberFieldSize(message.leaseTime)
  for (const entry of message.entries) size += lengthFieldSize(entrySize(entry))
  if (message.snapshot !== null) size += lengthFieldSize(snapshotSize(message.snapshot))
  for (const response of message.responses) size += lengthFieldSize(raftSize(response))
  return size
}

function writeRaft(writer: WireWriter, message: Message): void {
  writer.number(1, messageTypeNumbers[message.type])
  writer.number(2, message.to)
  writer.number(3, message.from)
  writer.number(4, message.term)
  writer.number(5, message.logTerm)
  writer.number(6, message.index)
  for (const entry of message.entries) {
    writer.message(7, entrySize(entry))
    writer.number(1, entry.term)
    writer.number(2, entry.index)
    writer.number(3, entryTypeNumbers[entry.type])
    writer.data(4, entry.data)
  }
  writer.number(8, message.commit)
  writer.number(9, message.vote)
  if (message.snapshot !== null) writeSnapshot(writer, message.snapshot)
  writer.boolean(11, message.reject)
  writer.number(12, message.rejectHint)
  writer.data(13, message.context)
  writer.number(14, message.leaseTime)
  for (const response of message.responses) {
    writer.message(15, raftSize(response))
    writeRaft(writer, response)
  }
}

function entrySize(entry: Entry): number {
  return (
    numberFieldSize(entry.term) +
    numberFieldSize(entry.index) +
    numberFieldSize(entryTypeNumbers[entry.type]) +
    dataFieldSize(entry.data)
  )
}

function snapshotSize(snapshot: Snapshot): number {
  return (
    numberFieldSize(snapshot.index) +
    numberFieldSize(snapshot.term) +
    lengthFieldSize(confStateSize(snapshot.confState)) +
    dataFieldSize(snapshot.data)
  )
}

function writeSnapshot(writer: WireWriter, snapshot: Snapshot): void {
  const { confState } = snapshot
  writer.message(10, snapshotSize(snapshot))
  writer.number(1, snapshot.index)
  writer.number(2, snapshot.term)
  writer.message(3, confStateSize(confState))
  writeNumbers(writer, 1, confState.voters)
  writeNumbers(writer, 2, confState.votersOutgoing)
  writeNumbers(writer, 3, confState.learners)
  writeNumbers(writer, 4, confState.learnersNext)
  writer.boolean(5, confState.autoLeave)
  writer.data(4, snapshot.data)
}

function confStateSize(state: ConfState): number {
  const lists = [state.voters, state.votersOutgoing, state.learners, state.learnersNext]
  let size = numberFieldSize(state.autoLeave ? 1 : 0)
  for (const list of lists) if (list.length > 0) size += lengthFieldSize(packedSize(list))
  return size
}

function packedSize(values: readonly number[]): number {
  let size = 0
  for (const value of values) size += varintSize(value)
  return size
}

function writeNumbers(writer: WireWriter, field: number, values: readonly number[]): void {
  if (values.length === 0) return
  writer.message(field, packedSize(values))
  for (const value of values) writer.varint(value)
}

function transferSize({ snapshot, checksum }: SnapshotTransferId): number {
  return numberFieldSize(snapshot.index) + numberFieldSize(snapshot.term) + numberFieldSize(checksum)
}

function writeTransfer(writer: WireWriter, transfer: SnapshotTransferId): void {
  writer.message(1, transferSize(transfer))
  writer.number(1, transfer.snapshot.index)
  writer.number(2, transfer.snapshot.term)
  writer.number(3, transfer.checksum)
}

function dataFieldSize(data: Uint8Array): number {
  return data.length === 0 ? 0 : lengthFieldSize(data.length)
}

/** A PeerWelcome of proto/sandbox/peer.proto. */
export function encodeWelcome(clusterId: number, nodeId: number): Uint8Array {
  const writer = new WireWriter(numberFieldSize(clusterId) + numberFieldSize(nodeId))
  writer.number(1, clusterId)
  writer.number(2, nodeId)
  return writer.bytes
}
