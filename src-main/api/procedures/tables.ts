import { z } from 'zod'
import type { TableDraft } from '../../client/views/tables'
import { procedure, router } from '../trpc'
import { id } from './inputs'

/** What a person may have pasted; how long a name may be is for the check of the draft to say. */
const text = z.string().max(8192)

/** Loose on purpose: a draft is judged field by field by `preview`, so that a form can say what is wrong beside the field. */
const draft = z.strictObject({
  name: text,
  schema: text,
  columns: z.array(z.strictObject({ name: text, sqlType: text, nullable: z.boolean(), isKey: z.boolean() })).max(512),
  partitioning: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('hash'), count: z.number() }),
    z.strictObject({ kind: z.literal('range'), boundaries: z.array(text).max(1024) }),
  ]),
  replicas: z.number().optional(),
  engine: z.enum(['raft', 'mono', 'memory']),
})

const asDraft = ({ replicas, ...rest }: z.infer<typeof draft>): TableDraft => ({ ...rest, replicas })
const table = z.strictObject({ tableId: id })

export const tablesRouter = router({
  tree: procedure.query(({ ctx }) => ctx.sandbox.views.tables.tree()),
  detail: procedure.input(table).query(({ ctx, input }) => ctx.sandbox.views.tables.detail(input.tableId)),
  preview: procedure.input(draft).query(({ ctx, input }) => ctx.sandbox.views.tables.preview(asDraft(input))),
  /** Begins it; the topic `tableJob` tells how it goes on. */
  create: procedure.input(draft).mutation(({ ctx, input }) => ctx.sandbox.views.tables.create(asDraft(input))),
  dropPreview: procedure.input(table).query(({ ctx, input }) => ctx.sandbox.views.tables.dropPreview(input.tableId)),
  /** Begins it; the topic `tableJob` tells how it goes on. */
  drop: procedure.input(table).mutation(({ ctx, input }) => ctx.sandbox.views.tables.drop(input.tableId)),
  jobs: procedure.query(({ ctx }) => ctx.sandbox.views.tables.jobs()),
  giveUp: procedure
    .input(z.strictObject({ jobId: z.string().max(64) }))
    .mutation(({ ctx, input }) => ctx.sandbox.views.tables.giveUp(input.jobId)),
})
