import type { Clock, Timer } from '../../env'
import type { Message } from '../core/model/message'
import type { NodeId } from '../core/model/node-id'

/** How long a notice waits at most for entries that could carry it, in ms: as long as a few syncs take. */
const MAX_WAIT_MS = 5

/**
 * Messages of a leader that tell a follower of nothing but a new commit index. They wait a moment: mostly the next entries
 * follow at once and carry the index along, and while the leader applies, for which a client waits, nobody else needs the
 * processor. Followers learn a little later what they may apply, which nobody waits for; braft tells them with the next
 * entries or heartbeat as well.
 */
export class CommitNotices {
  readonly #clock: Pick<Clock, 'setTimer'>
  readonly #send: (message: Message) => void
  /** The newest notice for each follower that has one coming. */
  readonly #waiting = new Map<NodeId, Message>()
  /** The highest commit index that each follower was sent, in whatever message. */
  readonly #told = new Map<NodeId, number>()
  #timer: Timer | undefined

  /** @param send lets a message go that has waited long enough */
  constructor(clock: Pick<Clock, 'setTimer'>, send: (message: Message) => void) {
    this.#clock = clock
    this.#send = send
  }

  /** A message is about to leave. @returns whether it is kept, to be sent later or never because a later one says as much */
  keeps(message: Message): boolean {
    const { type, to, commit } = message
    if (type !== 'MsgApp') return false
    const isNews = commit > (this.#told.get(to) ?? 0)
    // One without news asks something: how far the follower's log goes.
    if (message.entries.length > 0 || !isNews) {
      this.#waiting.delete(to)
      if (isNews) this.#told.set(to, commit)
      return false
    }
    this.#waiting.set(to, message)
    this.#timer ??= this.#clock.setTimer(MAX_WAIT_MS, this.#timeIsUp)
    return true
  }

  /** This node leads no more, or ends. */
  clear(): void {
    this.#timer?.cancel()
    this.#timer = undefined
    this.#waiting.clear()
    this.#told.clear()
  }

  readonly #timeIsUp = (): void => {
    this.#timer = undefined
    const due = [...this.#waiting.values()]
    this.#waiting.clear()
    for (const message of due) {
      this.#told.set(message.to, message.commit)
      this.#send(message)
    }
  }
}
