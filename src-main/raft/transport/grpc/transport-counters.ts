/** Why a message was not carried. Raft lives with all of them; a person wants to know. */
export type DropReason =
  /** The link is, or was meanwhile, cut. */
  | 'link-cut'
  /** There is no connection, and no attempt is due yet. */
  | 'unreachable'
  /** The connection broke before the message was written. */
  | 'connection-lost'
  /** More was waiting than may wait. */
  | 'queue-full'
  /** Nobody knows the address of the receiver. */
  | 'unknown-peer'
  /** It is larger than a message may be. */
  | 'too-large'
  /** It is not fit for the wire. */
  | 'not-encodable'
  /** Nobody listens here yet, or any more. */
  | 'not-listening'

/** What a transport has done since it was made. */
export class TransportCounters {
  sentMessages = 0
  sentFrames = 0
  sentBytes = 0
  receivedMessages = 0
  receivedFrames = 0
  receivedBytes = 0
  /** Streams opened to peers. */
  connects = 0
  /** Streams of peers that were refused. */
  refusedStreams = 0
  readonly dropped: Record<DropReason, number> = {
    'link-cut': 0,
    unreachable: 0,
    'connection-lost': 0,
    'queue-full': 0,
    'unknown-peer': 0,
    'too-large': 0,
    'not-encodable': 0,
    'not-listening': 0,
  }

  drop(reason: DropReason, messages = 1): void {
    this.dropped[reason] += messages
  }
}
