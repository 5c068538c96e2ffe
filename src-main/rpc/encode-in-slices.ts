import type { DescField, DescMessage, Message } from '@bufbuild/protobuf'
import { create, toBinary } from '@bufbuild/protobuf'
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import type { Clock } from '../env'
import { endOfTurn } from '../env/end-of-turn'

/** Elements of a list, or entries of a map, that are encoded in one go: of regions, some 5 ms. */
export const SLICE_ELEMENTS = 1_000
/** Lists up to this length go in one: a page of pairs need not wait for others. */
export const LONG_LIST = 4 * SLICE_ELEMENTS
/** In the elements of lists up to this length long lists are looked for, too: each store has a map of its regions. */
const FEW_ELEMENTS = 100

/**
 * Encodes a message that may have a hundred thousand elements in a list or a map, and lets others have the thread in between.
 * The bytes decode to what those of `toBinary` decode to: a message may be written as several with their lists one after the
 * other. What is long comes behind the other fields of its message.
 *
 * Only lists of messages and maps to them are cut; what is in a oneof is encoded in one go, however long.
 */
export async function encodeInSlices(
  schema: DescMessage,
  message: Message,
  clock: Pick<Clock, 'atEndOfTurn'>,
): Promise<Uint8Array> {
  if (!isLong(schema, message)) return toBinary(schema, message)
  const pieces: Uint8Array[] = []
  await addMessage(pieces, schema, message, clock)
  return together(pieces)
}

type MessageField = DescField & { readonly message: DescMessage }

function isLong(schema: DescMessage, message: Message): boolean {
  return schema.fields.some((field) => isLongField(field, valueOf(message, field)))
}

/** Whether a field holds a long list or map, or a message that does. */
function isLongField(field: DescField, value: unknown): field is MessageField {
  if (value === undefined || field.message === undefined || field.oneof !== undefined) return false
  const { message: inner } = field
  switch (field.fieldKind) {
    case 'message':
      return isLong(inner, value as Message)
    case 'list': {
      const list = value as readonly Message[]
      return list.length > LONG_LIST || (list.length <= FEW_ELEMENTS && list.some((element) => isLong(inner, element)))
    }
    default:
      return Object.keys(value as object).length > LONG_LIST
  }
}

/** Adds what a message is encoded as, piece by piece: first what is short, as it is. */
async function addMessage(
  pieces: Uint8Array[],
  schema: DescMessage,
  message: Message,
  clock: Pick<Clock, 'atEndOfTurn'>,
): Promise<void> {
  const short = { ...message } as Record<string, unknown>
  const long = schema.fields.filter((field) => isLongField(field, valueOf(message, field))) as MessageField[]
  for (const { localName, fieldKind } of long) short[localName] = emptyOf(fieldKind)
  pieces.push(toBinary(schema, short as unknown as Message))
  for (const field of long) {
    const value = valueOf(message, field)
    if (field.fieldKind === 'message') {
      await addNested(pieces, field, value as Message, clock)
    } else if (field.fieldKind === 'map') {
      const map = value as Readonly<Record<string, unknown>>
      await addSlices(pieces, schema, field, Object.keys(map), clock, (keys) =>
        Object.fromEntries(keys.map((key) => [key, map[key]])),
      )
    } else {
      const list = value as readonly Message[]
      if (list.length > LONG_LIST) await addSlices(pieces, schema, field, list, clock, (slice) => slice)
      else for (const element of list) await addNested(pieces, field, element, clock)
    }
  }
}

/** Adds a message that is a field of another: its number, its length, itself. */
async function addNested(
  pieces: Uint8Array[],
  { number, message: schema }: MessageField,
  message: Message,
  clock: Pick<Clock, 'atEndOfTurn'>,
): Promise<void> {
  const inner: Uint8Array[] = []
  await addMessage(inner, schema, message, clock)
  const bytes = inner.reduce((sum, { length }) => sum + length, 0)
  pieces.push(new BinaryWriter().tag(number, WireType.LengthDelimited).uint32(bytes).finish())
  for (const piece of inner) pieces.push(piece)
}

/** Adds a long field, each slice as a message of which it is all, and pauses after each. */
async function addSlices<Item>(
  pieces: Uint8Array[],
  schema: DescMessage,
  { localName }: DescField,
  items: readonly Item[],
  clock: Pick<Clock, 'atEndOfTurn'>,
  valueFor: (slice: readonly Item[]) => unknown,
): Promise<void> {
  for (let start = 0; start < items.length; start += SLICE_ELEMENTS) {
    const slice = valueFor(items.slice(start, start + SLICE_ELEMENTS))
    pieces.push(toBinary(schema, create(schema, { [localName]: slice })))
    await endOfTurn(clock)
  }
}

function valueOf(message: Message, { localName }: DescField): unknown {
  return (message as unknown as Readonly<Record<string, unknown>>)[localName]
}

function emptyOf(kind: DescField['fieldKind']): unknown {
  if (kind === 'list') return []
  return kind === 'map' ? {} : undefined
}

function together(pieces: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const piece of pieces) {
    all.set(piece, at)
    at += piece.length
  }
  return all
}
