import { SandboxError } from '../../base/sandbox-error'
import type { FlowCommand } from '../../flow/flow-messages'
import type { CreateNode, MountableNode, StopOptions } from './mountable-node'
import type { NodeConfig } from './node-config'
import type { LinkRule } from './node-link'
import type { NodeMount, NodeMountListener, NodeMountSupport } from './node-mount'
import type { NodeExit, NodeStartPhases, NodeStatus } from './node-status'

/** A node in the caller's own thread: for tests, and where threads and processes are not to be had. */
export class InlineMount implements NodeMount {
  readonly kind = 'inline'
  readonly supports: NodeMountSupport = { pause: true, operatingSystemKill: false }
  readonly #createNode: CreateNode
  readonly #listener: NodeMountListener
  #node: MountableNode | undefined
  #isUp = false
  #ending: Promise<void> | undefined
  #isKilled = false
  /** What the controller of stepping said while it was paused; undefined while it is not. */
  #unheard: FlowCommand[] | undefined

  constructor(createNode: CreateNode, listener: NodeMountListener) {
    this.#createNode = createNode
    this.#listener = listener
  }

  async start(config: NodeConfig, links: readonly LinkRule[]): Promise<NodeStartPhases> {
    const { onFailure, onWarning, onFlow } = this.#listener
    const onShutdown = () => {
      void this.stop({ handOver: true })
    }
    this.#node = this.#createNode(config, links, { onFailure, onWarning, onShutdown, onFlow })
    const phases = await this.#node.start()
    this.#isUp = true
    return phases
  }

  stop(options: StopOptions): Promise<void> {
    return (this.#ending ??= this.#end('stopped', this.#node?.stop(options)))
  }

  kill(): Promise<void> {
    if (this.#isKilled) return Promise.resolve()
    this.#isKilled = true
    const closed = this.#node?.kill()
    // An orderly stop that is under way ends by itself, sooner.
    this.#ending ??= this.#end('killed', closed)
    return Promise.resolve()
  }

  async pause(): Promise<void> {
    this.#running().pause()
    this.#unheard ??= []
  }

  async resume(): Promise<void> {
    const node = this.#running()
    const unheard = this.#unheard ?? []
    this.#unheard = undefined
    for (const command of unheard) node.flow(command)
    node.resume()
  }

  async setLink(rule: LinkRule): Promise<void> {
    this.#running().setLink(rule)
  }

  async flow(command: FlowCommand): Promise<void> {
    const node = this.#running()
    if (this.#unheard === undefined) node.flow(command)
    else this.#unheard.push(command)
  }

  async status(): Promise<NodeStatus> {
    return this.#running().status()
  }

  async #end(kind: NodeExit['kind'], closed: Promise<void> | undefined): Promise<void> {
    let error: NodeExit['error']
    try {
      await closed
    } catch (thrown) {
      error = SandboxError.from(thrown).serialize()
    }
    if (this.#isUp) this.#listener.onExit({ kind, error })
  }

  #running(): MountableNode {
    if (this.#node !== undefined && this.#ending === undefined) return this.#node
    throw new SandboxError('NODE_FAILED', 'The node is not up: start it first.')
  }
}
