import type { SerializedSandboxError } from '../base/sandbox-error'
import type { MessageFate } from './gate'
import type { OperationName, StageName } from './stages'

/** Which entry of which Raft log a stage is about: by this the stages of all nodes are joined. */
export interface EntryIdentity {
  readonly regionId: number
  readonly term: number
  readonly index: number
}

/**
 * Data that a stage takes or makes: the real bytes, beside what they are. `type` is the full name of a protobuf message
 * (`dingodb.pb.store.KvPutRequest`), or one of `bytes`, `key`, `raft-message`, `raft-entry`, `log-record`, `write-batch`, `text`;
 * with JSON alone: `checks` (a list of CheckResult), `storage-request`, `write-data`, `write-result`, `meta`.
 */
export interface StageDatum {
  readonly name: string
  readonly type: string
  /** At most {@link MOST_DATUM_BYTES}; `length` tells how many there are. */
  readonly bytes: Uint8Array
  readonly length: number
  /** What a person reads, as JSON. Nodes make it for what is no message of protobuf; for those, who shows them does. */
  readonly json: string | undefined
}

/** Longer data is cut in traces. */
export const MOST_DATUM_BYTES = 64 * 1024

/** Why a stage happened: a message template of the screens and its parameters; `sentence` is it in English. */
export interface StageCause {
  readonly code: string
  readonly parameters: Readonly<Record<string, string | number>>
  readonly sentence: string
}

/** One stage that was passed (or is held) on one node. Plain data; sent from nodes to the controller. */
export interface StageEvent {
  /** Grows with each event of a node; with `nodeId` it is the identity of the stage: see {@link stageId}. */
  readonly sequence: number
  /** 0 for the client. */
  readonly nodeId: number
  readonly stage: StageName
  /** Known where the request itself passes by; elsewhere the entry's identity tells it. */
  readonly traceId: string | undefined
  readonly operation: OperationName | undefined
  readonly regionId: number | undefined
  readonly entry: EntryIdentity | undefined
  /** Of a message: the node at its other end. */
  readonly peerId: number | undefined
  /** Ties `raft.send` to its `raft.receive`, and an answer to what it answers. */
  readonly messageId: string | undefined
  /** Of a message that was held, if something else was done with it than to deliver it. */
  readonly fate: MessageFate | undefined
  /** Wall time in ms with fractions, of the node's thread. While a stage is held its time stands still. */
  readonly startedAtMs: number
  readonly endedAtMs: number
  /** Ms of the time between that it was held. */
  readonly heldMs: number
  readonly before: readonly StageDatum[]
  readonly after: readonly StageDatum[]
  readonly cause: StageCause
  readonly error: SerializedSandboxError | undefined
}

/** `20001.17`. */
export function stageId(event: Pick<StageEvent, 'nodeId' | 'sequence'>): string {
  return `${String(event.nodeId)}.${String(event.sequence)}`
}
