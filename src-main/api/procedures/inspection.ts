import { z } from 'zod'
import type { RegionRowsQuery } from '../../client/views/region-rows'
import { procedure, router } from '../trpc'
import { id, keyInput } from './inputs'

const concern = z.enum(['no-leader', 'degraded', 'lagging', 'epoch-differs'])

const rowsQuery = z.strictObject({
  text: z.string().max(1024),
  concerns: z.array(concern).max(4),
  tableId: id.optional(),
  storeId: id.optional(),
  sortBy: z.enum([
    'regionId',
    'name',
    'state',
    'startKey',
    'leaderStoreId',
    'tableName',
    'sizeBytes',
    'keyCount',
    'appliedIndex',
    'lag',
    'term',
  ]),
  descending: z.boolean(),
  groupBy: z.enum(['none', 'table', 'leader']),
  offset: z.int().min(0),
  limit: z.int().min(1).max(1000),
})

const replica = { regionId: id, storeId: id }
const node = { nodeId: id }

/** Looking at the cluster that is open. Changes nothing but `flush` and `compact`. */
export const inspectionRouter = router({
  /** The topic `overview` tells the next ones. */
  overview: procedure.query(({ ctx }) => ctx.sandbox.views.inspection.overview()),
  regionRows: procedure
    .input(rowsQuery)
    .query(({ ctx, input: { tableId, storeId, ...rest } }) =>
      ctx.sandbox.views.inspection.regionRows({ ...rest, tableId, storeId } satisfies RegionRowsQuery),
    ),
  regionDetail: procedure
    .input(z.strictObject({ regionId: id }))
    .query(({ ctx, input }) => ctx.sandbox.views.inspection.regionDetail(input.regionId)),
  job: procedure
    .input(z.strictObject({ jobId: id }))
    .query(({ ctx, input }) => ctx.sandbox.views.inspection.job(input.jobId)),
  raftLog: procedure
    .input(z.strictObject({ ...replica, fromIndex: z.int().min(0), limit: z.int().min(1).max(500) }))
    .query(({ ctx, input }) => ctx.sandbox.views.inspection.raftLog(input)),
  raftLogEntry: procedure
    .input(z.strictObject({ ...replica, index: z.int().min(1) }))
    .query(({ ctx, input }) => ctx.sandbox.views.inspection.raftLogEntry(input)),
  engine: procedure
    .input(z.strictObject(node))
    .query(({ ctx, input }) => ctx.sandbox.views.inspection.engine(input.nodeId)),
  flush: procedure
    .input(z.strictObject(node))
    .mutation(({ ctx, input }) => ctx.sandbox.views.inspection.flush(input.nodeId)),
  compact: procedure
    .input(z.strictObject({ ...node, columnFamily: z.string().max(64).optional() }))
    .mutation(({ ctx, input }) => ctx.sandbox.views.inspection.compact(input.nodeId, input.columnFamily)),
  locate: procedure
    .input(z.strictObject({ ...node, key: keyInput }))
    .query(({ ctx, input }) => ctx.sandbox.views.inspection.locate(input.nodeId, input.key)),
  /** The last minutes; the topic `metrics` tells the next samples. */
  metrics: procedure.query(({ ctx }) => ctx.sandbox.views.metrics.history()),
})
