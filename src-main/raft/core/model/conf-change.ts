import { RaftError } from '../errors'
import type { Entry, EntryType } from './entry'
import { NO_BYTES } from './entry'
import type { NodeId } from './node-id'
import { isMemberId } from './node-id'

/** What happens to one member. Order is part of the encoding: add at the end only. */
export const confChangeTypes = [
  'ConfChangeAddNode',
  'ConfChangeRemoveNode',
  'ConfChangeUpdateNode',
  'ConfChangeAddLearnerNode',
] as const
export type ConfChangeType = (typeof confChangeTypes)[number]

/**
 * How a change of several members is carried out. Auto uses joint consensus only where it is needed and leaves it by
 * itself; implicit always uses it and leaves it by itself; explicit waits for an empty change to leave it. Order is
 * part of the encoding.
 */
export const confChangeTransitions = [
  'ConfChangeTransitionAuto',
  'ConfChangeTransitionJointImplicit',
  'ConfChangeTransitionJointExplicit',
] as const
export type ConfChangeTransition = (typeof confChangeTransitions)[number]

/** One step of a membership change. A node id of 0 is skipped: the state machine may void a step it decides against. */
export interface ConfChangeSingle {
  readonly type: ConfChangeType
  readonly nodeId: NodeId
}

/** One member at a time, as in section 4.1 of the thesis. */
export interface ConfChangeV1 {
  readonly version: 1
  readonly type: ConfChangeType
  readonly nodeId: NodeId
  /** Travels with the change and means nothing to the core. */
  readonly context: Uint8Array
}

/**
 * Any number of members, joint where needed, as in section 4.3 of the thesis. No changes at all leave a joint
 * configuration.
 */
export interface ConfChangeV2 {
  readonly version: 2
  readonly transition: ConfChangeTransition
  readonly changes: readonly ConfChangeSingle[]
  /** Travels with the change and means nothing to the core. */
  readonly context: Uint8Array
}

export type ConfChange = ConfChangeV1 | ConfChangeV2

/** The change that leaves a joint configuration. */
export const LEAVE_JOINT: ConfChangeV2 = Object.freeze({
  version: 2,
  transition: 'ConfChangeTransitionAuto',
  changes: Object.freeze([]),
  context: NO_BYTES,
})

/** The same change in the newer form. */
export function toConfChangeV2(change: ConfChange): ConfChangeV2 {
  if (change.version === 2) return change
  return {
    version: 2,
    transition: 'ConfChangeTransitionAuto',
    changes: [{ type: change.type, nodeId: change.nodeId }],
    context: change.context,
  }
}

/** Whether the change ends a joint configuration. */
export function leavesJoint(change: ConfChangeV2): boolean {
  return change.transition === 'ConfChangeTransitionAuto' && change.changes.length === 0
}

/**
 * Whether the change goes through a joint configuration, and if so whether that ends by itself. More changes than
 * these could do without, depending on what they are applied to; joint consensus is right for all of them.
 */
export function entersJoint(change: ConfChangeV2): { readonly autoLeave: boolean } | undefined {
  if (change.transition === 'ConfChangeTransitionAuto' && change.changes.length <= 1) return undefined
  return { autoLeave: change.transition !== 'ConfChangeTransitionJointExplicit' }
}

/** The entry type under which a change is logged. */
export function confChangeEntryType(change: ConfChange): EntryType {
  return change.version === 1 ? 'EntryConfChange' : 'EntryConfChangeV2'
}

const FORMAT_VERSION = 1

/**
 * The bytes of a change as they stand in an entry: format version, transition, number of steps, per step its type and
 * node id, then the length of the context and the context. Numbers are unsigned, seven bits a byte, low bits first. The
 * change that leaves a joint configuration without context is no bytes at all, so that no limit on sizes can ever
 * refuse it.
 *
 * @throws RaftError INVALID_ARGUMENT if a type, transition or node id is none
 */
