/**
 * What a {@link RaftError} can mean. Codes are stable: callers compare them, sentences may change.
 *
 * The core defines its own error class because it imports nothing; its driver translates at the border.
 */
export const raftErrorCodes = {
  /** The configuration handed to a new node can never work. */
  INVALID_CONFIG: 'the configuration can never work',
  /** A call breaks the contract of the interface, whatever the state of the node. */
  INVALID_ARGUMENT: 'the argument can never be right',
  /** The call does not fit the state of the node: a second Ready before Advance, Advance with asynchronous storage. */
  OUT_OF_ORDER: 'the call comes at the wrong time',
  /** The bytes of a configuration change entry are not what this version writes. */
  MALFORMED_CONF_CHANGE: 'the configuration change cannot be decoded',
  /** The configuration change does not fit the configuration it would change. Nothing was changed. */
  CONF_CHANGE_REFUSED: 'the configuration change does not fit',
  /** A stored or received membership contradicts itself. */
  INVALID_CONF_STATE: 'the membership contradicts itself',
  /** The entry was compacted away. */
  LOG_COMPACTED: 'the entry is compacted away',
  /** The log does not reach that far. */
  LOG_UNAVAILABLE: 'the log does not reach that far',
  /** The snapshot is older than what the log holds already. */
  SNAPSHOT_OUT_OF_DATE: 'the snapshot is out of date',
  /** An invariant of Raft does not hold: a defect of this program or damaged storage. The node must stop. */
  INVARIANT_VIOLATED: 'an invariant does not hold',
} as const

/** A stable error code; see {@link raftErrorCodes} for what each means. */
export type RaftErrorCode = keyof typeof raftErrorCodes

/** Everything that the core throws. What is part of normal operation is returned as a value instead, see refusal.ts. */
export class RaftError extends Error {
  override readonly name: string = 'RaftError'
  readonly code: RaftErrorCode

  constructor(code: RaftErrorCode, message: string) {
    super(message)
    this.code = code
  }
}

/**
 * An invariant of Raft does not hold. The state of the node can no longer be trusted: whoever drives it must stop it
 * and must not write what it said last.
 */
export class RaftInvariantError extends RaftError {
  override readonly name = 'RaftInvariantError'

  constructor(message: string) {
    super('INVARIANT_VIOLATED', message)
  }
}
