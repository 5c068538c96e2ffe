import { SandboxError } from '../../base/sandbox-error'
import type { HostMessage, NodeMessage } from './mount-messages'
import type { CreateNode, MountableNode, StopOptions } from './mountable-node'

/** How a node in another thread or process tells its host things. */
export interface HostLink {
  post(message: NodeMessage): void
}

/** The node's side of a mount in another thread or process: does what the host says and reports what happens. */
export class MountedNode {
  readonly #createNode: CreateNode
  readonly #host: HostLink
  #node: MountableNode | undefined
  #isEnding = false
  /** What it was told since it was paused; undefined while it is not. */
  #unheard: HostMessage[] | undefined

  constructor(createNode: CreateNode, host: HostLink) {
    this.#createNode = createNode
    this.#host = host
  }

  receive(message: HostMessage): void {
    if (this.#unheard === undefined || message.kind === 'kill' || message.kind === 'resume') this.#do(message)
    else this.#unheard.push(message)
  }

  /** Something escaped from the node's code: nothing can be relied on any more, so it ends without order. */
  crash(thrown: unknown): void {
    this.#kill(SandboxError.from(thrown))
  }

  #do(message: HostMessage): void {
    switch (message.kind) {
      case 'start':
        void this.#start(message)
        break
      case 'stop':
        void this.#stop(message.options)
        break
      case 'kill':
        this.#kill(undefined)
        break
      case 'pause':
        if (this.#isEnding) break
        this.#unheard = []
        this.#node?.pause()
        this.#host.post({ kind: 'paused' })
        break
      case 'resume':
        this.#resume()
        break
      case 'set-link':
        void this.#answer(message.question, (node) => {
          node.setLink(message.rule)
          return undefined
        })
        break
      case 'flow':
        void this.#answer(message.question, (node) => {
          node.flow(message.command)
          return undefined
        })
        break
      case 'status':
        void this.#answer(message.question, (node) => node.status())
        break
    }
  }

  async #start({ config, links }: Extract<HostMessage, { kind: 'start' }>): Promise<void> {
    // Something in its thread broke before it was asked to start.
    if (this.#isEnding) return
    try {
      this.#node = this.#createNode(config, links, {
        onFailure: (error) => {
          this.#host.post({ kind: 'failure', error: error.serialize() })
        },
        onWarning: (error) => {
          this.#host.post({ kind: 'warning', error: error.serialize() })
        },
        onShutdown: () => {
          void this.#stop({ handOver: true })
        },
        onFlow: (report) => {
          this.#host.post({ kind: 'flow', report })
        },
      })
      const phases = await this.#node.start()
      if (!this.#isEnding) this.#host.post({ kind: 'started', phases })
    } catch (thrown) {
      // A node that is killed while it starts says so by its end.
      if (!this.#isEnding) this.#host.post({ kind: 'start-failed', error: SandboxError.from(thrown).serialize() })
    }
  }

  #resume(): void {
    const unheard = this.#unheard ?? []
    this.#unheard = undefined
    // Whoever steps may want it to stand still for other reasons by now: it must know before it goes on.
    for (const message of unheard) if (message.kind === 'flow') this.#do(message)
    this.#node?.resume()
    for (const message of unheard) if (message.kind !== 'flow') this.receive(message)
  }

  async #stop(options: StopOptions): Promise<void> {
    if (this.#isEnding) return
    this.#isEnding = true
    try {
      await this.#node?.stop(options)
      this.#host.post({ kind: 'gone', error: undefined })
    } catch (thrown) {
      this.#host.post({ kind: 'gone', error: SandboxError.from(thrown).serialize() })
    }
  }

  #kill(reason: SandboxError | undefined): void {
    this.#isEnding = true
    const closed = this.#node?.kill() ?? Promise.resolve()
    this.#host.post({ kind: 'silent' })
    void closed.then(() => {
      this.#host.post({ kind: 'gone', error: reason?.serialize() })
    })
  }

  async #answer(question: number, ask: (node: MountableNode) => unknown): Promise<void> {
    try {
      if (this.#node === undefined) throw new SandboxError('NODE_FAILED', 'The node is not up yet: start it first.')
      const status = (await ask(this.#node)) as Awaited<ReturnType<MountableNode['status']>> | undefined
      this.#host.post({ kind: 'answer', question, status })
    } catch (thrown) {
      this.#host.post({ kind: 'refusal', question, error: SandboxError.from(thrown).serialize() })
    }
  }
}
