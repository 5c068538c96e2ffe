import { SandboxError } from '../../base/sandbox-error'
import type { Clock, Random, Timer } from '../../env'
import type { Freezer } from '../../env/freezable-clock'
import { FlowAgent } from '../flow-agent'
import type { FlowCommand, FlowNodeLink, FlowReport, HeldStage, StopOrder } from '../flow-messages'
import type { RequestTrace } from '../flow-probe'
import type { ComposedRequest, FlowControl, FlowState, HoldView, TraceOutline, TraceView } from '../flow-views'
import type { Gate, GateView, MessageAction, StepKind, StopMode, TraceRule } from '../gate'
import type { StageEvent } from '../stage-event'
import { stageId } from '../stage-event'
import { ControlledNodes } from './controlled-nodes'
import { GateList } from './gate-list'
import { toMermaid } from './mermaid-export'
import { toOtlp } from './otlp-export'
import { stagesAhead } from './stages-ahead'
import { stopsFor } from './step-orders'
import { criticalPath, inOrder } from './trace-order'
import type { Trace, TraceLimits } from './trace-store'
import { TraceStore, summaryOf } from './trace-store'

/** What the controller is made of. */
export interface FlowControllerOptions {
  /** Real time: it flows on while the clocks of nodes stand still. */
  readonly clock: Clock
  readonly random: Random
  /** The clock of the client that runs composed requests: its deadlines stand still, too. */
  readonly clientClock: Freezer & Pick<Clock, 'monotonicMs'>
  /**
   * Runs a composed request through the client, under a trace that its client stages are told to.
   *
   * @returns the region and the key, decoded, as soon as they are known by `onRouted`
   */
  readonly execute: (
    request: ComposedRequest,
    trace: RequestTrace,
    onRouted: (routed: { readonly regionId: number | undefined; readonly key: string }) => void,
  ) => Promise<void>
  /** The voters of a region but its leader, for what is foretold of an operation. */
  readonly followersOf: (regionId: number, leaderId: number) => readonly number[]
  /** The store that leads a region as far as is known. */
  readonly leaderOf: (regionId: number) => number | undefined
  readonly limits?: Partial<TraceLimits>
}

/** Changes are told together, so many ms after the first. */
const TELL_AFTER_MS = 30
/** A screen that reloads, or whose stream is renewed, is back within this time, in ms. */
const SCREEN_GRACE_MS = 5_000
const CLIENT = 0

/**
 * The one owner of stepping: gates, held operations, and the traces of the last ones. Nodes stop operations by themselves, as
 * they were told here, and report; this has clocks stand still, and lets operations go on, step by step.
 *
 * Nothing stays held for want of somebody to let it go on: while no screen (or command line) watches, gates stop nothing,
 * and what was held when the last one left goes on after a short grace.
 */
export class FlowController implements FlowControl {
  readonly #options: FlowControllerOptions
  readonly #store: TraceStore
  readonly #gates = new GateList()
  readonly #nodes = new ControlledNodes()
  readonly #client: FlowAgent
  readonly #stateListeners = new Set<(state: FlowState) => void>()
  readonly #stageListeners = new Set<Parameters<FlowControl['onStages']>[0]>()
  readonly #news = new Map<string, StageEvent[]>()
  #mode: StopMode = 'all-stop'
  #rule: TraceRule = { oneIn: 0, regionId: undefined, keys: undefined, operation: undefined }
  #stops: readonly StopOrder[] = []
  #stopsAll = false
  #watchers = 0
  #isWatched = false
  #leaving: Timer | undefined
  #telling: Timer | undefined
  #isClosed = false

