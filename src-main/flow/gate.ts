import type { OperationName, StageName } from './stages'

/** Which keys are meant. */
export interface KeyScope {
  /** What a key of the store begins with; one of them is enough. */
  readonly prefixes: readonly Uint8Array[]
  /**
   * The table whose keys these are, and what its own keys begin with, as a person typed it: each partition then has a prefix of its
   * own. Undefined for bytes of the store.
   */
  readonly table: { readonly tableId: number; readonly name: string; readonly text: string } | undefined
}

/** Where operations stop: a breakpoint. What is left out matches everything. Plain data. */
export interface Gate {
  /** Given by the controller. */
  readonly gateId: string
  readonly isEnabled: boolean
  readonly stage: StageName | undefined
  readonly nodeId: number | undefined
  readonly regionId: number | undefined
  readonly operation: OperationName | undefined
  /** Of the operation. */
  readonly keys: KeyScope | undefined
  /** `MsgApp`, `MsgAppResp` …; for the stages raft.send, raft.receive and raft.ack. */
  readonly messageType: string | undefined
  /** An expression over the stage: `index > 10 && node == 'store-2'`; see condition.ts. Empty: none. */
  readonly condition: string
  /** Stops only from the so-manieth time on that all else matches; 1 for every time. Each node counts for itself, from its start. */
  readonly hitCount: number
}

/** A gate beside what became of it. */
export interface GateView extends Gate {
  /** How often it matched since it was set, on all nodes together. */
  readonly hits: number
}

/** Which operations are traced without anybody asking for each. */
export interface TraceRule {
  /** One in so many of those that match; 0 for none. */
  readonly oneIn: number
  readonly regionId: number | undefined
  readonly keys: KeyScope | undefined
  readonly operation: OperationName | undefined
}

/** `all-stop`: the clocks of all nodes stand still while anything is held. `non-stop`: only what is held stands still. */
export const stopModes = ['all-stop', 'non-stop'] as const
export type StopMode = (typeof stopModes)[number]

/** How far a held operation goes on. */
export const stepKinds = ['over', 'into', 'out', 'continue', 'to-commit', 'to-apply', 'to-response'] as const
export type StepKind = (typeof stepKinds)[number]

/** What a person had become of a message that did not simply go its way. */
export type MessageFate = 'dropped' | 'duplicated' | 'delayed'

/** What becomes of a held message. */
export type MessageAction =
  | { readonly kind: 'deliver' }
  | { readonly kind: 'drop' }
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'delay'; readonly delayMs: number }
