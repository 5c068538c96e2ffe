import type { Message } from '../model/message'
import type { NodeId } from '../model/node-id'

/** A read that waits until a quorum has confirmed that its leader still leads. */
export interface WaitingRead {
  readonly request: Message
  /** The commit index at the time of the request: what the read must see. */
  readonly index: number
  /** Who has confirmed. */
  readonly acks: Map<NodeId, boolean>
}

/**
 * Reads in the order in which they were asked for, by their tokens. A quorum that confirms one of them confirms all
 * before it, because it confirms that the leader led at a later moment.
 */
export class ReadQueue {
  readonly #waiting = new Map<string, WaitingRead>()

  get size(): number {
    return this.#waiting.size
  }

  /**
   * The token of the newest read, undefined if none waits. Heartbeats carry it, and with it stand for all before it.
   */
  get newestContext(): Uint8Array | undefined {
    let newest: WaitingRead | undefined
    for (const read of this.#waiting.values()) newest = read
    return newest?.request.context
  }

  /** Adds a read. A token that waits already is not added again: the first request stands. */
  add(request: Message, index: number): void {
    const key = keyOf(request.context)
    if (!this.#waiting.has(key)) this.#waiting.set(key, { request, index, acks: new Map() })
  }

  /** Somebody confirmed a read. Returns who has by now, or undefined if the read does not wait any more. */
  acknowledge(from: NodeId, context: Uint8Array): ReadonlyMap<NodeId, boolean> | undefined {
    const read = this.#waiting.get(keyOf(context))
    read?.acks.set(from, true)
    return read?.acks
  }

  /** Takes out a confirmed read and all before it, oldest first. */
  release(context: Uint8Array): readonly WaitingRead[] {
    const last = keyOf(context)
    const released: WaitingRead[] = []
    if (!this.#waiting.has(last)) return released
    for (const [key, read] of this.#waiting) {
      released.push(read)
      this.#waiting.delete(key)
      if (key === last) break
    }
    return released
  }

  /** Forgets all reads: they were asked of a leader that is none any more. */
  clear(): void {
    this.#waiting.clear()
  }
}

/** Maps compare byte arrays by identity, so the bytes become a string, one character a byte. */
function keyOf(context: Uint8Array): string {
  let key = ''
  for (const byte of context) key += String.fromCharCode(byte)
  return key
}
