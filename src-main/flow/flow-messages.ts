import type { Gate, MessageAction, StopMode, TraceRule } from './gate'
import type { StageEvent } from './stage-event'

/** Where a traced operation stops next, beside gates: at whatever comes next, or at one of the named moments. */
export interface StopOrder {
  readonly traceId: string
  /**
   * `stage`: at the next stage on this node that is no part of another. `part`: at the next stage or part on this node.
   * `commit`, `apply`, `response`: at raftNode.commit, stateMachine.onApply, service.respond.
   */
  readonly at: 'stage' | 'part' | 'commit' | 'apply' | 'response'
  /** Only on this node; undefined for any. */
  readonly nodeId: number | undefined
}

/** What the controller tells a node. Plain data. */
export type FlowCommand =
  /** All of what a node needs to know; replaces what it was told before. */
  | {
      readonly kind: 'configure'
      readonly gates: readonly Gate[]
      readonly rule: TraceRule
      readonly mode: StopMode
      readonly stops: readonly StopOrder[]
      /** Stop every followed operation at its next stage. */
      readonly stopsAll: boolean
    }
  | { readonly kind: 'release'; readonly holdId: string; readonly action: MessageAction }
  | { readonly kind: 'release-all' }
  /** Whether the node's clock stands still. */
  | { readonly kind: 'freeze'; readonly isFrozen: boolean }

/** An operation that a node holds, and the stage that it stands at, as far as it has come. */
export interface HeldStage {
  readonly holdId: string
  readonly gateId: string | undefined
  readonly isMessage: boolean
  readonly event: StageEvent
}

/** What a node tells the controller. Plain data. */
export type FlowReport =
  /** Stages that were passed since the last report, at most 256 a time. `lost`: how many more there were. */
  | { readonly kind: 'stages'; readonly events: readonly StageEvent[]; readonly lost: number }
  | { readonly kind: 'held'; readonly held: HeldStage }
  /** A hold ended: it was released, or its node let everything go. */
  | { readonly kind: 'released'; readonly holdId: string }
  /** How often gates matched, by id; the difference since the last report. */
  | { readonly kind: 'hits'; readonly hits: ReadonlyArray<readonly [gateId: string, count: number]> }

/** How the controller reaches one node. */
export interface FlowNodeLink {
  readonly nodeId: number
  readonly name: string
  /** Resolves when the node has taken it. A node that is gone takes nothing and rejects nothing. */
  send(command: FlowCommand): Promise<void>
}
