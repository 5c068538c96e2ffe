import type { SandboxError } from '../base/sandbox-error'

/** What is done with what a stream brings. Nothing of it may throw. */
export interface ByteStreamListener {
  /** One message of the other end; a view that nobody changes. */
  frame(bytes: Uint8Array): void
  /** The stream is over, once: undefined when both ends closed it in order. */
  ended(error: SandboxError | undefined): void
}

/** A stream of messages in both directions, whatever carries it. */
export interface ByteStream {
  /** The other end: `host:port`. */
  readonly peer: string
  /** Says who takes what arrives; to be called in the turn in which the stream was made, or frames wait. */
  listen(listener: ByteStreamListener): void
  /**
   * Hands one message over.
   *
   * @param written called when the carrier has taken the bytes on; not called when the stream ends before
   * @returns false when the carrier has enough: the caller should wait for `written`
   */
  write(bytes: Uint8Array, written?: () => void): boolean
  /** Closes this end in order, or with an error that the other end is told. Twice is harmless. */
  close(error?: SandboxError): void
}

/** Takes a stream that somebody else opened. */
export type StreamHandler = (stream: ByteStream) => void
