import type { FollowedEntry } from './followed-entries'
import type { MessageAction, MessageFate } from './gate'
import type { StageCause, StageDatum } from './stage-event'
import type { OperationName, StageName } from './stages'

/** What travels with a request whose sender follows it: in the metadata of a call, `x-dingo-trace-id`. */
export interface TraceMark {
  readonly traceId: string
}

/** What a stage tells of itself when it is entered. Made only for operations that are followed. */
export interface StageDescription {
  readonly before: readonly StageDatum[]
  /** What it makes of that, as far as it is known before it does it. */
  readonly after?: readonly StageDatum[]
  readonly cause: StageCause
  readonly peerId?: number
  readonly messageType?: string
  readonly messageId?: string
}

/** What a stage tells when it is left. */
export interface StageOutcome {
  readonly after?: readonly StageDatum[]
  readonly error?: unknown
  /** In place of that of its description, where more is known by then. */
  readonly cause?: StageCause
  /** Of a message. */
  readonly fate?: MessageFate | undefined
}

/** A stage that is being passed. */
export interface OpenStage {
  /** Resolves when the operation may go on; undefined if nothing holds it. To be awaited before the stage takes effect. */
  readonly held: Promise<MessageAction> | undefined
  /** The stage is done. Twice is harmless. */
  leave(outcome?: () => StageOutcome): void
}

/** A request that is followed on this node. */
export interface RequestTrace {
  readonly traceId: string
  readonly operation: OperationName
  /** How long it was held on this node so far, in ms of the node's clock: in all-stop that stood still, and it is nothing. */
  readonly heldMs: number
  /** Enters a stage of the request's own path. */
  enter(stage: StageName, describe: () => StageDescription): OpenStage
  /** The request's command has this entry: from now on the entry is followed, too. */
  follows(entry: { readonly regionId: number; readonly term: number; readonly index: number }): void
}

/**
 * What the production path asks of stepping: one per node. While {@link isOn} is false nothing else is to be asked, so that
 * an operation that nobody follows pays for one look.
 */
export interface FlowProbe {
  /** Whether anything may have to be followed on this node. */
  readonly isOn: boolean
  /** A request has come: follows it if its sender does, a rule says so, or a gate could stop it. */
  begin(request: {
    readonly operation: OperationName
    /** Undefined where it is not known yet, or where there is none. */
    readonly regionId: number | undefined
    readonly key: Uint8Array | undefined
    readonly mark: TraceMark | undefined
  }): RequestTrace | undefined
  /** Entries of a region that are followed, `first <= index <= last`; empty at almost no cost if there are none. */
  entries(regionId: number, first: number, last: number): readonly FollowedEntry[]
  /** Another node says that these entries are followed. */
  follow(entries: readonly FollowedEntry[]): void
  /** Enters a stage of an entry. */
  enterEntry(entry: FollowedEntry, stage: StageName, describe: () => StageDescription): OpenStage
  /** Entries up to an index are applied here and need not be followed any more. */
  applied(regionId: number, index: number): void
  /** The replica of a region ends here: what is held of it is dropped, and nothing of it is followed any more. */
  endRegion(regionId: number): void
  /** Whether a gate waits for messages of this type that belong to no followed operation. */
  wantsMessage(messageType: string): boolean
  /** Enters a stage of such a message. */
  enterMessage(regionId: number, stage: StageName, describe: () => StageDescription): OpenStage
}

/** For nodes that are never stepped: tests and simulations. */
export const noProbe: FlowProbe = {
  isOn: false,
  begin: () => undefined,
  entries: () => [],
  follow: () => undefined,
  enterEntry: () => passedStage,
  applied: () => undefined,
  endRegion: () => undefined,
  wantsMessage: () => false,
  enterMessage: () => passedStage,
}

const passedStage: OpenStage = { held: undefined, leave: () => undefined }
