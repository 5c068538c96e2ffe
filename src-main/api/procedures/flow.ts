import { z } from 'zod'
import { conditionProblem } from '../../flow/condition'
import type { Gate, KeyScope } from '../../flow/gate'
import { stepKinds, stopModes } from '../../flow/gate'
import { operationNames, stageNames } from '../../flow/stages'
import { traceForPage, wholeStageForPage } from '../stage-shape'
import { procedure, router } from '../trpc'
import { id, keyBytes, LONGEST_TYPED_KEY } from './inputs'

/** The longest request that a person may compose: the largest value of the protocol, as base64, and what is around it. */
const LONGEST_REQUEST = 12 * 1024 * 1024
const LONGEST_DELAY_MS = 600_000

const traceId = z.string().regex(/^[0-9a-f]{1,64}$/)
/** `20001.17`. */
const stageId = z.string().regex(/^\d{1,12}\.\d{1,15}$/)
const gateId = z.string().max(64)
const hold = z.strictObject({ holdId: stageId })
const operation = z.enum(operationNames)

/** As many as a table has partitions at most (client/table-description.ts). */
const MOST_PREFIXES = 1024
const keyScope = z.strictObject({
  prefixes: z.array(keyBytes).min(1).max(MOST_PREFIXES).readonly(),
  table: z.strictObject({ tableId: id, name: z.string().max(256), text: z.string().max(LONGEST_TYPED_KEY) }).optional(),
})
const keysOf = (scope: z.infer<typeof keyScope> | undefined): KeyScope | undefined =>
  scope && { prefixes: scope.prefixes, table: scope.table }

const gateFields = {
  isEnabled: z.boolean(),
  stage: z.enum(stageNames).optional(),
  nodeId: z.int().min(0).optional(),
  regionId: id.optional(),
  operation: operation.optional(),
  keys: keyScope.optional(),
  messageType: z.string().max(64).optional(),
  condition: z.string().max(1024),
  hitCount: z.int().min(1),
}
const newGate = z.strictObject(gateFields)

const gateOf = (fields: z.infer<typeof newGate>): Omit<Gate, 'gateId'> => ({
  isEnabled: fields.isEnabled,
  stage: fields.stage,
  nodeId: fields.nodeId,
  regionId: fields.regionId,
  operation: fields.operation,
  keys: keysOf(fields.keys),
  messageType: fields.messageType,
  condition: fields.condition,
  hitCount: fields.hitCount,
})

const action = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.enum(['deliver', 'drop', 'duplicate']) }),
  z.strictObject({ kind: z.literal('delay'), delayMs: z.int().min(0).max(LONGEST_DELAY_MS) }),
])

const rule = z.strictObject({
  oneIn: z.int().min(0),
  regionId: id.optional(),
  keys: keyScope.optional(),
  operation: operation.optional(),
})

/** Stepping of the cluster that is open. What it changes is told by the topics `flow` and `flowStages`. */
export const flowRouter = router({
  state: procedure.query(({ ctx }) => ctx.sandbox.stepping.state),
  /** Of data longer than 4 KiB only the beginning: `stage` has it whole. */
  trace: procedure
    .input(z.strictObject({ traceId }))
    .query(({ ctx, input }) => traceForPage(ctx.sandbox.stepping.trace(input.traceId))),
  /** For whoever follows `flowStages`: how the stages of an open trace stand to each other now. */
  outline: procedure
    .input(z.strictObject({ traceId }))
    .query(({ ctx, input }) => ctx.sandbox.stepping.outline(input.traceId)),
  /** One stage with its data whole, as far as it is kept (64 KiB each). */
  stage: procedure
    .input(z.strictObject({ traceId, stageId }))
    .query(({ ctx, input }) => wholeStageForPage(ctx.sandbox.stepping.stage(input.traceId, input.stageId))),
  /** Answers at once; the topics tell how it goes on. */
  run: procedure
    .input(z.strictObject({ operation, json: z.string().max(LONGEST_REQUEST), step: z.boolean() }))
    .mutation(({ ctx, input: { step, ...request } }) => ctx.sandbox.stepping.run(request, { step })),
  setMode: procedure
    .input(z.strictObject({ mode: z.enum(stopModes) }))
    .mutation(({ ctx, input }) => ctx.sandbox.stepping.setMode(input.mode)),
  setRule: procedure
    .input(rule)
    .mutation(({ ctx, input: { oneIn, regionId, keys, operation: of } }) =>
      ctx.sandbox.stepping.setRule({ oneIn, regionId, keys: keysOf(keys), operation: of }),
    ),
  /** Where a condition that is being typed cannot be read; undefined if it can. */
  checkCondition: procedure
    .input(z.strictObject({ condition: gateFields.condition }))
    .query(({ input }) => conditionProblem(input.condition)),
  addGate: procedure.input(newGate).mutation(({ ctx, input }) => ctx.sandbox.stepping.addGate(gateOf(input))),
  changeGate: procedure
    .input(z.strictObject({ gateId, ...gateFields }))
    .mutation(({ ctx, input: { gateId: which, ...fields } }) =>
      ctx.sandbox.stepping.changeGate({ gateId: which, ...gateOf(fields) }),
    ),
  removeGate: procedure
    .input(z.strictObject({ gateId }))
    .mutation(({ ctx, input }) => ctx.sandbox.stepping.removeGate(input.gateId)),
  step: procedure
    .input(hold.extend({ kind: z.enum(stepKinds) }))
    .mutation(({ ctx, input }) => ctx.sandbox.stepping.step(input.holdId, input.kind)),
  release: procedure
    .input(hold.extend({ action }))
    .mutation(({ ctx, input }) => ctx.sandbox.stepping.release(input.holdId, input.action)),
  pause: procedure.mutation(({ ctx }) => ctx.sandbox.stepping.pause()),
  continueAll: procedure.mutation(({ ctx }) => ctx.sandbox.stepping.continueAll()),
  export: procedure
    .input(z.strictObject({ traceId, format: z.enum(['otlp', 'mermaid']) }))
    .query(({ ctx, input }) => ctx.sandbox.stepping.export(input.traceId, input.format)),
})
