import { SandboxError } from '../../base/sandbox-error'
import { dingoError, errnoOf } from '../../rpc/dingo-error'
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
  /** Adds to every increment that is about to be written; must not throw. */
  beforeCommit: ((draft: MetaDraft) => void) | undefined
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
   * ERETRY_LATER (nothing happened), EILLEGAL_PARAMTETERS for a change that is too large (nothing happened), and whatever the function throws (nothing happened)
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
        await this.#settle(undefined)
      }
    } finally {
      this.#isRunning = false
    }
  }

  /** Carries calls out and answers them. @param given undefined for all that wait when the leader is ready, so that more can join them */
  async #settle(given: readonly WaitingCall[] | undefined): Promise<void> {
    let calls = given ?? []
    try {
      const term = await this.#leadership.ready()
      if (given === undefined) calls = this.#takeAll()
      await this.#commit(calls, term)
      for (const { answer } of calls) answer()
    } catch (thrown) {
      if (errnoOf(thrown) === Errno.EILLEGAL_PARAMTETERS && calls.length > 1) {
        // One of them is too large, or all of them together: each gets an entry of its own.
        for (const call of calls) await this.#settle([call])
        return
      }
      for (const { fail } of given === undefined && calls.length === 0 ? this.#takeAll() : calls) fail(thrown)
    }
  }

  /** @throws SandboxError DINGODB_ERROR EILLEGAL_PARAMTETERS for more than a log entry takes; what the calls themselves throw is kept for them */
  async #commit(calls: readonly WaitingCall[], term: number): Promise<void> {
    const draft = new MetaDraft(this.#machine.state)
    for (const { plan } of calls) plan(draft)
    if (draft.isEmpty) {
      await this.#leadership.barrier()
      return
    }
    this.beforeCommit?.(draft)
    draft.countEpochs()
    const node = this.#leadership.node
    if (node === undefined) throw this.#leadership.notLeader()
    const outcome = await node
      .propose(draft.toIncrement(term, this.#machine.lastIncrementIndex))
      .catch((thrown: unknown) => {
        throw tooLarge(SandboxError.from(thrown))
      })
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

function tooLarge(error: SandboxError): SandboxError {
  if (error.code !== 'INVALID_ARGUMENT') return error
  const message = `The change of the metadata is too large for one entry of the log: ask for less at once. ${error.message}`
  return dingoError(Errno.EILLEGAL_PARAMTETERS, message, { cause: error })
}
