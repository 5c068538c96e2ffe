import type { Gate, GateView } from '../../../../src-main/flow/gate'
import type { OperationName, StageName } from '../../../../src-main/flow/stages'
import type { GateDraft } from '../../../data/flow-control'
import { bytesToHex, hexToBytes } from '../../../ui/format'
import { allOperations, allStages } from '../trace/stage-catalogue'

/** A breakpoint as the form has it: empty texts and undefined numbers match everything. */
export interface GateForm {
  stage: StageName | ''
  /** Of no node: -1. */
  nodeId: number
  regionId: number | undefined
  operation: OperationName | ''
  /** Text, or bytes as `0x…`. */
  prefix: string
  messageType: string
  condition: string
  hitCount: number | undefined
  isEnabled: boolean
}

export const ANY_NODE = -1

export function emptyGateForm(): GateForm {
  return {
    stage: '',
    nodeId: ANY_NODE,
    regionId: undefined,
    operation: '',
    prefix: '',
    messageType: '',
    condition: '',
    hitCount: 1,
    isEnabled: true,
  }
}

export function formOfGate(gate: Gate): GateForm {
  return {
    stage: gate.stage ?? '',
    nodeId: gate.nodeId ?? ANY_NODE,
    regionId: gate.regionId,
    operation: gate.operation ?? '',
    prefix: gate.keyPrefix === undefined ? '' : `0x${bytesToHex(gate.keyPrefix)}`,
    messageType: gate.messageType ?? '',
    condition: gate.condition,
    hitCount: gate.hitCount,
    isEnabled: gate.isEnabled,
  }
}

/** A key prefix as typed: bytes, undefined for none, or `wrong` for what begins as hex and is none. */
export function parsePrefix(text: string): Uint8Array | undefined | 'wrong' {
  const typed = text.trim()
  if (typed === '') return undefined
  if (!/^0x/i.test(typed)) return new TextEncoder().encode(typed)
  return hexToBytes(typed) ?? 'wrong'
}

const isCount = (value: number | undefined) => value !== undefined && Number.isInteger(value) && value >= 1

/** What is wrong with the form, by field; the condition is judged by the host. */
export function gateProblems(form: GateForm): ReadonlySet<'regionId' | 'prefix' | 'hitCount'> {
  const problems = new Set<'regionId' | 'prefix' | 'hitCount'>()
  if (form.regionId !== undefined && !isCount(form.regionId)) problems.add('regionId')
  if (parsePrefix(form.prefix) === 'wrong') problems.add('prefix')
  if (!isCount(form.hitCount)) problems.add('hitCount')
  return problems
}

/** The gate that a form without problems asks for. */
export function draftOfForm(form: GateForm): GateDraft {
  const prefix = parsePrefix(form.prefix)
  return {
    isEnabled: form.isEnabled,
    stage: allStages.find((name) => name === form.stage),
    nodeId: form.nodeId === ANY_NODE ? undefined : form.nodeId,
    regionId: form.regionId,
    operation: allOperations.find((name) => name === form.operation),
    keyPrefix: prefix === 'wrong' ? undefined : prefix,
    messageType: form.messageType === '' ? undefined : form.messageType,
    condition: form.condition.trim(),
    hitCount: form.hitCount ?? 1,
  }
}

/** A gate without its figures, as it is sent back when something of it changes. */
export function gateOf({ hits: _hits, ...gate }: GateView): Gate {
  return gate
}

/** The breakpoint that F9 sets and takes away at a stage on a node: nothing but stage and node. */
export function plainGateAt(gates: readonly GateView[], stage: StageName, nodeId: number): GateView | undefined {
  return gates.find(
    (gate) =>
      gate.stage === stage &&
      gate.nodeId === nodeId &&
      gate.regionId === undefined &&
      gate.operation === undefined &&
      gate.keyPrefix === undefined &&
      gate.messageType === undefined &&
      gate.condition === '' &&
      gate.hitCount === 1,
  )
}
