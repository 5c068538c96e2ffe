import { z } from 'zod'
import { procedure, router } from '../trpc'

/** Lessons, which walk a person through operations of the cluster that is open. The topic `lesson` tells how one goes on. */
export const lessonsRouter = router({
  list: procedure.query(({ ctx }) => ctx.sandbox.lessons.list()),
  progress: procedure.query(({ ctx }) => ctx.sandbox.lessons.progress),
  start: procedure
    .input(z.strictObject({ lessonId: z.string().regex(/^[a-z0-9-]{1,64}$/) }))
    .mutation(({ ctx, input }) => ctx.sandbox.lessons.start(input.lessonId)),
  /** On to the next scene. */
  next: procedure.mutation(({ ctx }) => ctx.sandbox.lessons.next()),
  stop: procedure.mutation(({ ctx }) => ctx.sandbox.lessons.stop()),
})
