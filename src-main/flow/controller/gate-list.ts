import { SandboxError } from '../../base/sandbox-error'
import { parseCondition } from '../condition'
import type { Gate, GateView } from '../gate'

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

  /** @throws SandboxError FLOW_GATE_NOT_FOUND, FLOW_CONDITION, INVALID_ARGUMENT */
  change(gate: Gate): GateView {
    checkGate(gate)
    const before = this.#find(gate.gateId)
    const isSame = before.condition === gate.condition && before.stage === gate.stage
    const changed: GateView = { ...gate, hits: isSame ? before.hits : 0 }
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

function checkGate({ condition, hitCount }: Omit<Gate, 'gateId'>): void {
  parseCondition(condition)
  if (Number.isSafeInteger(hitCount) && hitCount >= 1) return
  const message = `A breakpoint stops from the first hit on or from a later one: ${String(hitCount)} is no whole number of 1 or more.`
  throw new SandboxError('INVALID_ARGUMENT', message, { details: { field: 'hitCount', hitCount } })
}
