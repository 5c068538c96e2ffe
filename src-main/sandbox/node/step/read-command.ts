import { SandboxError } from '../../../base/sandbox-error'
import { parseCondition } from '../../../flow/condition'
import type { FlowCommand, StopOrder } from '../../../flow/flow-messages'
import type { Gate, KeyScope, MessageAction, TraceRule } from '../../../flow/gate'
import { stopModes } from '../../../flow/gate'
import { operationNames, stageNames } from '../../../flow/stages'
import { PlainData } from '../../plain-data'
import { fromStepJson } from './step-json'

const kinds = ['configure', 'release', 'release-all', 'freeze'] as const
const stopPlaces = ['stage', 'part', 'commit', 'apply', 'response'] as const
const actionKinds = ['deliver', 'drop', 'duplicate', 'delay'] as const

/** Reads a command that came from outside. @throws SandboxError INVALID_ARGUMENT, FLOW_CONDITION */
export function readCommand(json: string): FlowCommand {
  const data = new PlainData(parse(json), 'a command to step a node')
  const kind = data.field('kind').oneOf(kinds)
  switch (kind) {
    case 'configure':
      return {
        kind,
        gates: data.field('gates').list().map(readGate),
        rule: readRule(data.field('rule')),
        mode: data.field('mode').oneOf(stopModes),
        stops: data.field('stops').list().map(readStop),
        stopsAll: data.field('stopsAll').truth(),
      }
    case 'release':
      return { kind, holdId: data.field('holdId').text(), action: readAction(data.field('action')) }
    case 'release-all':
      return { kind }
    case 'freeze':
      return { kind, isFrozen: data.field('isFrozen').truth() }
  }
}

function parse(json: string): unknown {
  try {
    return fromStepJson(json)
  } catch (cause) {
    throw new SandboxError('INVALID_ARGUMENT', 'A command to step a node is JSON, but this is none.', { cause })
  }
}

function readGate(data: PlainData): Gate {
  const condition = data.field('condition').string()
  // Refused here and now: a gate that cannot be read would stop nothing, and nobody would know why.
  parseCondition(condition)
  return {
    gateId: data.field('gateId').text(),
    isEnabled: data.field('isEnabled').truth(),
    stage: optional(data.field('stage'), (field) => field.oneOf(stageNames)),
    nodeId: optional(data.field('nodeId'), (field) => field.wholeNumber(0)),
    regionId: optional(data.field('regionId'), (field) => field.wholeNumber(1)),
    operation: optional(data.field('operation'), (field) => field.oneOf(operationNames)),
    keys: optional(data.field('keys'), readKeyScope),
    messageType: optional(data.field('messageType'), (field) => field.text()),
    condition,
    hitCount: data.field('hitCount').wholeNumber(1),
  }
}

function readRule(data: PlainData): TraceRule {
  return {
    oneIn: data.field('oneIn').wholeNumber(0),
    regionId: optional(data.field('regionId'), (field) => field.wholeNumber(1)),
    keys: optional(data.field('keys'), readKeyScope),
    operation: optional(data.field('operation'), (field) => field.oneOf(operationNames)),
  }
}

function readKeyScope(data: PlainData): KeyScope {
  return {
    prefixes: data
      .field('prefixes')
      .list()
      .map((prefix) => prefix.bytes()),
    table: optional(data.field('table'), (table) => ({
      tableId: table.field('tableId').wholeNumber(1),
      name: table.field('name').text(),
      text: table.field('text').string(),
    })),
  }
}

function readStop(data: PlainData): StopOrder {
  return {
    traceId: data.field('traceId').text(),
    at: data.field('at').oneOf(stopPlaces),
    nodeId: optional(data.field('nodeId'), (field) => field.wholeNumber(0)),
  }
}

function readAction(data: PlainData): MessageAction {
  const kind = data.field('kind').oneOf(actionKinds)
  return kind === 'delay' ? { kind, delayMs: data.field('delayMs').wholeNumber(0) } : { kind }
}

const optional = <Value>(field: PlainData, read: (field: PlainData) => Value): Value | undefined =>
  field.exists ? read(field) : undefined
