import type { SerializedSandboxError } from '../../base/sandbox-error'
import { SandboxError } from '../../base/sandbox-error'
import type { Clock } from '../../env'
import type { FlowCommand, FlowReport } from '../../flow/flow-messages'
import type { StopOptions } from '../node/mountable-node'
import type { LinkRule } from '../node/node-link'
import type { NodeConfig } from '../node/node-config'
import { formatEndpoint } from '../node/node-config'
import type { NodeMount, NodeMountKind, NodeMountListener } from '../node/node-mount'
import type { NodeExit, NodeStartPhases, NodeStatus } from '../node/node-status'
import type { ClusterNodeInfo, ClusterNodeState } from './cluster-events'
import { SerialQueue } from './serial-queue'

/** What a cluster's node needs of its host. */
export interface ClusterNodeParts {
  readonly clock: Clock
  readonly config: NodeConfig
  readonly mountKind: NodeMountKind
  /** Makes the mount of one life. */
  readonly createMount: (listener: NodeMountListener) => NodeMount
  /** The rules of its links as they are now. */
  readonly links: () => readonly LinkRule[]
  /** Told after every change of {@link ClusterNode.info}. */
  readonly onChange: (info: ClusterNodeInfo) => void
  readonly onWarning: (error: SandboxError) => void
  /** What stepping on this node tells. */
  readonly onFlow: (report: FlowReport) => void
}

/** One life of the node: its mount, and the moment at which it is gone. */
interface Life {
  readonly mount: NodeMount
  readonly gone: Promise<void>
  /** What its end means: an end that nobody asked for is a failure. */
  wanted: 'running' | 'stopped' | 'killed'
}

const upStates: ReadonlySet<ClusterNodeState> = new Set<ClusterNodeState>(['running', 'paused', 'failed'])

/**
 * A node of the cluster over all its lives. Operations are done one after the other; only a kill overtakes, because it
 * is what helps against an operation that hangs.
 */
export class ClusterNode {
  readonly #parts: ClusterNodeParts
  readonly #queue = new SerialQueue()
  #config: NodeConfig
  #state: ClusterNodeState = 'stopped'
  #life: Life | undefined
  /** Rules that were made while it stood still. */
  #missedRules: LinkRule[] = []
  #lastError: SerializedSandboxError | undefined

  constructor(parts: ClusterNodeParts) {
    this.#parts = parts
    this.#config = parts.config
  }

  /** Gives the node another configuration, for its next start. */
  reconfigure(config: NodeConfig): void {
    this.#config = config
  }

  get info(): ClusterNodeInfo {
    const { mountKind } = this.#parts
    const config = this.#config
    return {
      nodeId: config.nodeId,
      role: config.role,
      name: config.name,
      state: this.#state,
      mount: mountKind,
      serverAddress: formatEndpoint(config.server),
      raftAddress: formatEndpoint(config.raft),
      directory: config.directory,
      lastError: this.#lastError,
    }
  }

  /**
   * Starts the node; one that runs is left alone. What is left of a failed or killed life is cleared away first.
   *
   * @param startsWithAll whether all nodes of the cluster start now, and none runs that did before
   * @returns how long it took; undefined if it ran already
   * @throws SandboxError NODE_WRONG_STATE if it is paused, and what its start throws
   */
  start(startsWithAll = false): Promise<NodeStartPhases | undefined> {
    return this.#queue.run(() => this.#start(startsWithAll))
  }

  /** Ends the node in order; after `deadlineMs` it is killed instead, with a warning. */
  stop(deadlineMs: number, options: StopOptions): Promise<void> {
    return this.#queue.run(() => this.#stop(deadlineMs, options))
  }

