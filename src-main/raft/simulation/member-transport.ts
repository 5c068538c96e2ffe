import type { NodeId } from '../core/model/node-id'
import type { PeerMessage, PeerMessageHandler } from '../transport/peer-message'
import type { RaftTransport } from '../transport/raft-transport'

/** The transport of a process that can stand still: what arrives meanwhile waits, as in the buffers of a real one. */
export class MemberTransport implements RaftTransport {
  readonly #inner: RaftTransport
  readonly #isPaused: () => boolean
  #waiting: Array<{ readonly from: NodeId; readonly message: PeerMessage }> = []
  #handler: PeerMessageHandler | undefined

  constructor(inner: RaftTransport, isPaused: () => boolean) {
    this.#inner = inner
    this.#isPaused = isPaused
  }

  get nodeId(): NodeId {
    return this.#inner.nodeId
  }

  send(to: NodeId, message: PeerMessage): void {
    this.#inner.send(to, message)
  }

  listen(handler: PeerMessageHandler): void {
    this.#handler = handler
    this.#inner.listen((from, message) => {
      if (this.#isPaused()) this.#waiting.push({ from, message })
      else handler(from, message)
    })
  }

  close(): Promise<void> {
    this.#waiting = []
    return this.#inner.close()
  }

  /** The process goes on. */
  resume(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const { from, message } of waiting) this.#handler?.(from, message)
  }
}