export function encodeConfChange(change: ConfChange): Uint8Array {
  const { transition, changes, context } = toConfChangeV2(change)
  if (leavesJoint(toConfChangeV2(change)) && context.length === 0) return NO_BYTES
  const bytes: number[] = [FORMAT_VERSION, positionIn(confChangeTransitions, transition)]
  pushVarint(bytes, changes.length)
  for (const { type, nodeId } of changes) {
    if (nodeId !== 0 && !isMemberId(nodeId)) {
      throw new RaftError('INVALID_ARGUMENT', `${nodeId} cannot be the id of a member; use a positive safe integer.`)
    }
    bytes.push(positionIn(confChangeTypes, type))
    pushVarint(bytes, nodeId)
  }
  pushVarint(bytes, context.length)
  const encoded = new Uint8Array(bytes.length + context.length)
  encoded.set(bytes)
  encoded.set(context, bytes.length)
  return encoded
}

/**
 * The change that an entry carries.
 *
 * @throws RaftError MALFORMED_CONF_CHANGE if the entry carries none or its bytes are not what {@link encodeConfChange}
 * writes
 */
export function decodeConfChange(entry: Pick<Entry, 'type' | 'data'>): ConfChange {
  if (entry.type === 'EntryNormal') throw malformed('the entry is not a configuration change')
  const change = entry.data.length === 0 ? LEAVE_JOINT : decodeBytes(entry.data)
  if (entry.type === 'EntryConfChangeV2') return change
  const [single, ...more] = change.changes
  if (single === undefined || more.length > 0) throw malformed(`one step was expected, found ${change.changes.length}`)
  return { version: 1, type: single.type, nodeId: single.nodeId, context: change.context }
}

function decodeBytes(data: Uint8Array): ConfChangeV2 {
  const reader = new ByteReader(data)
  const format = reader.byte()
  if (format !== FORMAT_VERSION) throw malformed(`format version ${format} is not known`)
  const transition = confChangeTransitions[reader.byte()]
  if (transition === undefined) throw malformed('the transition is not known')
  const count = reader.varint()
  if (count > data.length) throw malformed(`${count} steps do not fit into ${data.length} bytes`)
  const changes: ConfChangeSingle[] = []
  for (let step = 0; step < count; step += 1) {
    const type = confChangeTypes[reader.byte()]
    if (type === undefined) throw malformed(`the type of step ${step + 1} is not known`)
    changes.push({ type, nodeId: reader.varint() })
  }
  return { version: 2, transition, changes, context: reader.rest(reader.varint()) }
}

class ByteReader {
  readonly #data: Uint8Array
  #position = 0

  constructor(data: Uint8Array) {
    this.#data = data
  }

  byte(): number {
    const byte = this.#data[this.#position]
    if (byte === undefined) throw malformed(`it ends after ${this.#data.length} bytes`)
    this.#position += 1
    return byte
  }

  varint(): number {
    let value = 0
    for (let scale = 1; ; scale *= 0x80) {
      const byte = this.byte()
      value += (byte & 0x7f) * scale
      if (!Number.isSafeInteger(value) || scale > 2 ** 49) throw malformed('a number is beyond 2^53 - 1')
      if (byte < 0x80) return value
    }
  }

  rest(length: number): Uint8Array {
    if (this.#position + length !== this.#data.length) throw malformed('the length of its context is wrong')
    return this.#data.slice(this.#position)
  }
}

function pushVarint(bytes: number[], value: number): void {
  let left = value
  while (left >= 0x80) {
    bytes.push((left % 0x80) | 0x80)
    left = Math.floor(left / 0x80)
  }
  bytes.push(left)
}

function positionIn(names: readonly string[], name: string): number {
  const position = names.indexOf(name)
  if (position < 0) throw new RaftError('INVALID_ARGUMENT', `"${name}" is none of ${names.join(', ')}.`)
  return position
}

function malformed(reason: string): RaftError {
  return new RaftError('MALFORMED_CONF_CHANGE', `The configuration change cannot be decoded: ${reason}.`)
}