  constructor(options: FlowControllerOptions) {
    this.#options = options
    this.#store = new TraceStore(options.limits)
    const { clock, random, clientClock } = options
    this.#client = new FlowAgent({
      nodeId: CLIENT,
      nodeName: 'client',
      nameOf: (nodeId) => this.#nodes.nameOf(nodeId),
      clock,
      random,
      nodeClock: clientClock,
      report: (report) => {
        this.report(CLIENT, report)
      },
    })
    this.attach({
      nodeId: CLIENT,
      name: 'client',
      send: (command) => {
        this.#client.receive(command)
        return Promise.resolve()
      },
    })
  }

  get state(): FlowState {
    const heldTraces = new Set([...this.#nodes.holds()].map(({ event }) => event.traceId))
    return {
      mode: this.#mode,
      isFrozen: this.#nodes.isFrozen,
      gates: this.#gates.all,
      holds: [...this.#nodes.holds()].map(holdViewOf).sort((one, other) => one.sinceMs - other.sinceMs),
      rule: this.#rule,
      traces: this.#store.traces.map((trace) => summaryOf(trace, heldTraces.has(trace.traceId))),
    }
  }

  /** A node is up: it learns what to stop. Its earlier life, if any, is over. */
  attach(link: FlowNodeLink): void {
    this.#nodes.attach(link, this.#configuration())
    this.#changed()
  }

  /** A node is gone, and what it held with it. */
  detach(nodeId: number): void {
    this.#nodes.detach(nodeId)
    this.#settleFreeze()
    this.#changed()
  }

  /** Takes what a node tells. */
  report(nodeId: number, report: FlowReport): void {
    if (!this.#nodes.has(nodeId) || this.#isClosed) return
    switch (report.kind) {
      case 'stages':
        for (const event of report.events) this.#take(event)
        break
      case 'held':
        this.#take(report.held.event, { isHeld: true })
        this.#nodes.addHold(nodeId, report.held)
        // The stop is reached; on other nodes the same one is reached no more.
        this.#stops = this.#stops.filter(({ traceId }) => traceId !== report.held.event.traceId)
        if (this.#mode === 'all-stop') this.#nodes.setFrozen(true)
        // A person waits for it, who has just pressed a key.
        this.#tell()
        return
      case 'released':
        this.#nodes.removeHold(nodeId, report.holdId)
        this.#settleFreeze()
        break
      case 'hits':
        this.#gates.count(report.hits)
        break
    }
    this.#changed()
  }

  /** Somebody watches who can let operations go on. @returns to be called when that ends */
  watch(): () => void {
    this.#watchers += 1
    this.#leaving?.cancel()
    this.#leaving = undefined
    if (!this.#isWatched) {
      this.#isWatched = true
      void this.#configure()
    }
    let isOver = false
    return () => {
      if (isOver) return
      isOver = true
      this.#watchers -= 1
      if (this.#watchers > 0 || this.#isClosed) return
      this.#leaving = this.#options.clock.setTimer(SCREEN_GRACE_MS, () => {
        this.#isWatched = false
        void this.continueAll()
      })
    }
  }

  onState(listener: (state: FlowState) => void): () => void {
    this.#stateListeners.add(listener)
    return () => this.#stateListeners.delete(listener)
  }

  onStages(listener: Parameters<FlowControl['onStages']>[0]): () => void {
    this.#stageListeners.add(listener)
    return () => this.#stageListeners.delete(listener)
  }

  trace(traceId: string): TraceView {
    const trace = this.#store.get(traceId)
    const stages = inOrder(trace.stages.values())
    return {
      summary: summaryOf(trace, this.#isHeld(traceId)),
      stages,
      criticalPath: criticalPath(stages),
      ahead: trace.endedAtMs === undefined ? this.#ahead(trace) : [],
    }
  }

  outline(traceId: string): TraceOutline {
    const { stages, ...outline } = this.trace(traceId)
    return { ...outline, order: stages.map(stageId) }
  }

  stage(traceId: string, id: string): StageEvent {
    const stage = this.#store.get(traceId).stages.get(id)
    if (stage !== undefined) return stage
    throw new SandboxError('FLOW_STAGE_NOT_FOUND', `The trace ${traceId} has no stage ${id}.`, {
      details: { traceId, stageId: id },
    })
  }

  async run(request: ComposedRequest, { step }: { readonly step: boolean }): Promise<{ readonly traceId: string }> {
    const { clock, execute } = this.#options
    const traceId = [0, 0, 0, 0].map(() => this.#options.random.uint32().toString(16).padStart(8, '0')).join('')
    const mark = { traceId }
    const requestTrace = this.#client.begin({ operation: request.operation, regionId: undefined, key: undefined, mark })
    if (requestTrace === undefined) throw new SandboxError('INTERNAL', 'A request with a mark is followed.')
    const started = { operation: request.operation, regionId: undefined, key: '', startedAtMs: clock.wallTimeMs() }
    const trace = this.#store.begin(traceId, started, { isComposed: true })
    if (step) {
      this.#stops = [...this.#stops, { traceId, at: 'stage', nodeId: undefined }]
      await this.#configure()
    }
    const ended = (error: unknown) => {
      // Whoever reads a trace that has ended finds the client's part whole.
      this.#client.flush()
      trace.endedAtMs = clock.wallTimeMs()
      trace.error = error === undefined ? undefined : SandboxError.from(error).serialize()
      this.#stops = this.#stops.filter((stop) => stop.traceId !== traceId)
      this.#changed()
    }
    const routed: Parameters<typeof execute>[2] = ({ regionId, key }) => {
      trace.regionId = regionId
      trace.key = key
      this.#changed()
    }
    void execute(request, requestTrace, routed).then(() => {
      ended(undefined)
    }, ended)
    this.#changed()
    return { traceId }
  }

  async setMode(mode: StopMode): Promise<void> {
    this.#mode = mode
    await this.#configure()
    if (mode === 'non-stop') this.#nodes.setFrozen(false)
    else if (this.#nodes.hasHolds) this.#nodes.setFrozen(true)
  }

  async setRule(rule: TraceRule): Promise<void> {
    this.#rule = rule
    await this.#configure()
  }

  async addGate(gate: Omit<Gate, 'gateId'>): Promise<GateView> {
    const added = this.#gates.add(gate)
    await this.#configure()
    return added
  }

  async changeGate(gate: Gate): Promise<GateView> {
    const changed = this.#gates.change(gate)
    await this.#configure()
    return changed
  }

  async removeGate(gateId: string): Promise<void> {
    this.#gates.remove(gateId)
    await this.#configure()
    // What it holds goes on: nothing says any more why it should stand.
    for (const held of [...this.#nodes.holds()]) {
      if (held.gateId === gateId) await this.#nodes.release(held, { kind: 'deliver' })
    }
  }

  async step(holdId: string, kind: StepKind): Promise<void> {
    const held = this.#nodes.held(holdId)
    const { traceId } = held.event
    // What is only believed of the leader could be a node that is gone, where the operation never comes by.
    const leaderId = traceId === undefined ? undefined : askedLeader(this.#store.get(traceId))
    const others = this.#stops.filter((stop) => stop.traceId !== traceId)
    this.#stops = [...others, ...stopsFor(held, kind, leaderId)]
    // Every node knows where it has to stop next before anything goes on. There is nothing to tell of it yet.
    await this.#nodes.broadcast(this.#configuration())
    await this.#nodes.release(held, { kind: 'deliver' })
  }

  async release(holdId: string, action: MessageAction): Promise<void> {
    const held = this.#nodes.held(holdId)
    if (!held.isMessage && action.kind !== 'deliver') {
      const message = `The operation stands at ${held.event.stage}, where it is no message on its way: let it go on instead.`
      throw new SandboxError('INVALID_ARGUMENT', message, { details: { holdId, action: action.kind } })
    }
    await this.#nodes.release(held, action)
  }

  async pause(): Promise<void> {
    this.#stopsAll = true
    await this.#configure()
  }

  async continueAll(): Promise<void> {
    this.#stopsAll = false
    this.#stops = []
    await this.#configure()
    await this.#nodes.broadcast({ kind: 'release-all' })
    this.#nodes.setFrozen(false)
  }

  export(traceId: string, format: 'otlp' | 'mermaid'): string {
    const trace = this.#store.get(traceId)
    const stages = inOrder(trace.stages.values())
    const nameOf = (nodeId: number) => this.#nodes.nameOf(nodeId)
    return format === 'otlp' ? toOtlp(trace, stages, nameOf) : toMermaid(stages, nameOf)
  }

  /** Lets everything go on and forgets the traces: the cluster is closing. Twice is harmless. */
  async close(): Promise<void> {
    if (this.#isClosed) return
    await this.continueAll()
    this.#isClosed = true
    this.#leaving?.cancel()
    this.#telling?.cancel()
    this.#client.letGo()
    this.#store.clear()
    this.#stateListeners.clear()
    this.#stageListeners.clear()
  }

  #take(event: StageEvent, hold?: { readonly isHeld: boolean }): void {
    const trace = this.#store.add(event, hold)
    if (trace === undefined) return
    const news = this.#news.get(trace.traceId)
    if (news === undefined) this.#news.set(trace.traceId, [event])
    else news.push(event)
  }

  #configuration(): FlowCommand {
    return {
      kind: 'configure',
      // Switched off rather than left out, so that nodes keep what they counted.
      gates: this.#isWatched ? this.#gates.all : this.#gates.all.map((gate) => ({ ...gate, isEnabled: false })),
      rule: this.#rule,
      mode: this.#mode,
      stops: this.#isWatched ? this.#stops : [],
      stopsAll: this.#isWatched && this.#stopsAll,
    }
  }

  async #configure(): Promise<void> {
    this.#changed()
    await this.#nodes.broadcast(this.#configuration())
  }

  #settleFreeze(): void {
    if (!this.#nodes.hasHolds) this.#nodes.setFrozen(false)
  }

  #isHeld(traceId: string): boolean {
    return [...this.#nodes.holds()].some(({ event }) => event.traceId === traceId)
  }

  #ahead(trace: Trace): TraceView['ahead'] {
    const leaderId = this.#leaderOf(trace)
    const { regionId } = trace
    const followerIds =
      leaderId === undefined || regionId === undefined ? [] : this.#options.followersOf(regionId, leaderId)
    return stagesAhead(trace.operation, { leaderId, followerIds }, trace.stages.values())
  }

  #leaderOf(trace: Trace): number | undefined {
    const { regionId } = trace
    return askedLeader(trace) ?? (regionId === undefined ? undefined : this.#options.leaderOf(regionId))
  }

  #changed(): void {
    if (this.#isClosed) return
    this.#telling ??= this.#options.clock.setTimer(TELL_AFTER_MS, () => {
      this.#tell()
    })
  }

  /** Tells at once what is new. */
  #tell(): void {
    this.#telling?.cancel()
    this.#telling = undefined
    const news = [...this.#news]
    this.#news.clear()
    for (const [traceId, stages] of news) for (const listener of this.#stageListeners) listener({ traceId, stages })
    if (this.#stateListeners.size === 0) return
    const { state } = this
    for (const listener of this.#stateListeners) listener(state)
  }
}

/** The node that was asked last: the first may have been none that leads. */
function askedLeader({ stages }: Trace): number | undefined {
  let leader: number | undefined
  for (const { stage, nodeId } of stages.values()) if (stage === 'service.validate') leader = nodeId
  return leader
}

function holdViewOf({ holdId, gateId, isMessage, event }: HeldStage): HoldView {
  return {
    holdId,
    traceId: event.traceId,
    stageId: stageId(event),
    stage: event.stage,
    nodeId: event.nodeId,
    regionId: event.regionId,
    sinceMs: event.endedAtMs,
    gateId,
    isMessage,
  }
}
