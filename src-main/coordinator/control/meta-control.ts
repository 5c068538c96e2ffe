import { SandboxError } from '../../base/sandbox-error'
import { dingoError } from '../../rpc/dingo-error'
import { Errno } from '../../rpc/generated/dingodb/error_pb'
import { MetaDraft } from '../meta/meta-draft'
import type { MetaStateMachine } from '../meta/meta-state-machine'
import type { MetaView } from '../meta/meta-view'
import type { Leadership } from './leadership'

/** Plans changes on a draft and gives the answer that holds once they are applied. Runs without waiting; may run twice. */
export type ControlFunction<Answer> = (draft: MetaDraft) => Answer

interface WaitingCall {
  /** Plans on top of the draft and keeps the answer, or the error, for later. Takes nothing over if it throws. */
  readonly plan: (draft: MetaDraft) => void
  readonly answer: () => void
  readonly fail: (error: unknown) => void
}

/**
 * The one place that changes the coordinators' metadata. Control functions run on the leader one after the other, each on
 * what is applied and what those before it have planned. While an increment is under way the next calls gather; then they
 * run together and become one increment. Nothing is answered before it is applied, errors and refusals included: they,
 * too, say something about the newest state.
 */
export class MetaControl {
  readonly #leadership: Leadership
  readonly #machine: MetaStateMachine
  readonly #readsFromLeaderOnly: boolean
  #waiting: WaitingCall[] = []
  #isRunning = false
  /** Told of every increment that was applied here as the leader. */
  onCommit: (() => void) | undefined

  constructor(leadership: Leadership, machine: MetaStateMachine, readMode: 'linearizable' | 'leader') {
    this.#leadership = leadership
    this.#machine = machine
    this.#readsFromLeaderOnly = readMode === 'leader'
  }

  /** What is applied here; on another coordinator than the leader it may be old. */
  get state(): MetaView {
    return this.#machine.state
  }

  /**
   * Changes metadata.
   *
   * @throws SandboxError DINGODB_ERROR ERAFT_NOTLEADER (nothing happened), ERAFT_COMMITLOG (it may have happened),
   * ERETRY_LATER (nothing happened), and whatever the function throws (nothing happened)
   */
  run<Answer>(control: ControlFunction<Answer>): Promise<Answer> {
    return new Promise((resolve, reject) => {
      let settle = (): void => undefined
      this.#waiting.push({
        plan: (draft) => {
          const own = new MetaDraft(draft)
          try {
            const answer = control(own)
            settle = () => {
              resolve(answer)
            }
            draft.absorb(own)
          } catch (thrown) {
            settle = () => {
              reject(SandboxError.from(thrown))
            }
          }
        },
        answer: () => {
          settle()
        },
        fail: (error) => {
          reject(SandboxError.from(error))
        },
      })
      if (!this.#isRunning) void this.#drain()
    })
  }

  /**
   * Reads metadata as of now.
   *
   * @throws SandboxError DINGODB_ERROR ERAFT_NOTLEADER, and whatever the function throws
   */
  async read<Answer>(reader: (state: MetaView) => Answer): Promise<Answer> {
    if (this.#readsFromLeaderOnly) await this.#leadership.ready()
    else await this.#leadership.barrier()
    return reader(this.#machine.state)
  }

  async #drain(): Promise<void> {
    this.#isRunning = true
    try {
      while (this.#waiting.length > 0) {
        // Calls that come while the leader is not ready yet join this batch.
        let calls: WaitingCall[] = []
        try {
          const term = await this.#leadership.ready()
          calls = this.#takeAll()
          await this.#commit(calls, term)
          for (const { answer } of calls) answer()
        } catch (thrown) {
          for (const { fail } of calls.length > 0 ? calls : this.#takeAll()) fail(thrown)
        }
      }
    } finally {
      this.#isRunning = false
    }
  }

  async #commit(calls: readonly WaitingCall[], term: number): Promise<void> {
    const draft = new MetaDraft(this.#machine.state)
    for (const { plan } of calls) plan(draft)
    if (draft.isEmpty) {
      await this.#leadership.barrier()
      return
    }
    draft.countEpochs()
    const node = this.#leadership.node
    if (node === undefined) throw this.#leadership.notLeader()
    const outcome = await node.propose(draft.toIncrement(term, this.#machine.lastIncrementIndex))
    if (outcome.kind === 'applied' && outcome.result === 'applied') {
      this.onCommit?.()
      return
    }
    if (outcome.kind === 'applied') {
      throw dingoError(Errno.ERETRY_LATER, 'The metadata changed while this call was planned: send it again.')
    }
    if (outcome.kind === 'unknown') {
      const message = `Leadership was lost while the change was under way, so it may have happened or not: look, then try again. ${outcome.message}`
      const leaderLocation = this.#leadership.leader?.serverLocation
      throw dingoError(Errno.ERAFT_COMMITLOG, message, { leaderLocation })
    }
    if (outcome.code === 'UNCOMMITTED_LIMIT') throw dingoError(Errno.ERETRY_LATER, outcome.message)
    throw this.#leadership.notLeader()
  }

  #takeAll(): WaitingCall[] {
    const calls = this.#waiting
    this.#waiting = []
    return calls
  }
}
