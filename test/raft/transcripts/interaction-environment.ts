import { describeMessage } from '../../../src-main/raft/core/describe/message'
import { describeReady } from '../../../src-main/raft/core/describe/ready'
import type { RaftConfig } from '../../../src-main/raft/core/config'
import type { Message, MessageType } from '../../../src-main/raft/core/model/message'
import type { NodeId } from '../../../src-main/raft/core/model/node-id'
import { isStorageThread } from '../../../src-main/raft/core/model/node-id'
import type { Snapshot } from '../../../src-main/raft/core/model/snapshot'
import { describeRefusal } from './golden-errors'
import { InteractionNode } from './interaction-node'
import { InteractionOutput } from './interaction-output'

/** Who is to receive messages, or to lose them. */
export interface Recipient {
  readonly id: NodeId
  readonly drop: boolean
}

/**
 * Several nodes and one queue of messages under way between them. Nothing happens by itself: every tick, write,
 * delivery and application is asked for. Whatever happens is printed.
 */
export class InteractionEnvironment {
  readonly output = new InteractionOutput()
  readonly nodes: InteractionNode[] = []
  #messages: Message[] = []

  /** The node with an id. Ids are given out from 1 on. */
  node(id: NodeId): InteractionNode {
    const node = this.nodes[id - 1]
    if (node === undefined) throw new Error(`there is no node ${id}`)
    return node
  }

  /** Adds a node with the next id. */
  addNode(config: Omit<RaftConfig, 'id' | 'storage' | 'random' | 'logger'>, initial: Snapshot): void {
    const id = this.nodes.length + 1
    // The longest timeout there is, so that no node campaigns by itself unless the transcript sets its timeout.
    const random = { integer: (_low: number, high: number) => high }
    this.nodes.push(new InteractionNode({ ...config, id, random, logger: this.output }, initial))
  }

  /** Puts a message under way. */
  enqueue(message: Message): void {
    this.#messages.push(message)
  }

  /**
   * Delivers or drops the messages of each recipient, in the order in which they were sent.
   *
   * @param type only messages of this type, if given
   * @returns how many there were
   */
  deliver(recipients: readonly Recipient[], type?: MessageType): number {
    let handled = 0
    for (const recipient of recipients) {
      const chosen = this.#messages.filter((message) => isFor(message, recipient, type))
      this.#messages = this.#messages.filter((message) => !isFor(message, recipient, type))
      handled += chosen.length
      for (const message of chosen) this.#deliverOne(message, recipient.drop)
    }
    return handled
  }

  #deliverOne(message: Message, drop: boolean): void {
    this.output.write(`${drop ? 'dropped: ' : ''}${describeMessage(message)}\n`)
    // A dropped message may be for a node that does not exist yet.
    if (drop) return
    const refusal = this.node(message.to).raw.step(message)
    if (refusal !== undefined) this.output.write(`${describeRefusal(refusal)}\n`)
  }

  /** Does what the next Ready of a node asks for. */
  processReady(id: NodeId): void {
    const node = this.node(id)
    const ready = node.raw.ready()
    this.output.write(describeReady(ready))
    const isAsync = node.config.asyncStorageWrites === true
    if (!isAsync) {
      node.store(ready.hardState, ready.entries, ready.snapshot)
      node.apply(ready.committedEntries)
    }
    for (const message of ready.messages) {
      if (message.type === 'MsgStorageAppend') node.appendWork.push(message)
      else if (message.type === 'MsgStorageApply') node.applyWork.push(message)
      else this.enqueue(message)
    }
    if (!isAsync) node.raw.advance()
  }

  /** Does the oldest work of a node's append thread. */
  processAppendThread(id: NodeId): void {
    const node = this.node(id)
    this.#processWork(node.appendWork, 'append', ({ term, vote, commit, entries, snapshot }) => {
      node.store({ term, vote, commit }, entries, snapshot ?? undefined)
    })
  }

  /** Does the oldest work of a node's apply thread. */
  processApplyThread(id: NodeId): void {
    const node = this.node(id)
    this.#processWork(node.applyWork, 'apply', ({ entries }) => {
      node.apply(entries)
    })
  }

  #processWork(work: Message[], name: string, perform: (order: Message) => void): void {
    const order = work.shift()
    if (order === undefined) {
      this.output.write(`no ${name} work to perform`)
      return
    }
    this.output.write(`Processing:\n${describeMessage({ ...order, responses: [] })}\n`)
    perform(order)
    this.output.write('Responses:\n')
    for (const response of order.responses) {
      this.output.write(`${describeMessage(response)}\n`)
      this.enqueue(response)
    }
  }

  /** Lets nodes do and receive everything until there is nothing left. */
  stabilize(ids: readonly NodeId[]): void {
    const rounds = [
      (id: NodeId) => this.#stabilizeReady(id),
      (id: NodeId) => this.#stabilizeMessages(id),
      (id: NodeId) => this.#stabilizeWork(id, 'append'),
      (id: NodeId) => this.#stabilizeWork(id, 'apply'),
    ]
    for (let busy = true; busy;) {
      busy = false
      for (const round of rounds) {
        for (const id of ids) if (round(id)) busy = true
      }
    }
  }

  #stabilizeReady(id: NodeId): boolean {
    if (!this.node(id).raw.hasReady()) return false
    this.output.write(`> ${id} handling Ready\n`)
    this.output.indented(() => this.processReady(id))
    return true
  }

  #stabilizeMessages(id: NodeId): boolean {
    if (!this.#messages.some(({ to }) => to === id)) return false
    this.output.write(`> ${id} receiving messages\n`)
    this.output.indented(() => this.deliver([{ id, drop: false }]))
    return true
  }

  #stabilizeWork(id: NodeId, thread: 'append' | 'apply'): boolean {
    const work = thread === 'append' ? this.node(id).appendWork : this.node(id).applyWork
    if (work.length === 0) return false
    this.output.write(`> ${id} processing ${thread} thread\n`)
    while (work.length > 0) {
      this.output.indented(() => (thread === 'append' ? this.processAppendThread(id) : this.processApplyThread(id)))
    }
    return true
  }
}

function isFor(message: Message, { id, drop }: Recipient, type: MessageType | undefined): boolean {
  if (message.to !== id || (type !== undefined && message.type !== type)) return false
  // What a node sends to itself never gets lost.
  return !(drop && (message.from === message.to || isStorageThread(message.from)))
}
