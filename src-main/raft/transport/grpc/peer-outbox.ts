import type { PeerMessage } from '../peer-message'
import { encodedSize } from './peer-encoder'

interface Waiting {
  /** Undefined once it was dropped to make room. */
  message: PeerMessage | undefined
  readonly bytes: number
}

/** Messages to one peer that wait to be written, in order, up to a number of bytes. */
export class PeerOutbox {
  readonly #maxBytes: number
  #waiting: Waiting[] = []
  /** Where the first one is; what is before was taken. */
  #head = 0
  /** Before this place there is nothing more to drop. */
  #searched = 0
  #bytes = 0
  #count = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  get count(): number {
    return this.#count
  }

  get bytes(): number {
    return this.#bytes
  }

  /**
   * Adds a message. Where there is no room, the oldest messages that the next tick repeats are dropped first, then the new
   * one: what is left is a beginning of what was sent, which Raft can use.
   *
   * @param bytes what the message takes in a frame
   * @returns how many messages were dropped
   */
  push(message: PeerMessage, bytes = encodedSize(message)): number {
    let dropped = 0
    while (this.#bytes + bytes > this.#maxBytes && this.#dropOldestRepeated()) dropped += 1
    // A message that is larger than all room goes alone, or it would never go.
    if (this.#bytes + bytes > this.#maxBytes && this.#count > 0) return dropped + 1
    this.#waiting.push({ message, bytes })
    this.#bytes += bytes
    this.#count += 1
    return dropped
  }

  /** Takes the oldest messages, up to so many bytes but at least one if there is one. */
  take(maxBytes: number): PeerMessage[] {
    const batch: PeerMessage[] = []
    let bytes = 0
    for (; this.#head < this.#waiting.length; this.#head += 1) {
      const next = this.#waiting[this.#head]
      if (next?.message === undefined) continue
      if (batch.length > 0 && bytes + next.bytes > maxBytes) break
      batch.push(next.message)
      bytes += next.bytes
    }
    this.#bytes -= bytes
    this.#count -= batch.length
    if (this.#count === 0) this.#reset()
    else if (this.#head > 1024 && this.#head * 2 > this.#waiting.length) this.#compact()
    return batch
  }

  /** Forgets everything. @returns how many messages that were */
  clear(): number {
    const count = this.#count
    this.#bytes = 0
    this.#count = 0
    this.#reset()
    return count
  }

  #dropOldestRepeated(): boolean {
    for (
      this.#searched = Math.max(this.#searched, this.#head);
      this.#searched < this.#waiting.length;
      this.#searched++
    ) {
      const candidate = this.#waiting[this.#searched]
      if (candidate?.message === undefined || !isRepeated(candidate.message)) continue
      candidate.message = undefined
      this.#bytes -= candidate.bytes
      this.#count -= 1
      return true
    }
    return false
  }

  #reset(): void {
    this.#waiting = []
    this.#head = 0
    this.#searched = 0
  }

  #compact(): void {
    this.#waiting = this.#waiting.slice(this.#head)
    this.#searched = Math.max(0, this.#searched - this.#head)
    this.#head = 0
  }
}

/** Whether the sender says the same again at its next tick. */
function isRepeated(message: PeerMessage): boolean {
  if (message.kind !== 'raft') return false
  const { type } = message.message
  return type === 'MsgHeartbeat' || type === 'MsgHeartbeatResp'
}
