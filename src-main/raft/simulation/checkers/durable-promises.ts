import type { Message } from '../../core/model/message'
import type { NodeId } from '../../core/model/node-id'
import type { GroupRecord } from '../group-record'
import type { NodeRecord } from '../node-record'
import type { GroupChecker } from './group-checker'

/**
 * A vote or an acknowledgement leaves a node only after what it promises is durable, and a node gives one vote in a
 * term, over all its runs.
 */
export class DurablePromises implements GroupChecker {
  readonly name = 'durable-promises'
  readonly #group: GroupRecord
  /** By node: the candidate that it voted for in each term. */
  readonly #votes = new Map<NodeId, Map<number, NodeId>>()

  constructor(group: GroupRecord) {
    this.#group = group
  }

  readonly messageSent = (node: NodeRecord, to: NodeId, message: Message): void => {
    if (message.reject) return
    if (message.type === 'MsgVoteResp') this.#checkVote(node, to, message.term)
    else if (message.type === 'MsgAppResp') this.#checkAcknowledgement(node, message)
  }

  #checkVote(node: NodeRecord, candidate: NodeId, term: number): void {
    let votes = this.#votes.get(node.id)
    if (votes === undefined) this.#votes.set(node.id, (votes = new Map<number, NodeId>()))
    const earlier = votes.get(term)
    if (earlier !== undefined && earlier !== candidate) {
      this.#report(
        node,
        `votes for ${String(candidate)} in term ${String(term)}, in which it voted for ${String(earlier)}`,
      )
    }
    votes.set(term, candidate)
    const { term: durableTerm, vote } = node.durableHardState
    if (durableTerm > term || (durableTerm === term && vote === candidate)) return
    this.#report(
      node,
      `votes for ${String(candidate)} in term ${String(term)}, but durable are only term ${String(durableTerm)} and a vote for ${String(vote)}`,
    )
  }

  #checkAcknowledgement(node: NodeRecord, { index, term }: Message): void {
    const { log, durableHardState } = node
    // Of an acknowledgement that a later term overtook nothing is left to check: the entries may be replaced already.
    if (log === undefined || log.hardState.term > term) return
    if (durableHardState.term < term) {
      this.#report(
        node,
        `acknowledges in term ${String(term)}, but durable is only term ${String(durableHardState.term)}`,
      )
    } else if (log.durableIndex < index) {
      this.#report(node, `acknowledges index ${String(index)}, but durable is only ${String(log.durableIndex)}`)
    }
  }

  #report(node: NodeRecord, what: string): void {
    this.#group.report(this.name, node.id, `Node ${String(node.id)} ${what}.`)
  }
}
