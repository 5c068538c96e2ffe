import type { MessagePort, ResourceLimits } from 'node:worker_threads'
import { MessageChannel, Worker } from 'node:worker_threads'
import type { HostMessage, NodeMessage } from './mount-messages'
import type { CarrierListener } from './node-carrier'

/** What the thread is told when a node comes to it: the port over which that node and its host talk. */
export interface NodeArrival {
  readonly port: MessagePort
}

/** A node's place in a thread. */
export interface NodePlace {
  post(message: HostMessage): void
  /**
   * Gives the place up. The node's end is reported at once if it has said that it is gone; else, as soon as it says so, or
   * when nobody in the thread is waited for any more, and the thread is ended.
   */
  leave(): void
}

/**
 * Limits, not reservations. The young generation grows under load only, and is to hold what hundreds of requests under way
 * keep alive: where it is smaller, a quarter of a leader's time goes into copying that. V8 lets the old one grow faster from
 * one full collection to the next the higher its limit is; from 2 GiB on by up to four times. With 512 MiB it was collected
 * three times a second under load, which cost a fifth of the processor time of a put; an idle node pays some 2 MiB.
 */
const RESOURCE_LIMITS: ResourceLimits = { maxYoungGenerationSizeMb: 64, maxOldGenerationSizeMb: 2048 }

interface Occupant {
  readonly listener: CarrierListener
  readonly port: MessagePort
  /** Everything of it is closed. */
  isGone: boolean
  hasLeft: boolean
}

/** One life of the thread, from its first node to its last. */
interface ThreadLife {
  readonly worker: Worker
  readonly occupants: Set<Occupant>
}

/**
 * A thread of this process in which one node runs, or several. It begins with the first and is ended when the last has
 * closed everything; see remote-mount.ts. Nodes that share one share its heap, its compiled code and its processor: they
 * come up sooner and need less of everything, and each waits while another computes.
 */
export class NodeThread {
  readonly #entry: string
  #life: ThreadLife | undefined

  /** @param entry absolute path of the bundled worker, in the system's own notation */
  constructor(entry: string) {
    this.#entry = entry
  }

  /** Makes room for a node. What goes wrong with the thread comes as the end of all who are in it. */
  enter(listener: CarrierListener): NodePlace {
    const life = (this.#life ??= this.#begin())
    const { port1: port, port2: nodePort } = new MessageChannel()
    const occupant: Occupant = { listener, port, isGone: false, hasLeft: false }
    life.occupants.add(occupant)
    port.on('message', (message: NodeMessage) => {
      if (message.kind === 'gone' || message.kind === 'start-failed') occupant.isGone = true
      listener.onMessage(message)
    })
    const arrival: NodeArrival = { port: nodePort }
    life.worker.postMessage(arrival, [nodePort])
    return {
      post: (message) => {
        port.postMessage(message)
      },
      leave: () => {
        occupant.hasLeft = true
        this.#clearUp(life)
      },
    }
  }

  #begin(): ThreadLife {
    const worker = new Worker(this.#entry, { resourceLimits: RESOURCE_LIMITS })
    const life: ThreadLife = { worker, occupants: new Set() }
    let words = ''
    // It cannot be loaded, or it ran out of memory: whatever else goes wrong in a node, its entry catches.
    worker.on('error', (error: Error) => {
      words = error.message
    })
    worker.on('exit', (code) => {
      if (this.#life === life) this.#life = undefined
      const why = words === '' && code !== 0 ? `its thread ended with code ${String(code)}` : words
      for (const occupant of [...life.occupants]) release(life, occupant, why)
    })
    return life
  }

  /** Lets go of those who left, as far as nothing of them is open any more; and ends the thread when nobody else is in it. */
  #clearUp(life: ThreadLife): void {
    const occupants = [...life.occupants]
    if (occupants.every(({ hasLeft }) => hasLeft)) {
      // The next node begins another life of the thread; the end of this one comes as its exit. Who has not closed by now has
      // not come to it: its thread hangs, and has nothing under way.
      if (this.#life === life) this.#life = undefined
      void life.worker.terminate()
      return
    }
    for (const occupant of occupants) if (occupant.hasLeft && occupant.isGone) release(life, occupant, '')
  }
}

function release(life: ThreadLife, occupant: Occupant, words: string): void {
  if (!life.occupants.delete(occupant)) return
  occupant.port.close()
  occupant.listener.onEnd(words)
}
