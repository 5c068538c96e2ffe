import type { SerializedSandboxError } from '../../base/sandbox-error'
import { SandboxError } from '../../base/sandbox-error'
import type { TraceSummary } from '../flow-views'
import type { StageEvent } from '../stage-event'
import { stageId } from '../stage-event'
import { tableOperations } from '../stages'
import type { OperationName } from '../stages'
import { TraceEndWatch } from './trace-end'

/** How much is kept. */
export interface TraceLimits {
  readonly traces: number
  /** Bytes of the data of all stages. */
  readonly bytes: number
  /** Stages of one trace. */
  readonly stages: number
}

const DEFAULT_LIMITS: TraceLimits = { traces: 200, bytes: 64 * 1024 * 1024, stages: 4096 }
/** What a stage takes beside its data, roughly. */
const STAGE_OVERHEAD_BYTES = 512
/** Of so many traces that had ended and gave way the ids are kept: far more than nodes are behind. */
const MOST_GONE = 4096

/** What is known of one operation. */
export interface Trace {
  readonly traceId: string
  operation: OperationName | undefined
  regionId: number | undefined
  /** Decoded, for people. */
  key: string
  readonly startedAtMs: number
  endedAtMs: number | undefined
  error: SerializedSandboxError | undefined
  /** The latest state of each stage, by its id, in the order in which they were first heard of. */
  readonly stages: Map<string, StageEvent>
  bytes: number
  /** Undefined for what was composed here: then its client tells the end. */
  readonly endWatch: TraceEndWatch | undefined
}

/**
 * The last traces, as many as fit. Stages of one operation come from several nodes in any order; each is put to its trace by
 * the id that travels with the operation and its entry.
 */
export class TraceStore {
  readonly #limits: TraceLimits
  /** The oldest first. */
  readonly #traces = new Map<string, Trace>()
  /** Traces that had ended and gave way, the oldest first. */
  readonly #gone = new Set<string>()
  #bytes = 0

  constructor(limits: Partial<TraceLimits> = {}) {
    this.#limits = { ...DEFAULT_LIMITS, ...limits }
  }

