import type { DescField, DescMessage, MessageShape } from '@bufbuild/protobuf'
import { create, fromBinary, mergeFromBinary } from '@bufbuild/protobuf'
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire'
import type { Clock } from '../env'
import { endOfTurn } from '../env/end-of-turn'

/** How many bytes are decoded in one go: some 5 ms, for messages of many small fields. */
export const SLICE_BYTES = 256 * 1024

/**
 * Decodes a message that may be tens of megabytes long, and lets others have the thread in between. The result is what
 * `fromBinary` gives: a message that is cut between its fields and merged piece by piece is the same message.
 *
 * A field that is not itself a message, an entry of a map, and a member of a oneof are decoded in one go, however long.
 *
 * @throws what `fromBinary` throws for bytes that are no such message
 */
export async function decodeInSlices<Desc extends DescMessage>(
  schema: Desc,
  bytes: Uint8Array,
  clock: Pick<Clock, 'atEndOfTurn'>,
): Promise<MessageShape<Desc>> {
  if (bytes.length <= SLICE_BYTES) return fromBinary(schema, bytes)
  const message = create(schema)
  await mergeInSlices(schema, message, bytes, clock)
  return message
}

async function mergeInSlices<Desc extends DescMessage>(
  schema: Desc,
  message: MessageShape<Desc>,
  bytes: Uint8Array,
  clock: Pick<Clock, 'atEndOfTurn'>,
): Promise<void> {
  const reader = new BinaryReader(bytes)
  /** Where what is not decoded yet begins. */
  let start = 0
  const mergeUntil = async (end: number): Promise<void> => {
    if (end === start) return
    mergeFromBinary(schema, message, bytes.subarray(start, end))
    start = end
    await endOfTurn(clock)
  }
  while (reader.pos < reader.len) {
    const fieldStart = reader.pos
    const [fieldNumber, wireType] = reader.tag()
    if (wireType === WireType.LengthDelimited) {
      const length = reader.uint32()
      // A field that is cut off is for the library to refuse.
      if (reader.pos + length > reader.len) break
      const body = bytes.subarray(reader.pos, reader.pos + length)
      reader.pos += length
      const field = length > SLICE_BYTES ? messageField(schema, fieldNumber) : undefined
      if (field !== undefined) {
        await mergeUntil(fieldStart)
        await mergeInSlices(field.message, messageIn(message, field), body, clock)
        start = reader.pos
      }
    } else {
      reader.skip(wireType, fieldNumber)
    }
    if (reader.pos - start >= SLICE_BYTES) await mergeUntil(reader.pos)
  }
  await mergeUntil(bytes.length)
}

type MessageField = DescField & { readonly message: DescMessage }

/** The field of a number if messages are in it that can be decoded by themselves. */
function messageField(schema: DescMessage, fieldNumber: number): MessageField | undefined {
  const field = schema.fields.find(({ number }) => number === fieldNumber)
  if (field === undefined || field.oneof !== undefined) return undefined
  const isOne = field.fieldKind === 'message'
  const isList = field.fieldKind === 'list' && field.listKind === 'message'
  // The well-known types have forms of their own in memory.
  return (isOne || isList) && !field.message.typeName.startsWith('google.protobuf.') ? field : undefined
}

/** Where the next value of the field goes: one more in a list, or the only one, into which a second is merged. */
function messageIn(parent: MessageShape<DescMessage>, field: MessageField): MessageShape<DescMessage> {
  const fields = parent as unknown as Record<string, unknown>
  if (field.fieldKind === 'list') {
    const added = create(field.message)
    const list = fields[field.localName] as unknown[]
    list.push(added)
    return added
  }
  const known = fields[field.localName] as MessageShape<DescMessage> | undefined
  if (known !== undefined) return known
  const made = create(field.message)
  fields[field.localName] = made
  return made
}
