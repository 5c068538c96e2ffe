import type { NodeId } from '../core/model/node-id'
import type { Refused, TransferResult } from './outcome'

interface TransferUnderWay {
  readonly target: NodeId
  readonly answer: (result: TransferResult) => void
  ticksLeft: number
}

/** The answer to whoever asked that leadership be handed over. The core says nothing of it: it shows in who leads. */
export class LeadershipTransfer {
  #underWay: TransferUnderWay | undefined

  get isUnderWay(): boolean {
    return this.#underWay !== undefined
  }

  /** @param timeoutTicks how long the core tries */
  begin(target: NodeId, timeoutTicks: number, leader: NodeId): Promise<TransferResult> {
    this.#underWay?.answer(failed('Leadership is being handed over to another member instead.', leader))
    return new Promise((answer) => {
      // One tick more than the core takes: the last answer may be on its way.
      this.#underWay = { target, answer, ticksLeft: timeoutTicks + 1 }
    })
  }

  /** Somebody leads. A node that leads on itself has not handed over yet. */
  leaderIs(leader: NodeId, self: NodeId): void {
    const transfer = this.#underWay
    if (transfer === undefined || leader === 0 || (leader === self && transfer.target !== self)) return
    this.#underWay = undefined
    transfer.answer(
      leader === transfer.target
        ? { kind: 'transferred', leader }
        : failed(`Another member, node ${String(leader)}, was elected.`, leader),
    )
  }

  tick(leader: NodeId): void {
    const transfer = this.#underWay
    if (transfer === undefined) return
    transfer.ticksLeft -= 1
    if (transfer.ticksLeft > 0) return
    this.#underWay = undefined
    transfer.answer(failed(`Node ${String(transfer.target)} did not take over in time.`, leader))
  }

  end(refusal: Refused): void {
    this.#underWay?.answer(refusal)
    this.#underWay = undefined
  }
}

function failed(message: string, leader: NodeId): Refused {
  return { kind: 'refused', code: 'TRANSFER_FAILED', message, leader }
}
