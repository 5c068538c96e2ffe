import type { EntryType } from '../../core/model/entry'
import type { MessageType } from '../../core/model/message'

/** The numbers of message types on the wire: enum RaftMessageType of proto/sandbox/peer.proto. */
export const messageTypeNumbers: Readonly<Record<MessageType, number>> = {
  MsgHup: 1,
  MsgBeat: 2,
  MsgProp: 3,
  MsgApp: 4,
  MsgAppResp: 5,
  MsgVote: 6,
  MsgVoteResp: 7,
  MsgSnap: 8,
  MsgHeartbeat: 9,
  MsgHeartbeatResp: 10,
  MsgUnreachable: 11,
  MsgSnapStatus: 12,
  MsgCheckQuorum: 13,
  MsgTransferLeader: 14,
  MsgTimeoutNow: 15,
  MsgReadIndex: 16,
  MsgReadIndexResp: 17,
  MsgPreVote: 18,
  MsgPreVoteResp: 19,
  MsgStorageAppend: 20,
  MsgStorageAppendResp: 21,
  MsgStorageApply: 22,
  MsgStorageApplyResp: 23,
  MsgForgetLeader: 24,
}

/** The numbers of entry types on the wire: enum EntryType of proto/sandbox/peer.proto. */
export const entryTypeNumbers: Readonly<Record<EntryType, number>> = {
  EntryNormal: 0,
  EntryConfChange: 1,
  EntryConfChangeV2: 2,
}

const byNumber = <Name extends string>(numbers: Readonly<Record<Name, number>>): ReadonlyArray<Name | undefined> => {
  const names: Array<Name | undefined> = []
  for (const name of Object.keys(numbers) as Name[]) names[numbers[name]] = name
  return names
}

/** The message type of a number; undefined for one that this version does not know. */
export const messageTypesByNumber = byNumber(messageTypeNumbers)

/** The entry type of a number; undefined for one that this version does not know. */
export const entryTypesByNumber = byNumber(entryTypeNumbers)
