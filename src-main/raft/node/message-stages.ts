import type { Clock } from '../../env'
import type { MessageAction, MessageFate } from '../../flow/gate'
import type { NodeId } from '../core/model/node-id'
import type { RaftPeerMessage } from '../transport/peer-message'
import type { StageWatch } from './stage-watch'

const fates: Readonly<Record<MessageAction['kind'], MessageFate | undefined>> = {
  deliver: undefined,
  duplicate: 'duplicated',
  delay: 'delayed',
  drop: 'dropped',
}

/**
 * The way of messages while somebody steps. A held message stands aside, and others may overtake it: Raft lives with messages
 * that are late, lost or doubled, which is what a person does with them here.
 */
export class MessageStages {
  readonly #watch: StageWatch
  readonly #clock: Clock

  constructor(watch: StageWatch, clock: Clock) {
    this.#watch = watch
    this.#clock = clock
  }

  /** A message has come. @param deliver hands it to the core; may be called not at all, later, or twice */
  receive(from: NodeId, message: RaftPeerMessage, deliver: () => void): void {
    const stages = this.#watch.receiving(from, message)
    if (stages?.held === undefined) {
      deliver()
      stages?.leave()
      return
    }
    void stages.held.then((action) => {
      this.#carryOut(action, deliver)
      stages.leave(() => ({ fate: fates[action.kind] }))
    })
  }

  /** A message is to leave. @param send hands it to the transport; may be called not at all, later, or twice */
  send(message: RaftPeerMessage, send: (message: RaftPeerMessage) => void): void {
    const watched = this.#watch.sending(message)
    if (watched === undefined) {
      send(message)
      return
    }
    const { stages } = watched
    const sendWatched = () => {
      send(watched.message)
    }
    if (stages.held === undefined) {
      sendWatched()
      stages.leave()
      return
    }
    void stages.held.then((action) => {
      this.#carryOut(action, sendWatched)
      stages.leave(() => ({ fate: fates[action.kind] }))
    })
  }

  #carryOut(action: MessageAction, deliver: () => void): void {
    switch (action.kind) {
      case 'deliver':
        deliver()
        break
      case 'duplicate':
        deliver()
        deliver()
        break
      case 'delay':
        this.#clock.setTimer(action.delayMs, deliver)
        break
      case 'drop':
        break
    }
  }
}
