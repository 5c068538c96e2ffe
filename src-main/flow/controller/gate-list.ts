import { SandboxError } from '../../base/sandbox-error'
import { parseCondition } from '../condition'
import type { Gate, GateView } from '../gate'
import { matchesTheSame } from '../same-gate'
import type { OperationName, StageName } from '../stages'
import { regionOperationOf, stagesOfOperation } from '../stages'

/** The gates that a person has set, with how often each matched. */
export class GateList {
  #gates: readonly GateView[] = []
  #last = 0

  get all(): readonly GateView[] {
    return this.#gates
  }

  /** @throws SandboxError FLOW_CONDITION, INVALID_ARGUMENT */
  add(gate: Omit<Gate, 'gateId'>): GateView {
    checkGate(gate)
    this.#last += 1
    const added: GateView = { ...gate, gateId: `gate-${String(this.#last)}`, hits: 0 }
    this.#gates = [...this.#gates, added]
    return added
  }

  /** One that matches the same as before keeps its count. @throws SandboxError FLOW_GATE_NOT_FOUND, FLOW_CONDITION, INVALID_ARGUMENT */
  change(gate: Gate): GateView {
    checkGate(gate)
    const before = this.#find(gate.gateId)
    const changed: GateView = { ...gate, hits: matchesTheSame(before, gate) ? before.hits : 0 }
    this.#gates = this.#gates.map((each) => (each.gateId === gate.gateId ? changed : each))
    return changed
  }

  /** @throws SandboxError FLOW_GATE_NOT_FOUND */
  remove(gateId: string): void {
    this.#find(gateId)
    this.#gates = this.#gates.filter((each) => each.gateId !== gateId)
  }

  /** A node tells how often gates matched there. */
  count(hits: ReadonlyArray<readonly [gateId: string, count: number]>): void {
    const byId = new Map(hits)
    this.#gates = this.#gates.map((gate) => {
      const more = byId.get(gate.gateId)
      return more === undefined ? gate : { ...gate, hits: gate.hits + more }
    })
  }

  #find(gateId: string): GateView {
    const gate = this.#gates.find((each) => each.gateId === gateId)
    if (gate !== undefined) return gate
    throw new SandboxError('FLOW_GATE_NOT_FOUND', `There is no breakpoint ${gateId}: it was removed meanwhile.`, {
      details: { gateId },
    })
  }
}

function checkGate({ stage, operation, condition, hitCount }: Omit<Gate, 'gateId'>): void {
  parseCondition(condition)
  if (stage !== undefined && operation !== undefined) checkComesBy(operation, stage)
  if (Number.isSafeInteger(hitCount) && hitCount >= 1) return
  const message = `A breakpoint stops from the first hit on or from a later one: ${String(hitCount)} is no whole number of 1 or more.`
  throw new SandboxError('INVALID_ARGUMENT', message, { details: { field: 'hitCount', hitCount } })
}

/** A breakpoint that can stop nothing would leave a person waiting. */
function checkComesBy(operation: OperationName, stage: StageName): void {
  if (stagesOfOperation[operation].has(stage)) return
  const onStores = regionOperationOf[operation]
  const instead =
    onStores !== undefined && stagesOfOperation[onStores].has(stage)
      ? `stores take part in it as ${onStores}; choose that operation.`
      : 'choose another stage, or leave the operation open.'
  const message = `No ${operation} comes by ${stage}, so nothing would ever stop there: ${instead}`
  throw new SandboxError('INVALID_ARGUMENT', message, { details: { field: 'stage', stage, operation } })
}