  /** Ends the node without order, at once. Resolves when it is silent. */
  async kill(): Promise<void> {
    const life = this.#life
    if (life === undefined) return
    life.wanted = 'killed'
    await life.mount.kill()
    if (this.#life === life) this.#enter('killed')
  }

  /** Stops and starts it, whatever state it is in; a failed one is killed. */
  restart(deadlineMs: number): Promise<NodeStartPhases | undefined> {
    return this.#queue.run(async () => {
      await this.#stop(deadlineMs, { handOver: true })
      return this.#start(false)
    })
  }

  /** @throws SandboxError NODE_NOT_SUPPORTED, NODE_WRONG_STATE */
  pause(): Promise<void> {
    return this.#queue.run(async () => {
      if (this.#state === 'paused') return
      const life = this.#running('paused')
      await life.mount.pause()
      if (this.#life === life && life.wanted === 'running') this.#enter('paused')
    })
  }

  /** @throws SandboxError NODE_WRONG_STATE */
  resume(): Promise<void> {
    return this.#queue.run(async () => {
      if (this.#state === 'running') return
      if (this.#state !== 'paused') throw this.#wrongState('resumed')
      await this.#resume()
    })
  }

  /** Tells the node of a rule; one that is not up learns it when it starts, a paused one when it is resumed. */
  setLink(rule: LinkRule): Promise<void> {
    return this.#queue.run(async () => {
      if (this.#state === 'running') await this.#life?.mount.setLink(rule)
      else if (this.#state === 'paused') this.#missedRules.push(rule)
    })
  }

  /** Whether it has come up and nobody has asked it to end: paused, or with a part that failed, it is still up. */
  get isUp(): boolean {
    return this.#life?.wanted === 'running' && upStates.has(this.#state)
  }

  /**
   * Tells the node what the controller of stepping says. Resolves when it is taken; at once by a node that is gone, and by a
   * paused one, which takes it when it goes on. Never rejects.
   */
  async flow(command: FlowCommand): Promise<void> {
    if (!this.isUp) return
    const taken = this.#life?.mount.flow(command).catch((thrown: unknown) => {
      // One that goes away meanwhile takes nothing, and holds nothing any more.
      if (!SandboxError.is(thrown, 'NODE_FAILED')) this.#parts.onWarning(SandboxError.from(thrown))
    })
    if (this.#state !== 'paused') await taken
  }

  /** @throws SandboxError NODE_WRONG_STATE unless it runs, NODE_FAILED */
  status(): Promise<NodeStatus> {
    const life = this.#life
    if (life === undefined || this.#state === 'paused') return Promise.reject(this.#wrongState('asked'))
    return life.mount.status()
  }

  /** Resolves when nothing is left of an ended life: its folder and ports are free. At once if it runs. */
  async settled(): Promise<void> {
    if (this.#life?.wanted !== 'running') await this.#life?.gone
  }

  async #start(startsWithAll: boolean): Promise<NodeStartPhases | undefined> {
    if (this.#state === 'running') return undefined
    if (this.#state === 'paused') throw this.#wrongState('started')
    await this.#clearAway()
    this.#missedRules = []
    const life = this.#newLife()
    this.#life = life
    this.#lastError = undefined
    this.#enter('starting')
    const config = { ...this.#config, startsWithAll }
    const phases = await life.mount.start(config, this.#parts.links()).catch((thrown: unknown) => {
      if (this.#life === life) {
        // A start that fails has closed what it opened: nothing is left to wait for.
        this.#life = undefined
        if (life.wanted === 'running') this.#lastError = SandboxError.from(thrown, 'NODE_FAILED').serialize()
        this.#enter(life.wanted === 'running' ? 'failed' : life.wanted)
      }
      throw thrown
    })
    // It may have been killed, or have ended or failed by itself, while it came up.
    if (this.#life !== life || life.wanted !== 'running' || this.#state !== 'starting') throw this.#wrongState('used')
    this.#enter('running')
    return phases
  }

  async #stop(deadlineMs: number, options: StopOptions): Promise<void> {
    const life = this.#life
    if (life === undefined) return
    if (life.wanted === 'killed' || this.#state === 'failed') return this.#clearAway()
    if (this.#state === 'paused') await this.#resume()
    life.wanted = 'stopped'
    this.#enter('stopping')
    if (await this.#endsWithin(deadlineMs, life.mount.stop(options))) {
      await life.gone
      return
    }
    const message = `The node ${this.#config.name} did not stop within ${String(deadlineMs)} ms and was killed.`
    this.#parts.onWarning(new SandboxError('NODE_FAILED', message, { details: { deadlineMs } }))
    await this.kill()
    await life.gone
  }

  /** Waits until nothing is left of a life that is over or failed. */
  async #clearAway(): Promise<void> {
    const life = this.#life
    if (life === undefined) return
    if (life.wanted === 'running') {
      life.wanted = 'killed'
      await life.mount.kill()
    }
    await life.gone
  }

  async #resume(): Promise<void> {
    const life = this.#life
    await life?.mount.resume()
    for (const rule of this.#missedRules.splice(0)) await life?.mount.setLink(rule)
    if (this.#life === life && life?.wanted === 'running') this.#enter('running')
  }

  /** @returns false if the time was up first */
  async #endsWithin(deadlineMs: number, work: Promise<void>): Promise<boolean> {
    const over = new AbortController()
    const timeUp = this.#parts.clock.sleep(deadlineMs, over.signal).then(
      () => false,
      // Called off because the work has ended.
      () => true,
    )
    try {
      return await Promise.race([work.then(() => true), timeUp])
    } finally {
      over.abort()
      // After the deadline its own outcome tells nothing any more: the node is killed.
      work.catch(() => undefined)
    }
  }

  #newLife(): Life {
    let exited: () => void = () => undefined
    const gone = new Promise<void>((resolve) => {
      exited = resolve
    })
    const mount = this.#parts.createMount({
      onExit: (exit) => {
        this.#onExit(life, exit)
        exited()
      },
      onFailure: (error) => {
        if (this.#life !== life || life.wanted !== 'running') return
        this.#lastError = error.serialize()
        this.#enter('failed')
      },
      onWarning: this.#parts.onWarning,
      onFlow: this.#parts.onFlow,
    })
    const life: Life = { mount, gone, wanted: 'running' }
    return life
  }

  #onExit(life: Life, exit: NodeExit): void {
    if (this.#life !== life) return
    this.#life = undefined
    if (exit.error !== undefined) this.#lastError = exit.error
    this.#enter(life.wanted === 'running' ? exit.kind : life.wanted)
  }

  #running(what: string): Life {
    if (this.#life !== undefined && this.#state === 'running') return this.#life
    throw this.#wrongState(what)
  }

  #wrongState(what: string): SandboxError {
    const { name, nodeId } = this.#config
    const message = `The node ${name} is ${this.#state} and cannot be ${what} now.`
    return new SandboxError('NODE_WRONG_STATE', message, { details: { nodeId, state: this.#state } })
  }

  #enter(state: ClusterNodeState): void {
    this.#state = state
    this.#parts.onChange(this.info)
  }
}
