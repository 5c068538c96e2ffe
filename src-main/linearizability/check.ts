import { SandboxError } from '../base/sandbox-error'
import type { Model } from './model'
import type { Operation } from './operation'
import { PartitionSearch } from './search'
import type { LimitCheck, SearchLimit } from './search'

/** `unknown`: a limit ended the search before there was an answer. */
export type Verdict = 'linearizable' | 'not-linearizable' | 'unknown'

/** How much a check may take. Without limits it searches until it has an answer. */
export interface CheckLimits {
  /**
   * The time for the whole check, shared out evenly among the partitions; what one leaves over goes to those after it.
   * `monotonicMs` tells the time in ms, never going back. It is asked once a partition and every 1,024 steps, so that
   * every partition gets that many steps at least. The search runs in one go: a clock that stands still meanwhile never
   * ends it; there, use `memoryBytes`.
   */
  readonly time?: { readonly limitMs: number; readonly monotonicMs: () => number }
  /**
   * The memory for the visited configurations of one partition, in bytes, states apart. It is counted, not measured: the
   * same history ends at the same place every time. Default: 256 MiB.
   */
  readonly memoryBytes?: number
}

interface PartitionResultBase<Input, Output> {
  /** The partition's name as the model gives it; empty for a model with one part. */
  readonly partition: string
  /** All operations of the partition in the order of their calls. */
  readonly operations: ReadonlyArray<Operation<Input, Output>>
  /**
   * An order in which the model gives the recorded answers and which keeps to real time. Of a linearizable partition it
   * holds every completed operation, and those open ones whose effect somebody saw. Otherwise it is the longest
   * linearizable prefix that was found: it holds every operation that returned before the history's first return which
   * no order explains.
   */
  readonly linearization: ReadonlyArray<Operation<Input, Output>>
}

/** What was found about the operations of one partition. */
export type PartitionResult<Input, Output> = PartitionResultBase<Input, Output> &
  (
    | { readonly verdict: 'linearizable' }
    | {
        readonly verdict: 'not-linearizable'
        /** The first operation that cannot be placed: up to its return, and not before, no order explains the answers. */
        readonly blocked: Operation<Input, Output>
      }
    | { readonly verdict: 'unknown'; readonly limit: SearchLimit }
  )

/** What was found about a history. */
export interface CheckResult<Input, Output> {
  /** `not-linearizable` if any partition is; else `unknown` if any partition is; else `linearizable`. */
  readonly verdict: Verdict
  /** In the order in which the partitions are first called in the history. */
  readonly partitions: ReadonlyArray<PartitionResult<Input, Output>>
}

const DEFAULT_MEMORY_BYTES = 256 * 1024 * 1024

/**
 * Checks whether a history is linearizable: whether every operation can be given one moment between its call and its
 * return (or after its call, or none, if its outcome is unknown) so that the model gives all recorded answers.
 *
 * @param operations in any order; they are not changed
 * @throws SandboxError INVALID_ARGUMENT for an operation that returns before its call or at no finite position
 */
export function checkHistory<State, Input, Output>(
  model: Model<State, Input, Output>,
  operations: ReadonlyArray<Operation<Input, Output>>,
  limits: CheckLimits = {},
): CheckResult<Input, Output> {
  operations.forEach(validate)
  const partitions = [...partitionsOf(model, operations)]
  const deadlineMs = limits.time === undefined ? Infinity : limits.time.monotonicMs() + limits.time.limitMs
  const results = partitions.map(([partition, members], index) => {
    const limitMet = limitCheck(limits, deadlineMs, partitions.length - index)
    const { order, ...found } = new PartitionSearch(model, members).run(limitMet)
    return { partition, operations: members, linearization: order, ...found }
  })
  return { verdict: verdictOf(results), partitions: results }
}

function validate(operation: Operation<unknown, unknown>): void {
  const { client, calledAt } = operation
  const returnedAt = operation.outcome === 'known' ? operation.returnedAt : calledAt
  if (Number.isFinite(calledAt) && Number.isFinite(returnedAt) && calledAt <= returnedAt) return
  throw new SandboxError(
    'INVALID_ARGUMENT',
    `An operation of client ${client} is called at ${String(calledAt)} and returns at ${String(returnedAt)}. ` +
      'Both must be finite and the return not before the call; an operation without return has the outcome "unknown".',
    { details: { client, calledAt, returnedAt } },
  )
}

function partitionsOf<Input, Output>(
  model: Pick<Model<never, Input, Output>, 'partitionOf'>,
  operations: ReadonlyArray<Operation<Input, Output>>,
): Map<string, Array<Operation<Input, Output>>> {
  const partitions = new Map<string, Array<Operation<Input, Output>>>()
  for (const operation of [...operations].sort((left, right) => left.calledAt - right.calledAt)) {
    const name = model.partitionOf?.(operation.input) ?? ''
    const members = partitions.get(name)
    if (members === undefined) partitions.set(name, [operation])
    else members.push(operation)
  }
  return partitions
}

/** The limits of the next partition, which shares the time that is left with the others to come. */
function limitCheck(limits: CheckLimits, deadlineMs: number, partitionsLeft: number): LimitCheck {
  const memoryLimitBytes = limits.memoryBytes ?? DEFAULT_MEMORY_BYTES
  const monotonicMs = limits.time?.monotonicMs ?? (() => 0)
  const nowMs = monotonicMs()
  const untilMs = nowMs + Math.max(0, deadlineMs - nowMs) / partitionsLeft
  return (memoryBytes) => {
    if (memoryBytes > memoryLimitBytes) return 'memory'
    return monotonicMs() >= untilMs ? 'time' : undefined
  }
}

function verdictOf(results: ReadonlyArray<{ readonly verdict: Verdict }>): Verdict {
  if (results.some(({ verdict }) => verdict === 'not-linearizable')) return 'not-linearizable'
  return results.some(({ verdict }) => verdict === 'unknown') ? 'unknown' : 'linearizable'
}
