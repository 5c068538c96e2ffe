import type { SerializedSandboxError } from '../base/sandbox-error'
import type { Gate, GateView, MessageAction, StepKind, StopMode, TraceRule } from './gate'
import type { StageEvent } from './stage-event'
import type { OperationName, StageName } from './stages'

/** An operation that stands at a stage. */
export interface HoldView {
  readonly holdId: string
  readonly traceId: string | undefined
  readonly stageId: string
  readonly stage: StageName
  readonly nodeId: number
  readonly regionId: number | undefined
  /** Wall time in ms. */
  readonly sinceMs: number
  /** The gate that stopped it; undefined for a step. */
  readonly gateId: string | undefined
  /** Whether it is a message on its way, which may be dropped, delayed or duplicated. */
  readonly isMessage: boolean
}

export interface TraceSummary {
  readonly traceId: string
  readonly operation: OperationName | undefined
  readonly regionId: number | undefined
  /** Decoded, for people. */
  readonly key: string
  readonly startedAtMs: number
  /**
   * Until the client had its answer; of a creation or drop that was asked for elsewhere, until the stores had carried it out.
   * Undefined while it is under way. Held time is not counted.
   */
  readonly durationMs: number | undefined
  readonly state: 'running' | 'held' | 'done' | 'failed' | 'unknown'
  readonly error: SerializedSandboxError | undefined
  readonly stageCount: number
}

/** The state of stepping as a whole. Plain data; told whole at each change. */
export interface FlowState {
  readonly mode: StopMode
  /** Whether the clocks of the nodes stand still now. */
  readonly isFrozen: boolean
  readonly gates: readonly GateView[]
  readonly holds: readonly HoldView[]
  readonly rule: TraceRule
  /** The newest first. */
  readonly traces: readonly TraceSummary[]
}

/** A trace whole: its stages over all nodes, in the order of time, causes before effects. */
export interface TraceView {
  readonly summary: TraceSummary
  readonly stages: readonly StageEvent[]
  /** Ids of the stages that the client's answer waited for, in order. */
  readonly criticalPath: readonly string[]
  /** Stages that this operation will pass if nothing goes wrong, and has not passed yet: the ghosts of the diagram. */
  readonly ahead: ReadonlyArray<{ readonly stage: StageName; readonly nodeId: number }>
}

/** A trace as {@link TraceView}, without its stages: what changes of those that are known when others come. */
export interface TraceOutline extends Omit<TraceView, 'stages'> {
  /** Ids of all stages, in the order of {@link TraceView.stages}. */
  readonly order: readonly string[]
}

/** A request that a person composed: a method of StoreService and its request as JSON of protobuf. `context` is filled in. */
export interface ComposedRequest {
  readonly operation: OperationName
  readonly json: string
}

/** Stepping, for the screens' door. */
export interface FlowControl {
  readonly state: FlowState
  onState(listener: (state: FlowState) => void): () => void
  /** Stages of one trace as they come. */
  onStages(listener: (news: { readonly traceId: string; readonly stages: readonly StageEvent[] }) => void): () => void
  /** @throws SandboxError FLOW_TRACE_NOT_FOUND */
  trace(traceId: string): TraceView
  /** As {@link trace}, for whoever follows {@link onStages} and has the stages. @throws SandboxError FLOW_TRACE_NOT_FOUND */
  outline(traceId: string): TraceOutline
  /** One stage, with its data as it is kept. @throws SandboxError FLOW_TRACE_NOT_FOUND, FLOW_STAGE_NOT_FOUND */
  stage(traceId: string, stageId: string): StageEvent
  /** Runs an operation under trace. With `step` it stops at its first stage. @returns at once, the trace's id */
  run(request: ComposedRequest, options: { readonly step: boolean }): Promise<{ readonly traceId: string }>
  setMode(mode: StopMode): Promise<void>
  setRule(rule: TraceRule): Promise<void>
  addGate(gate: Omit<Gate, 'gateId'>): Promise<GateView>
  changeGate(gate: Gate): Promise<GateView>
  removeGate(gateId: string): Promise<void>
  /** Lets a held operation go on. @throws SandboxError FLOW_HOLD_NOT_FOUND */
  step(holdId: string, kind: StepKind): Promise<void>
  /** Lets a held message go on, or not. @throws SandboxError FLOW_HOLD_NOT_FOUND, INVALID_ARGUMENT for what is no message */
  release(holdId: string, action: MessageAction): Promise<void>
  /** Stops every traced operation at its next stage. */
  pause(): Promise<void>
  /** Lets everything go on; gates stay. */
  continueAll(): Promise<void>
  /** @throws SandboxError FLOW_TRACE_NOT_FOUND */
  export(traceId: string, format: 'otlp' | 'mermaid'): string
}
