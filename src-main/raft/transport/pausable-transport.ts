import type { PauseGate } from '../../env/pause-gate'
import type { NodeId } from '../core/model/node-id'
import type { PeerMessage, PeerMessageHandler } from './peer-message'
import type { RaftTransport } from './raft-transport'

/** What may wait for a node that is paused; the connections of a process that stands still hold about as much. */
const MOST_WAITING_MESSAGES = 10_000
const MOST_WAITING_BYTES = 32 * 1024 * 1024

/**
 * A transport of a node that can be paused: messages in both directions wait while its gate is closed. Of those that arrive
 * then, what is too much is lost, as a network loses it.
 */
export class PausableTransport implements RaftTransport {
  readonly #transport: RaftTransport
  readonly #gate: PauseGate
  #isClosed = false
  #waitingMessages = 0
  #waitingBytes = 0

  constructor(transport: RaftTransport, gate: PauseGate) {
    this.#transport = transport
    this.#gate = gate
  }

  get nodeId(): NodeId {
    return this.#transport.nodeId
  }

  get maxCommandBytes(): number | undefined {
    return this.#transport.maxCommandBytes
  }

  send(to: NodeId, message: PeerMessage): void {
    if (!this.#gate.isClosed) this.#transport.send(to, message)
    else {
      this.#gate.pass(() => {
        this.#transport.send(to, message)
      })
    }
  }

  listen(handler: PeerMessageHandler): void {
    this.#transport.listen((from, message) => {
      if (!this.#gate.isClosed) handler(from, message)
      else this.#hold(from, message, handler)
    })
  }

  /** What still waits is lost. */
  close(): Promise<void> {
    this.#isClosed = true
    return this.#transport.close()
  }

  #hold(from: NodeId, message: PeerMessage, handler: PeerMessageHandler): void {
    const bytes = payloadBytes(message)
    if (this.#waitingMessages >= MOST_WAITING_MESSAGES || this.#waitingBytes + bytes > MOST_WAITING_BYTES) return
    this.#waitingMessages += 1
    this.#waitingBytes += bytes
    this.#gate.pass(() => {
      this.#waitingMessages -= 1
      this.#waitingBytes -= bytes
      if (!this.#isClosed) handler(from, message)
    })
  }
}

/** The bytes that a message carries for others: what can be long in it. */
function payloadBytes(message: PeerMessage): number {
  if (message.kind === 'snapshot-chunk') return message.bytes.length
  if (message.kind === 'snapshot-progress') return 0
  let bytes = 0
  for (const { data } of message.message.entries) bytes += data.length
  return bytes
}
