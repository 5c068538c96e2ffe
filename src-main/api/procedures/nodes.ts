import { z } from 'zod'
import { MAX_LINK_DELAY_MS } from '../../sandbox/cluster/cluster-host'
import { procedure, router } from '../trpc'
import { id } from './inputs'

const node = z.strictObject({ nodeId: id })
const link = z.strictObject({ from: id, to: id, direction: z.enum(['both', 'one-way']) })

/** Control over the nodes of the cluster that this program runs. What it changes is told by the topic `session`. */
export const nodesRouter = router({
  start: procedure.input(node).mutation(({ ctx, input }) => ctx.sandbox.session.running().host.startNode(input.nodeId)),
  stop: procedure.input(node).mutation(({ ctx, input }) => ctx.sandbox.session.running().host.stopNode(input.nodeId)),
  kill: procedure.input(node).mutation(({ ctx, input }) => ctx.sandbox.session.running().host.killNode(input.nodeId)),
  restart: procedure
    .input(node)
    .mutation(({ ctx, input }) => ctx.sandbox.session.running().host.restartNode(input.nodeId)),
  pause: procedure.input(node).mutation(({ ctx, input }) => ctx.sandbox.session.running().host.pauseNode(input.nodeId)),
  resume: procedure
    .input(node)
    .mutation(({ ctx, input }) => ctx.sandbox.session.running().host.resumeNode(input.nodeId)),
  /** What a running node says of itself. */
  status: procedure.input(node).query(({ ctx, input }) => ctx.sandbox.session.running().host.nodeStatus(input.nodeId)),
  cutLink: procedure
    .input(link)
    .mutation(({ ctx, input: { from, to, direction } }) =>
      ctx.sandbox.session.running().host.cutLink(from, to, direction),
    ),
  healLink: procedure
    .input(link)
    .mutation(({ ctx, input: { from, to, direction } }) =>
      ctx.sandbox.session.running().host.healLink(from, to, direction),
    ),
  /** Lets what the first node sends to the second arrive late; 0 ms ends it. */
  delayLink: procedure
    .input(link.extend({ delayMs: z.number().min(0).max(MAX_LINK_DELAY_MS) }))
    .mutation(({ ctx, input: { from, to, direction, delayMs } }) =>
      ctx.sandbox.session.running().host.delayLink(from, to, delayMs, direction),
    ),
  healAll: procedure.mutation(({ ctx }) => ctx.sandbox.session.running().host.healAll()),
})
