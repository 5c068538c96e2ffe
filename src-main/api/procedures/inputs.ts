import { z } from 'zod'
import type { KeyInput } from '../../client/views/keyspace'

/** Node ids, region ids, table ids. */
export const id = z.int().min(1)

/** Bytes, at most so many. */
export const bytesUpTo = (most: number) =>
  (z.instanceof(Uint8Array) as z.ZodType<Uint8Array>).refine(
    (bytes) => bytes.length <= most,
    `at most ${String(most)} bytes`,
  )

/** Longer than any key that a store takes, in bytes: which one is too long is for the store to say. */
const LONGEST_KEY = 64 * 1024

/** The longest text of a key of a table. */
export const LONGEST_TYPED_KEY = LONGEST_KEY

/** A key of the store. */
export const keyBytes = bytesUpTo(LONGEST_KEY)

/** A key as a person typed it. */
export const keyInput = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('table'), tableId: id, text: z.string().max(LONGEST_TYPED_KEY) }),
  z.strictObject({ kind: z.literal('raw'), hex: z.string().max(3 * LONGEST_KEY) }),
]) satisfies z.ZodType<KeyInput>
