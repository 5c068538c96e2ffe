import type { SandboxError } from '../../base/sandbox-error'
import type { MetaResult } from '../meta/meta-state-machine'
import type { RaftNode } from '../../raft/node/raft-node'
import { dingoError } from '../../rpc/dingo-error'
import { Errno } from '../../rpc/generated/dingodb/error_pb'
import type { CoordinatorMember } from '../coordinator-node'

/** Says whether this coordinator leads, and where the leader is otherwise (dingodb.md 2.2). */
export class Leadership {
  readonly #members: readonly CoordinatorMember[]
  #node: RaftNode<MetaResult> | undefined
  /** The term in which everything of earlier leaders is known to be applied here; 0 for none. */
  #readyTerm = 0
  #isSilenced = false

  constructor(members: readonly CoordinatorMember[]) {
    this.#members = members
  }

  /** The Raft node, from when it is open until the coordinator stops. */
  attach(node: RaftNode<MetaResult> | undefined): void {
    this.#node = node
  }

  silence(): void {
    this.#isSilenced = true
  }

  get node(): RaftNode<MetaResult> | undefined {
    return this.#isSilenced ? undefined : this.#node
  }

  /** Who leads as far as this coordinator knows; undefined for nobody. */
  get leader(): CoordinatorMember | undefined {
    const leaderId = this.node?.leader ?? 0
    return this.#members.find(({ id }) => id === leaderId)
  }

  get isLeader(): boolean {
    return this.node?.isLeader === true
  }

  /** The term that this coordinator leads; 0 if it does not. */
  get ledTerm(): number {
    return this.node?.isLeader === true ? this.node.term : 0
  }

  /**
   * Resolves with the led term when all that earlier leaders committed is applied here.
   *
   * @throws SandboxError DINGODB_ERROR ERAFT_NOTLEADER
   */
  async ready(): Promise<number> {
    const term = this.ledTerm
    if (term !== 0 && term === this.#readyTerm) return term
    return this.barrier()
  }

  /**
   * Resolves with the led term when the state holds everything that any leader had acknowledged before the call.
   *
   * @throws SandboxError DINGODB_ERROR ERAFT_NOTLEADER
   */
  async barrier(): Promise<number> {
    const node = this.node
    if (node === undefined) throw this.notLeader()
    const { term } = node
    const read = await node.readBarrier()
    if (read.kind !== 'readable' || this.ledTerm !== term) throw this.notLeader()
    this.#readyTerm = term
    return term
  }

  /** ERAFT_NOTLEADER with the leader's location where it is known. */
  notLeader(): SandboxError {
    const leader = this.leader
    if (leader === undefined || this.isLeader) {
      const message = 'This coordinator does not lead and knows of no leader: ask again, or ask another one.'
      return dingoError(Errno.ERAFT_NOTLEADER, message)
    }
    const { host, port } = leader.serverLocation
    const message = `This coordinator does not lead: ask coordinator ${String(leader.id)} at ${host}:${String(port)}.`
    return dingoError(Errno.ERAFT_NOTLEADER, message, {
      leaderLocation: leader.serverLocation,
      storeId: leader.id,
    })
  }
}
