import type { NodeId } from '../core/model/node-id'

/** When a node and a peer last had to do with each other. */
export interface PeerContact {
  /** Wall time in ms at which something was last sent to it; 0 if never. */
  sentAtMs: number
  /** The node's tick count when something last came from it. */
  receivedAtTick: number
}

/** The contacts of one node with its peers. Updated in place: it happens with every message. */
export class PeerContacts {
  readonly #contacts = new Map<NodeId, PeerContact>()
  #tick = 0

  tick(): void {
    this.#tick += 1
  }

  sent(to: NodeId, wallTimeMs: number): void {
    this.#of(to).sentAtMs = wallTimeMs
  }

  received(from: NodeId): void {
    this.#of(from).receivedAtTick = this.#tick
  }

  /** Silence counts from now: followers do not talk to each other, so a new leader has not heard from most of them. */
  restart(): void {
    for (const contact of this.#contacts.values()) contact.receivedAtTick = this.#tick
  }

  sentAtMs(id: NodeId): number {
    return this.#contacts.get(id)?.sentAtMs ?? 0
  }

  /** For how many ticks nothing came from the peer; 0 if nothing was ever expected. */
  silentTicks(id: NodeId): number {
    const contact = this.#contacts.get(id)
    return contact === undefined ? 0 : this.#tick - contact.receivedAtTick
  }

  #of(id: NodeId): PeerContact {
    let contact = this.#contacts.get(id)
    if (contact === undefined) {
      contact = { sentAtMs: 0, receivedAtTick: this.#tick }
      this.#contacts.set(id, contact)
    }
    return contact
  }
}
