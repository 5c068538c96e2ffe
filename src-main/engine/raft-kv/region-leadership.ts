import type { Clock } from '../../env'
import type { Entry } from '../../raft/core/model/entry'
import type { SoftState } from '../../raft/core/model/soft-state'
import type { EngineListener } from '../engine-region'

/** How a wait for leadership ended. */
export type LeadershipWait = 'ready' | 'not-leader' | 'timeout'

/**
 * Whether this replica leads its region and is ready for it: a new leader knows what its predecessors have acknowledged
 * only when it has applied an entry of its own term. Before that it must not hand out timestamps, because one below a
 * write of its predecessor would be of a version that nobody ever sees.
 */
export class RegionLeadership {
  readonly #regionId: number
  readonly #clock: Clock
  readonly #listener: EngineListener
  #leader = 0
  #role: SoftState['role'] = 'StateFollower'
  /** The term that this replica leads; 0 if it does not lead. */
  #ledTerm = 0
  #isReady = false
  #waiting = new Set<(wait: LeadershipWait) => void>()

  constructor(regionId: number, clock: Clock, listener: EngineListener) {
    this.#regionId = regionId
    this.#clock = clock
    this.#listener = listener
  }

  /** The store that leads as far as this replica knows; 0 if none. */
  get leader(): number {
    return this.#leader
  }

  get role(): SoftState['role'] {
    return this.#role
  }

  get isLeader(): boolean {
    return this.#ledTerm !== 0
  }

  /** Whether this replica leads and has applied an entry of its own term. */
  get isReady(): boolean {
    return this.#isReady
  }

  /** The term that is led; 0 if none. */
  get term(): number {
    return this.#ledTerm
  }

  /** Waits until this replica is ready, or does not lead any more, at most so long. */
  untilReady(timeoutMs: number): Promise<LeadershipWait> {
    if (this.#isReady) return Promise.resolve('ready')
    if (!this.isLeader) return Promise.resolve('not-leader')
    return new Promise((resolve) => {
      const timer = this.#clock.setTimer(timeoutMs, () => {
        answer('timeout')
      })
      const answer = (wait: LeadershipWait) => {
        timer.cancel()
        this.#waiting.delete(answer)
        resolve(wait)
      }
      this.#waiting.add(answer)
    })
  }

  /** The node's role, or who leads as far as it knows, has changed. */
  roleChanged({ leader, role }: SoftState, term: number): void {
    this.#role = role
    const ledTerm = role === 'StateLeader' ? term : 0
    if (ledTerm !== this.#ledTerm) {
      this.#stopLeading()
      this.#ledTerm = ledTerm
    }
    if (leader === this.#leader) return
    this.#leader = leader
    this.#listener.leaderChanged?.(this.#regionId, leader)
  }

  /** Entries were applied here. */
  applied(entries: readonly Entry[]): void {
    if (this.#isReady || this.#ledTerm === 0 || entries.at(-1)?.term !== this.#ledTerm) return
    this.#isReady = true
    this.#answer('ready')
    this.#listener.leaderStarted?.(this.#regionId, this.#ledTerm)
  }

  /** The replica ends. */
  end(): void {
    this.#stopLeading()
    this.#ledTerm = 0
    this.#leader = 0
  }

  #stopLeading(): void {
    const wasReady = this.#isReady
    this.#isReady = false
    this.#answer('not-leader')
    if (wasReady) this.#listener.leaderStopped?.(this.#regionId)
  }

  #answer(wait: LeadershipWait): void {
    for (const answer of [...this.#waiting]) answer(wait)
  }
}
