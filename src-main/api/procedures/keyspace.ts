import { z } from 'zod'
import { procedure, router } from '../trpc'
import { bytesUpTo, id, keyBytes, keyInput, LONGEST_TYPED_KEY } from './inputs'

/** The largest value that a screen may send: what one request of the protocol carries. */
const LARGEST_VALUE = 8 * 1024 * 1024
const value = bytesUpTo(LARGEST_VALUE)

export const keyspaceRouter = router({
  line: procedure.query(({ ctx }) => ctx.sandbox.views.keyspace.line()),
  resolve: procedure
    .input(z.strictObject({ key: keyInput }))
    .query(({ ctx, input }) => ctx.sandbox.views.keyspace.resolve(input.key)),
  /** What the keys of a table begin with whose own keys begin with the text. */
  prefixes: procedure
    .input(z.strictObject({ tableId: id, text: z.string().max(LONGEST_TYPED_KEY) }))
    .query(({ ctx, input }) => ctx.sandbox.views.keyspace.prefixes(input.tableId, input.text)),
  page: procedure
    .input(
      z.strictObject({ from: keyBytes, rangeStart: keyBytes, rangeEnd: keyBytes, limit: z.int().min(1).max(1000) }),
    )
    .query(({ ctx, input }) => ctx.sandbox.views.keyspace.page(input)),
  value: procedure
    .input(z.strictObject({ key: keyInput }))
    .query(({ ctx, input }) => ctx.sandbox.views.keyspace.value(input.key)),
  put: procedure
    .input(z.strictObject({ key: keyInput, value, timeToLiveMs: z.int().min(1).optional() }))
    .mutation(({ ctx, input }) => ctx.sandbox.views.keyspace.put(input.key, input.value, input.timeToLiveMs)),
  delete: procedure
    .input(z.strictObject({ key: keyInput }))
    .mutation(({ ctx, input }) => ctx.sandbox.views.keyspace.delete(input.key)),
  compareAndSet: procedure
    .input(z.strictObject({ key: keyInput, expected: value.optional(), value }))
    .mutation(({ ctx, input }) => ctx.sandbox.views.keyspace.compareAndSet(input.key, input.expected, input.value)),
})
