import { SandboxError } from '../../base/sandbox-error'
import type { FlowControl, FlowState } from '../../flow/flow-views'
import type { ClusterSession, RunningCluster } from '../session/cluster-session'
import type { ClusterStepping } from './cluster-stepping'
import type { SteppingControl } from './stepping-control'

/** What the session's stepping is made of. */
export interface SessionSteppingParts {
  readonly session: Pick<ClusterSession, 'view' | 'onChange' | 'running'>
  /** Begins to step a cluster that has come up. */
  step(cluster: RunningCluster): ClusterStepping
}

interface Life {
  readonly host: RunningCluster['host']
  readonly stepping: ClusterStepping
  readonly stopWatching: (() => void) | undefined
}

/** Steps whichever cluster the session has open: each of its clusters has gates and traces of its own. */
export class SessionStepping implements SteppingControl {
  readonly #parts: SessionSteppingParts
  readonly #stopSession: () => void
  readonly #stateListeners = new Set<(state: FlowState) => void>()
  readonly #stageListeners = new Set<Parameters<FlowControl['onStages']>[0]>()
  #watchers = 0
  #life: Life | undefined

  constructor(parts: SessionSteppingParts) {
    this.#parts = parts
    this.#stopSession = parts.session.onChange(() => {
      this.#settle()
    })
    this.#settle()
  }

  get state(): FlowState {
    return this.#controller.state
  }

  onState(listener: (state: FlowState) => void): () => void {
    this.#stateListeners.add(listener)
    return () => this.#stateListeners.delete(listener)
  }

  onStages(listener: Parameters<FlowControl['onStages']>[0]): () => void {
    this.#stageListeners.add(listener)
    return () => this.#stageListeners.delete(listener)
  }

  watch(): () => void {
    this.#watchers += 1
    if (this.#watchers === 1) this.#renewWatch()
    let isOver = false
    return () => {
      if (isOver) return
      isOver = true
      this.#watchers -= 1
      if (this.#watchers === 0) this.#renewWatch()
    }
  }

  trace: FlowControl['trace'] = (traceId) => this.#controller.trace(traceId)
  outline: FlowControl['outline'] = (traceId) => this.#controller.outline(traceId)
  stage: FlowControl['stage'] = (traceId, stageId) => this.#controller.stage(traceId, stageId)
  run: FlowControl['run'] = (request, options) => this.#stepping.run(request, options)
  setMode: FlowControl['setMode'] = (mode) => this.#controller.setMode(mode)
  setRule: FlowControl['setRule'] = (rule) => this.#controller.setRule(rule)
  addGate: FlowControl['addGate'] = (gate) => this.#controller.addGate(gate)
  changeGate: FlowControl['changeGate'] = (gate) => this.#controller.changeGate(gate)
  removeGate: FlowControl['removeGate'] = (gateId) => this.#controller.removeGate(gateId)
  step: FlowControl['step'] = (holdId, kind) => this.#controller.step(holdId, kind)
  release: FlowControl['release'] = (holdId, action) => this.#controller.release(holdId, action)
  pause: FlowControl['pause'] = () => this.#controller.pause()
  continueAll: FlowControl['continueAll'] = () => this.#controller.continueAll()
  export: FlowControl['export'] = (traceId, format) => this.#controller.export(traceId, format)

  /** Lets everything go on and stops following the session. */
  async close(): Promise<void> {
    this.#stopSession()
    await this.#end()
  }

  get #controller(): FlowControl {
    return this.#stepping.controller
  }

  get #stepping(): ClusterStepping {
    if (this.#life !== undefined) return this.#life.stepping
    // Says in the session's own words why there is none.
    this.#parts.session.running()
    throw new SandboxError('SESSION_NOT_RUNNING', 'The sandbox is not being stepped yet: try again in a moment.')
  }

  /** Begins and ends with the clusters of the session. */
  #settle(): void {
    const { session, step } = this.#parts
    const cluster = session.view.phase === 'running' ? session.running() : undefined
    if (cluster?.host === this.#life?.host) return
    // What a cluster that closes still holds must go on, or its nodes could not end.
    void this.#end()
    if (cluster === undefined) return
    const stepping = step(cluster)
    stepping.controller.onState((state) => {
      for (const listener of this.#stateListeners) listener(state)
    })
    stepping.controller.onStages((news) => {
      for (const listener of this.#stageListeners) listener(news)
    })
    const stopWatching = this.#watchers > 0 ? stepping.controller.watch() : undefined
    this.#life = { host: cluster.host, stepping, stopWatching }
  }

  #renewWatch(): void {
    if (this.#life === undefined) return
    const { stepping, stopWatching } = this.#life
    if (this.#watchers === 0) stopWatching?.()
    this.#life = { ...this.#life, stopWatching: this.#watchers > 0 ? stepping.controller.watch() : undefined }
  }

  async #end(): Promise<void> {
    const life = this.#life
    this.#life = undefined
    await life?.stepping.close()
  }
}
