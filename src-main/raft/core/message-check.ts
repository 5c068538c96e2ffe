import { RaftError } from './errors'
import { restoreMembership } from './membership/restore'
import { decodeConfChange } from './model/conf-change'
import type { Entry } from './model/entry'
import { entryTypes, NO_LIMIT } from './model/entry'
import type { Message } from './model/message'
import { isLocalMessage, isMessageType, isResponseMessage } from './model/message'
import type { NodeId } from './model/node-id'
import { isMemberId, isStorageThread } from './model/node-id'
import type { RefusalCode } from './refusal'

/** Why a message is not even looked at. */
export interface MessageFault {
  readonly code: RefusalCode
  readonly message: string
}

const knownEntryTypes: ReadonlySet<string> = new Set(entryTypes)

/**
 * Looks at a message before anything is done with it, so that a damaged or forged one changes nothing. It checks what
 * the handling of the message relies on and what can be told from the message alone.
 *
 * @param isMember tells who belongs to the group
 * @returns what is wrong, undefined if nothing is
 */
export function findMessageFault(
  message: Message,
  receiver: NodeId,
  isMember: (id: NodeId) => boolean,
): MessageFault | undefined {
  const { type, from, to } = message
  if (!isMessageType(type)) return fault('UNKNOWN_MESSAGE_TYPE', `The message type "${String(type)}" is not known.`)
  if (isStorageThread(from)) {
    if (type !== 'MsgStorageAppendResp' && type !== 'MsgStorageApplyResp') {
      return fault('LOCAL_MESSAGE', `A storage thread does not send ${type}.`)
    }
  } else {
    if (isLocalMessage(type)) return fault('LOCAL_MESSAGE', `A ${type} may only come from this node itself.`)
    if (!isMemberId(from)) return malformed(message, `${from} cannot be the id of a sender`)
    if (isResponseMessage(type) && !isMember(from)) {
      return fault('UNKNOWN_PEER', `A ${type} came from node ${from}, which is not a member.`)
    }
  }
  if (to !== receiver) return fault('WRONG_RECEIVER', `A ${type} for node ${to} came to node ${receiver}.`)
  const reason = findNumberFault(message) ?? findContentFault(message)
  return reason === undefined ? undefined : malformed(message, reason)
}

function findNumberFault(message: Message): string | undefined {
  const { term, logTerm, index, commit, rejectHint, leaseTime } = message
  if (!isCount(term)) return wrongNumber('term', term)
  if (!isCount(logTerm)) return wrongNumber('logTerm', logTerm)
  if (!isIndex(index)) return wrongNumber('index', index)
  if (!isIndex(commit)) return wrongNumber('commit', commit)
  if (!isIndex(rejectHint)) return wrongNumber('rejectHint', rejectHint)
  if (!isCount(leaseTime)) return wrongNumber('leaseTime', leaseTime)
  return undefined
}

function findContentFault(message: Message): string | undefined {
  if (!(message.context instanceof Uint8Array)) return 'context is no byte array'
  if (!Array.isArray(message.entries)) return 'entries is no list'
  switch (message.type) {
    case 'MsgProp':
      return message.entries.length === 0 ? 'it proposes nothing' : findEntryFault(message.entries)
    case 'MsgReadIndex':
    case 'MsgReadIndexResp':
      return message.context.length === 0 ? 'a read needs a token' : undefined
    case 'MsgStorageAppendResp':
    case 'MsgStorageApplyResp':
      return undefined
    case 'MsgApp':
      return findTermFault(message) ?? findEntryFault(message.entries) ?? findOrderFault(message)
    case 'MsgSnap':
      return findTermFault(message) ?? findSnapshotFault(message)
    default:
      return findTermFault(message)
  }
}

function findTermFault(message: Message): string | undefined {
  return message.term === 0 ? 'it has no term' : undefined
}

function findEntryFault(entries: readonly Entry[]): string | undefined {
  for (const entry of entries) {
    if (!knownEntryTypes.has(entry.type)) return `the entry type "${String(entry.type)}" is not known`
    if (!(entry.data instanceof Uint8Array)) return `the data of entry ${entry.index} is no byte array`
    if (entry.type === 'EntryNormal') continue
    const reason = reasonOf(() => decodeConfChange(entry))
    if (reason !== undefined) return reason
  }
  return undefined
}

/** Entries follow each other, and their terms only grow, up to that of the leader who sends them. */
function findOrderFault({ entries, index, logTerm, term }: Message): string | undefined {
  let previousTerm = logTerm
  let expectedIndex = index
  for (const entry of entries) {
    expectedIndex += 1
    if (!isIndex(entry.index)) return wrongNumber('the index of an entry', entry.index)
    if (entry.index !== expectedIndex) return `entry ${entry.index} stands where ${expectedIndex} should`
    if (!isCount(entry.term) || entry.term < previousTerm || entry.term > term || entry.term === 0) {
      return `term ${entry.term} of entry ${entry.index} does not fit between ${previousTerm} and ${term}`
    }
    previousTerm = entry.term
  }
  return undefined
}

function findSnapshotFault({ snapshot }: Message): string | undefined {
  if (snapshot === null) return 'it has no snapshot'
  if (!isIndex(snapshot.index) || snapshot.index === 0) return wrongNumber('the index of the snapshot', snapshot.index)
  if (!isCount(snapshot.term) || snapshot.term === 0) return wrongNumber('the term of the snapshot', snapshot.term)
  return reasonOf(() =>
    restoreMembership(snapshot.confState, snapshot.index, { maxInflightMessages: 1, maxInflightBytes: NO_LIMIT }),
  )
}

function reasonOf(attempt: () => unknown): string | undefined {
  try {
    attempt()
    return undefined
  } catch (error) {
    // That it fails is the answer; anything but a fault of the message goes on.
    if (error instanceof RaftError) return error.message
    throw error
  }
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0
}

/** An index must leave room for the one after it. */
function isIndex(value: number): boolean {
  return isCount(value) && value < Number.MAX_SAFE_INTEGER
}

function wrongNumber(field: string, value: number): string {
  return `${field} is ${String(value)}, which is no whole number from 0 to below 2^53`
}

function malformed(message: Message, reason: string): MessageFault {
  return fault('MALFORMED_MESSAGE', `A ${message.type} from node ${message.from} is malformed: ${reason}.`)
}

function fault(code: RefusalCode, message: string): MessageFault {
  return { code, message }
}
