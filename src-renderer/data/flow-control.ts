import type { Gate, MessageAction, StepKind, StopMode, TraceRule } from '../../src-main/flow/gate'
import type { GateView } from '../../src-main/flow/gate'
import type { OperationName } from '../../src-main/flow/stages'
import { useDoorClient } from './door-client'

/** A gate as a form has it: without the id, which the host gives. */
export type GateDraft = Omit<Gate, 'gateId'>

/** What can be done to operations that are stepped. Each throws what the door sends; the topics tell what became of it. */
export interface FlowActions {
  /** @returns at once, the id of the trace */
  run(operation: OperationName, json: string, step: boolean): Promise<string>
  step(holdId: string, kind: StepKind): Promise<void>
  release(holdId: string, action: MessageAction): Promise<void>
  pause(): Promise<void>
  continueAll(): Promise<void>
  setMode(mode: StopMode): Promise<void>
  setRule(rule: TraceRule): Promise<void>
  addGate(gate: GateDraft): Promise<GateView>
  changeGate(gate: Gate): Promise<GateView>
  removeGate(gateId: string): Promise<void>
  /** @returns the trace as text */
  exportTrace(traceId: string, format: 'otlp' | 'mermaid'): Promise<string>
}

export function useFlowActions(): FlowActions {
  const { flow } = useDoorClient()
  return {
    run: async (operation, json, step) => (await flow.run.mutate({ operation, json, step })).traceId,
    step: (holdId, kind) => flow.step.mutate({ holdId, kind }),
    release: (holdId, action) => flow.release.mutate({ holdId, action }),
    pause: () => flow.pause.mutate(),
    continueAll: () => flow.continueAll.mutate(),
    setMode: (mode) => flow.setMode.mutate({ mode }),
    setRule: (rule) => flow.setRule.mutate(rule),
    addGate: (gate) => flow.addGate.mutate(gate),
    changeGate: (gate) => flow.changeGate.mutate(gate),
    removeGate: (gateId) => flow.removeGate.mutate({ gateId }),
    exportTrace: (traceId, format) => flow.export.query({ traceId, format }),
  }
}
