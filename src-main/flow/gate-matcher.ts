import type { Condition, StageFacts } from './condition'
import { parseCondition } from './condition'
import type { Gate, KeyScope } from './gate'
import { matchesTheSame } from './same-gate'
import type { StageName } from './stages'

/** A stage as gates look at it. */
export interface StageMoment {
  readonly stage: StageName
  readonly nodeId: number
  readonly nodeName: string
  readonly regionId: number | undefined
  readonly operation: string | undefined
  readonly key: Uint8Array | undefined
  readonly index: number | undefined
  readonly term: number | undefined
  readonly messageType: string | undefined
  readonly peerName: string | undefined
}

interface CountedGate {
  readonly gate: Gate
  readonly condition: Condition
  /** How often it matched on this node since it was set. */
  hits: number
}

/** The gates of one node, ready to be asked. Counts how often each matched. */
export class GateMatcher {
  readonly #nodeId: number
  /** Those of this node, also while they are switched off: they keep their counts. */
  #gates: readonly CountedGate[] = []
  /** Those of them that are switched on. */
  #armed: readonly CountedGate[] = []
  #unreported = new Map<string, number>()

  constructor(nodeId: number) {
    this.#nodeId = nodeId
  }

  /** Whether any gate may stop something on this node. */
  get isArmed(): boolean {
    return this.#armed.length > 0
  }

  /**
   * Takes over all gates. One that matches the same as before keeps its count, also while it is switched off. Conditions can be read:
   * the controller has refused others before.
   */
  set(gates: readonly Gate[]): void {
    const before = new Map(this.#gates.map((counted) => [counted.gate.gateId, counted]))
    this.#gates = gates
      .filter(({ nodeId }) => nodeId === undefined || nodeId === this.#nodeId)
      .map((gate) => {
        const known = before.get(gate.gateId)
        const hits = known !== undefined && matchesTheSame(known.gate, gate) ? known.hits : 0
        return { gate, condition: parseCondition(gate.condition), hits }
      })
    this.#armed = this.#gates.filter(({ gate }) => gate.isEnabled)
  }

  /** Whether a gate could stop an operation of this kind at some stage, so that it has to be followed. */
  mayStop(operation: string, regionId: number | undefined, key: Uint8Array | undefined): boolean {
    return this.#armed.some(
      ({ gate }) =>
        (gate.operation === undefined || gate.operation === operation) &&
        (gate.regionId === undefined || gate.regionId === regionId) &&
        keyMatches(gate.keys, key),
    )
  }

  /** Whether a gate looks at messages of any operation, or of none. */
  mayStopMessage(messageType: string): boolean {
    return this.#armed.some(({ gate }) => gate.messageType === messageType && gate.operation === undefined)
  }

  /** The first gate that stops here; undefined if none does. Every gate that matches is counted. */
  match(moment: StageMoment): Gate | undefined {
    let stopping: Gate | undefined
    for (const armed of this.#armed) {
      if (!matches(armed, moment)) continue
      armed.hits += 1
      const { gateId, hitCount } = armed.gate
      this.#unreported.set(gateId, (this.#unreported.get(gateId) ?? 0) + 1)
      if (armed.hits >= hitCount) stopping ??= armed.gate
    }
    return stopping
  }

  /** Takes out what was counted since the last call. */
  takeHits(): ReadonlyArray<readonly [gateId: string, count: number]> {
    if (this.#unreported.size === 0) return []
    const hits = [...this.#unreported]
    this.#unreported = new Map()
    return hits
  }
}

function matches({ gate, condition }: CountedGate, moment: StageMoment): boolean {
  return (
    (gate.stage === undefined || gate.stage === moment.stage) &&
    (gate.regionId === undefined || gate.regionId === moment.regionId) &&
    (gate.operation === undefined || gate.operation === moment.operation) &&
    (gate.messageType === undefined || gate.messageType === moment.messageType) &&
    keyMatches(gate.keys, moment.key) &&
    condition(factsOf(moment))
  )
}

/** Whether a key is one of those that are meant. What has no key is not. */
export function keyMatches(keys: KeyScope | undefined, key: Uint8Array | undefined): boolean {
  if (keys === undefined) return true
  return key !== undefined && keys.prefixes.some((prefix) => beginsWith(key, prefix))
}

function beginsWith(key: Uint8Array, prefix: Uint8Array): boolean {
  return key.length >= prefix.length && prefix.every((byte, position) => key[position] === byte)
}

function factsOf(moment: StageMoment): StageFacts {
  return {
    stage: moment.stage,
    node: moment.nodeName,
    region: moment.regionId,
    operation: moment.operation,
    get key() {
      return moment.key === undefined ? undefined : String.fromCharCode(...moment.key.subarray(0, 1024))
    },
    index: moment.index,
    term: moment.term,
    message: moment.messageType,
    peer: moment.peerName,
  }
}