  /** The newest first. */
  get traces(): readonly Trace[] {
    return [...this.#traces.values()].reverse()
  }

  /** Bytes that are kept. */
  get bytes(): number {
    return this.#bytes
  }

  /** @throws SandboxError FLOW_TRACE_NOT_FOUND */
  get(traceId: string): Trace {
    const trace = this.#traces.get(traceId)
    if (trace !== undefined) return trace
    throw new SandboxError(
      'FLOW_TRACE_NOT_FOUND',
      `There is no trace ${traceId}: it was never begun, or has given way to newer ones.`,
      { details: { traceId } },
    )
  }

  /** Begins a trace before its first stage is there. What was composed here ends when whoever composed it says so. */
  begin(
    traceId: string,
    start: Pick<Trace, 'operation' | 'regionId' | 'key' | 'startedAtMs'>,
    { isComposed = false }: { readonly isComposed?: boolean } = {},
  ): Trace {
    const trace: Trace = {
      ...start,
      traceId,
      endedAtMs: undefined,
      error: undefined,
      stages: new Map(),
      bytes: 0,
      endWatch: isComposed ? undefined : new TraceEndWatch(),
    }
    this.#traces.set(traceId, trace)
    this.#makeRoom()
    return trace
  }

  /**
   * Takes a stage in, or its later state.
   *
   * @param isHeld whether it stands there now, and is not passed yet
   * @returns its trace; undefined for a stage that belongs to none that is kept
   */
  add(event: StageEvent, { isHeld = false }: { readonly isHeld?: boolean } = {}): Trace | undefined {
    const { traceId, operation, regionId, startedAtMs } = event
    // What a follower does late would begin a second trace of it, which never ends.
    if (traceId === undefined || this.#gone.has(traceId)) return undefined
    const trace = this.#traces.get(traceId) ?? this.begin(traceId, { operation, regionId, key: '', startedAtMs })
    trace.operation ??= operation
    // What a store does for one region can be heard of before the table of which it is a part.
    if (operation !== undefined && operation !== trace.operation && isOfWholeTable(operation)) {
      trace.operation = operation
      trace.regionId = undefined
    }
    // A creation or drop is about many regions.
    if (trace.operation === undefined || !tableOperations.has(trace.operation)) trace.regionId ??= regionId
    if (trace.endWatch !== undefined) {
      trace.endWatch.add(event, isHeld)
      trace.endedAtMs = trace.endWatch.end?.atMs
      trace.error = trace.endWatch.end?.error
    }
    const id = stageId(event)
    const before = trace.stages.get(id)
    if (before === undefined && trace.stages.size >= this.#limits.stages) return trace
    trace.stages.set(id, event)
    const grown = sizeOf(event) - (before === undefined ? 0 : sizeOf(before))
    trace.bytes += grown
    this.#bytes += grown
    this.#makeRoom()
    return trace
  }

  clear(): void {
    this.#traces.clear()
    this.#gone.clear()
    this.#bytes = 0
  }

  #makeRoom(): void {
    for (const [traceId, { bytes, endedAtMs }] of this.#traces) {
      const isFull = this.#traces.size > this.#limits.traces || this.#bytes > this.#limits.bytes
      // The newest stays, however large.
      if (!isFull || this.#traces.size === 1) return
      this.#traces.delete(traceId)
      this.#bytes -= bytes
      if (endedAtMs !== undefined) this.#note(traceId)
    }
  }

  #note(gone: string): void {
    this.#gone.add(gone)
    if (this.#gone.size <= MOST_GONE) return
    const [oldest] = this.#gone
    if (oldest !== undefined) this.#gone.delete(oldest)
  }
}

function isOfWholeTable(operation: OperationName): boolean {
  return operation === 'CreateTable' || operation === 'DropTable'
}

function sizeOf({ before, after }: StageEvent): number {
  let bytes = STAGE_OVERHEAD_BYTES
  for (const datum of before) bytes += datum.bytes.length + (datum.json?.length ?? 0)
  for (const datum of after) bytes += datum.bytes.length + (datum.json?.length ?? 0)
  return bytes
}

/** A trace in one line. @param isHeld whether any of its stages is held now */
export function summaryOf(trace: Trace, isHeld: boolean): TraceSummary {
  const { traceId, operation, regionId, key, startedAtMs, endedAtMs, error, stages } = trace
  return {
    traceId,
    operation,
    regionId,
    key,
    startedAtMs,
    durationMs:
      endedAtMs === undefined ? undefined : Math.max(0, endedAtMs - startedAtMs - heldTime(stages.values(), endedAtMs)),
    state: isHeld ? 'held' : endedAtMs === undefined ? 'running' : error === undefined ? 'done' : stateOf(error),
    error,
    stageCount: stages.size,
  }
}

/**
 * How long anything of an operation was held, in ms: holds at the same time count once.
 *
 * @param endedAtMs when the client had its answer: what was held later did not keep it waiting
 */
function heldTime(stages: Iterable<StageEvent>, endedAtMs: number): number {
  const holds = [...stages].filter(({ heldMs }) => heldMs > 0)
  holds.sort((one, other) => one.startedAtMs - other.startedAtMs)
  let totalMs = 0
  let untilMs = -Infinity
  for (const { startedAtMs, heldMs } of holds) {
    const endMs = Math.min(startedAtMs + heldMs, endedAtMs)
    totalMs += Math.max(0, endMs - Math.max(startedAtMs, untilMs))
    untilMs = Math.max(untilMs, endMs)
  }
  return totalMs
}

function stateOf({ code }: SerializedSandboxError): 'failed' | 'unknown' {
  return code === 'CLIENT_OUTCOME_UNKNOWN' ? 'unknown' : 'failed'
}
