import { tracked } from '@trpc/server'
import { z } from 'zod'
import type { EventBatch } from '../events/topics'
import { topics } from '../events/topics'
import { procedure, router } from '../trpc'

const following = z.strictObject({
  topics: z.array(z.enum(topics)).min(1).max(topics.length),
  /** The answer of `events.cursor` at first; tRPC puts in the last one received when it reconnects. */
  lastEventId: z.string().max(64).nullish(),
})

export const eventsRouter = router({
  /**
   * Where the stream stands. A page asks for state after it has this answer, and not beside it, and then follows from
   * it: a change in between is then both in the state and in the stream, but never in neither.
   */
  cursor: procedure.query(({ ctx }) => ctx.hub.cursor),
  /**
   * The one event stream of a window, for all its topics: a browser allows six connections to a host, so a stream per
   * screen would soon block every query.
   */
  follow: procedure.input(following).subscription(async function* ({ ctx, input, signal }) {
    const ending = signal ?? new AbortController().signal
    const batches = ctx.hub.follow({ topics: input.topics, after: input.lastEventId ?? undefined, signal: ending })
    for await (const { cursor, ...batch } of batches) {
      yield tracked(cursor, batch satisfies EventBatch)
    }
  }),
})
