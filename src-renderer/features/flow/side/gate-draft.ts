import type { Gate, GateView, KeyScope } from '../../../../src-main/flow/gate'
import type { OperationName, StageName } from '../../../../src-main/flow/stages'
import type { GateDraft } from '../../../data/flow-control'
import { allOperations, allStages } from '../trace/stage-catalogue'
import { stagesOfOperation } from '../trace/stages-of-operation'
import { formOfKeys, isWrongHex, WHOLE_KEYS } from './key-scope'
import type { KeyScopeForm } from './key-scope'

/** A breakpoint as the form has it: empty texts and undefined numbers match everything. */
export interface GateForm extends KeyScopeForm {
  stage: StageName | ''
  /** Of no node: -1. */
  nodeId: number
  regionId: number | undefined
  operation: OperationName | ''
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
    tableId: WHOLE_KEYS,
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
    ...formOfKeys(gate.keys),
    messageType: gate.messageType ?? '',
    condition: gate.condition,
    hitCount: gate.hitCount,
    isEnabled: gate.isEnabled,
  }
}

const isCount = (value: number | undefined) => value !== undefined && Number.isInteger(value) && value >= 1

type GateField = 'stage' | 'regionId' | 'prefix' | 'hitCount'

/** What is wrong with the form, by field; the condition is judged by the host. */
export function gateProblems(form: GateForm): ReadonlySet<GateField> {
  const problems = new Set<GateField>()
  if (form.stage !== '' && form.operation !== '' && !stagesOfOperation(form.operation).includes(form.stage)) {
    problems.add('stage')
  }
  if (form.regionId !== undefined && !isCount(form.regionId)) problems.add('regionId')
  if (isWrongHex(form)) problems.add('prefix')
  if (!isCount(form.hitCount)) problems.add('hitCount')
  return problems
}

/**
 * The stages to choose from: those of the operation. One that was chosen before the operation stays with them, so that it can be
 * said to be wrong.
 */
export function offeredStages({ stage, operation }: GateForm): readonly StageName[] {
  if (operation === '') return allStages
  const stages = stagesOfOperation(operation)
  return stage === '' || stages.includes(stage) ? stages : [...stages, stage]
}

/** The gate that a form without problems asks for. @param keys that the form means */
export function draftOfForm(form: GateForm, keys: KeyScope | undefined): GateDraft {
  return {
    isEnabled: form.isEnabled,
    stage: allStages.find((name) => name === form.stage),
    nodeId: form.nodeId === ANY_NODE ? undefined : form.nodeId,
    regionId: form.regionId,
    operation: allOperations.find((name) => name === form.operation),
    keys,
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
      gate.keys === undefined &&
      gate.messageType === undefined &&
      gate.condition === '' &&
      gate.hitCount === 1,
  )
}
