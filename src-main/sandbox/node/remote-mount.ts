import { SandboxError } from '../../base/sandbox-error'
import type { Clock, Timer } from '../../env'
import type { FlowCommand } from '../../flow/flow-messages'
import type { HostMessage, NodeMessage } from './mount-messages'
import type { StopOptions } from './mountable-node'
import type { NodeCarrier } from './node-carrier'
import type { NodeConfig } from './node-config'
import type { LinkRule } from './node-link'
import type { NodeMount, NodeMountListener } from './node-mount'
import type { NodeExit, NodeStartPhases, NodeStatus } from './node-status'

/** A node that does not answer within it hangs, or is overloaded beyond use. */
const ANSWER_WITHIN_MS = 5_000
/**
 * How long a killed node may take to close. After it a process is ended whatever it does, and so is a thread when nobody else
 * is in it: no native write takes that long, and ending a thread with one under way would end the whole program.
 */
const CLOSE_WITHIN_MS = 10_000

interface Question {
  readonly resolve: (status: NodeStatus | undefined) => void
  readonly reject: (error: SandboxError) => void
}

interface Start {
  readonly resolve: (phases: NodeStartPhases) => void
  readonly reject: (error: SandboxError) => void
}

/** A node in another thread or process: the host's side. */
export class RemoteMount implements NodeMount {
  readonly #clock: Clock
  readonly #carrier: NodeCarrier
  readonly #listener: NodeMountListener
  readonly #questions = new Map<number, Question>()
  #lastQuestion = 0
  #name = 'the node'
  #start: Start | undefined
  /** Whether its start has succeeded, so that its end is reported. */
  #isUp = false
  #wanted: 'running' | 'stopped' | 'killed' = 'running'
  #lastWords: NodeExit['error']
  #closeTimer: Timer | undefined
  #isOver = false
  readonly #over: Promise<void>
  #resolveOver: () => void = () => undefined
  readonly #silent: Promise<void>
  #resolveSilent: () => void = () => undefined

  constructor(clock: Clock, carrier: NodeCarrier, listener: NodeMountListener) {
    this.#clock = clock
    this.#carrier = carrier
    this.#listener = listener
    this.#over = new Promise((resolve) => {
      this.#resolveOver = resolve
    })
    this.#silent = new Promise((resolve) => {
      this.#resolveSilent = resolve
    })
  }

  get kind() {
    return this.#carrier.kind
  }

  get supports() {
    return this.#carrier.supports
  }

  start(config: NodeConfig, links: readonly LinkRule[]): Promise<NodeStartPhases> {
    this.#name = config.name
    return new Promise((resolve, reject) => {
      this.#start = { resolve, reject }
      this.#carrier.launch({
        onMessage: (message) => {
          this.#receive(message)
        },
        onEnd: (words) => {
          this.#onEnd(words)
        },
      })
      this.#carrier.post({ kind: 'start', config, links })
    })
  }

  async stop(options: StopOptions): Promise<void> {
    if (this.#wanted === 'running') {
      this.#wanted = 'stopped'
      this.#carrier.post({ kind: 'stop', options })
    }
    await this.#over
  }

  async kill(): Promise<void> {
    if (this.#isOver) return
    this.#wanted = 'killed'
    this.#carrier.kill()
    this.#closeTimer ??= this.#clock.setTimer(CLOSE_WITHIN_MS, () => {
      // A thread that has not come to its message by now says nothing to anybody.
      this.#resolveSilent()
      this.#carrier.end()
    })
    await Promise.race([this.#silent, this.#over])
  }

  async pause(): Promise<void> {
    this.#checkPause()
    await Promise.race([this.#carrier.pause(), this.#over])
    if (this.#isOver) throw this.#gone()
  }

  async resume(): Promise<void> {
    this.#checkPause()
    if (!this.#isOver) this.#carrier.resume()
  }

  async setLink(rule: LinkRule): Promise<void> {
    await this.#ask((question) => ({ kind: 'set-link', question, rule }))
  }

  async flow(command: FlowCommand): Promise<void> {
    await this.#ask((question) => ({ kind: 'flow', question, command }))
  }

  async status(): Promise<NodeStatus> {
    const status = await this.#ask((question) => ({ kind: 'status', question }))
    if (status === undefined) throw new SandboxError('INTERNAL', `${this.#name} answered without its status.`)
    return status
  }

  #receive(message: NodeMessage): void {
    switch (message.kind) {
      case 'started':
        this.#isUp = true
        this.#start?.resolve(message.phases)
        break
      case 'start-failed':
        this.#start?.reject(SandboxError.deserialize(message.error))
        this.#carrier.end()
        break
      case 'failure':
        this.#listener.onFailure(SandboxError.deserialize(message.error))
        break
      case 'warning':
        this.#listener.onWarning(SandboxError.deserialize(message.error))
        break
      case 'flow':
        this.#listener.onFlow(message.report)
        break
      case 'paused':
        // The carrier's own affair.
        break
      case 'silent':
        this.#resolveSilent()
        break
      case 'gone':
        this.#lastWords = message.error
        // Asked over the wire to end, and not by its host.
        if (this.#wanted === 'running' && message.error === undefined) this.#wanted = 'stopped'
        this.#carrier.end()
        break
      case 'answer':
        this.#take(message.question)?.resolve(message.status)
        break
      case 'refusal':
        this.#take(message.question)?.reject(SandboxError.deserialize(message.error))
        break
    }
  }

  #onEnd(words: string): void {
    this.#isOver = true
    this.#closeTimer?.cancel()
    const asked = this.#wanted !== 'running'
    if (!asked) this.#lastWords ??= this.#gone(words).serialize()
    this.#start?.reject(this.#lastWords === undefined ? this.#gone(words) : SandboxError.deserialize(this.#lastWords))
    for (const question of this.#questions.values()) question.reject(this.#gone(words))
    this.#questions.clear()
    this.#resolveOver()
    if (!this.#isUp) return
    this.#listener.onExit({ kind: this.#wanted === 'running' ? 'failed' : this.#wanted, error: this.#lastWords })
  }

  #ask(message: (question: number) => HostMessage): Promise<NodeStatus | undefined> {
    if (this.#isOver) return Promise.reject(this.#gone())
    return new Promise((resolve, reject) => {
      const question = ++this.#lastQuestion
      const timer = this.#clock.setTimer(ANSWER_WITHIN_MS, () => {
        const sentence = `${this.#name} did not answer within ${String(ANSWER_WITHIN_MS)} ms.`
        this.#take(question)?.reject(new SandboxError('NODE_FAILED', sentence))
      })
      this.#questions.set(question, {
        resolve: (status) => {
          timer.cancel()
          resolve(status)
        },
        reject: (error) => {
          timer.cancel()
          reject(error)
        },
      })
      this.#carrier.post(message(question))
    })
  }

  #take(question: number): Question | undefined {
    const taken = this.#questions.get(question)
    this.#questions.delete(question)
    return taken
  }

  #checkPause(): void {
    const { pause } = this.supports
    if (pause !== true) throw new SandboxError('NODE_NOT_SUPPORTED', pause.reason, { details: { mount: this.kind } })
  }

  #gone(words = ''): SandboxError {
    const what = this.#wanted === 'running' ? 'ended by itself' : `was ${this.#wanted}`
    const sentence = `${this.#name} ${what}${words === '' ? '' : ` (${words})`}. Start it again.`
    return new SandboxError('NODE_FAILED', sentence, { details: { mount: this.kind } })
  }
}
