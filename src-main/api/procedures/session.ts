import { z } from 'zod'
import { rawEngineNames } from '../../sandbox/raw-engine-registry'
import { TOPOLOGY_LIMITS } from '../../sandbox/cluster/cluster-topology'
import { procedure, router } from '../trpc'

/** No operating system takes a path with a zero in it. */
const directory = z
  .string()
  .min(1)
  .max(4096)
  .refine((path) => !path.includes('\0'), 'no zero character')

const opening = z.strictObject({
  where: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('directory'), directory }),
    z.strictObject({ kind: z.enum(['new', 'ephemeral']) }),
  ]),
  topology: z
    .strictObject({
      coordinators: z.int().min(1).max(TOPOLOGY_LIMITS.coordinators).exactOptional(),
      stores: z.int().min(1).max(TOPOLOGY_LIMITS.stores).exactOptional(),
    })
    .optional(),
  engine: z.enum(rawEngineNames).optional(),
})

export const sessionRouter = router({
  /** The cluster that is open; the topic `session` tells changes. */
  get: procedure.query(({ ctx }) => ctx.sandbox.session.view),
  recent: procedure.query(({ ctx }) => ctx.sandbox.session.recent()),
  open: procedure
    .input(opening)
    .mutation(({ ctx, input }) =>
      ctx.sandbox.session.open({ where: input.where, topology: input.topology, engine: input.engine }),
    ),
  close: procedure.mutation(({ ctx }) => ctx.sandbox.session.close()),
  forget: procedure
    .input(z.strictObject({ directory }))
    .mutation(({ ctx, input }) => ctx.sandbox.session.forget(input.directory)),
})
