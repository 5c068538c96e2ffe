import { SandboxError } from '../base/sandbox-error'
import type { Clock, Random, Timer } from '../env'
import type { Freezer } from '../env/freezable-clock'
import type { FlowCommand, FlowReport, StopOrder } from './flow-messages'
import type { FlowProbe, OpenStage, RequestTrace, StageDescription, StageOutcome } from './flow-probe'
import type { FollowedEntry, FollowedOperation } from './followed-entries'
import { FollowedEntries } from './followed-entries'
import type { MessageAction, StopMode, TraceRule } from './gate'
import { GateMatcher, keyMatches } from './gate-matcher'
import { StageHolds } from './stage-holds'
import type { EntryIdentity, StageEvent } from './stage-event'
import { stageId } from './stage-event'
import type { StageName } from './stages'
import { partStages } from './stages'

export interface FlowAgentOptions {
  readonly nodeId: number
  /** `store-2`. */
  readonly nodeName: string
  /** Names of other nodes by their id, for conditions. */
  readonly nameOf: (nodeId: number) => string
  /** Real time: it flows on while the node's own clock stands still. */
  readonly clock: Clock
  readonly random: Random
  /** The node's own clock: stands still in all-stop while anything is held. */
  readonly nodeClock: Freezer & Pick<Clock, 'monotonicMs'>
  readonly report: (report: FlowReport) => void
}

/** Stages are gathered for so long, in ms, before they are reported. */
const REPORT_INTERVAL_MS = 20
/** The most stages in one report, and the most that wait for it. */
const MOST_IN_REPORT = 256
const MOST_WAITING = 8192

const noRule: TraceRule = { oneIn: 0, regionId: undefined, keys: undefined, operation: undefined }
const messageStages: ReadonlySet<StageName> = new Set<StageName>(['raft.send', 'raft.receive', 'raft.ack'])
const parts: ReadonlySet<StageName> = new Set<StageName>(partStages)

/** How long a request was held on this node, in ms of the node's own clock. Holds at the same time count once. */
interface HeldTime {
  totalMs: number
  /** When the last one ended. */
  untilMs: number
}

/** What a stage belongs to. */
interface Subject {
  readonly operation: FollowedOperation | undefined
  readonly regionId: number | undefined
  readonly entry: EntryIdentity | undefined
}

/**
 * A node's side of stepping: follows operations, stops them at gates and where the person wants to stop next, and reports
 * the stages. Does nothing of its own: it is asked by the path of the operations, and told by the controller. When the
 * controller is lost, {@link letGo} has everything go on.
 */
export class FlowAgent implements FlowProbe {
  readonly #options: FlowAgentOptions
  readonly #gates: GateMatcher
  /** Stages have wall times with fractions, which nodes of one machine share to a ms. */
  readonly #wallOriginMs: number
  readonly #followed = new FollowedEntries()
  readonly #holds = new StageHolds()
  /** Of the requests that are followed on this node, and of their entries: they go with those. */
  readonly #heldTimes = new WeakMap<FollowedOperation, HeldTime>()
  #rule = noRule
  #mode: StopMode = 'all-stop'
  #stops: readonly StopOrder[] = []
  #stopsAll = false
  #seen = 0
  #sequence = 0
  #waiting: StageEvent[] = []
  #lost = 0
  #reporting: Timer | undefined

  constructor(options: FlowAgentOptions) {
    this.#options = options
    this.#gates = new GateMatcher(options.nodeId)
    this.#wallOriginMs = options.clock.wallTimeMs() - options.clock.monotonicMs()
  }

  get isOn(): boolean {
    return !this.#followed.isEmpty || this.#rule.oneIn > 0 || this.#gates.isArmed
  }

  /** Takes what the controller says. */
  receive(command: FlowCommand): void {
    switch (command.kind) {
      case 'configure':
        this.#gates.set(command.gates)
        this.#rule = command.rule
        this.#mode = command.mode
        this.#stops = command.stops
        this.#stopsAll = command.stopsAll
        break
      case 'release':
        this.#holds.release(command.holdId, command.action)
        break
      case 'release-all':
        this.#holds.releaseAll()
        break
      case 'freeze':
        if (command.isFrozen) this.#options.nodeClock.freeze()
        else this.#options.nodeClock.thaw()
        break
    }
  }

  /** Reports what is gathered. */
  flush(): void {
    this.#flushReports()
  }

  /** The controller is gone: nothing is stopped any more, what is held goes on, and time flows. */
  letGo(): void {
    this.#gates.set([])
    this.#rule = noRule
    this.#stops = []
    this.#stopsAll = false
    this.#holds.releaseAll()
    this.#options.nodeClock.thaw()
  }

  begin({ operation, regionId, key, mark }: Parameters<FlowProbe['begin']>[0]): RequestTrace | undefined {
    const isFollowed =
      mark !== undefined || this.#isSampled(operation, regionId, key) || this.#gates.mayStop(operation, regionId, key)
    if (!isFollowed) return undefined
    const traceId = mark?.traceId ?? this.#newTraceId()
    const followed: FollowedOperation = { traceId, operation, key }
    const heldTime: HeldTime = { totalMs: 0, untilMs: -Infinity }
    this.#heldTimes.set(followed, heldTime)
    return {
      traceId,
      operation,
      get heldMs() {
        return heldTime.totalMs
      },
      enter: (stage, describe) => this.#enter({ operation: followed, regionId, entry: undefined }, stage, describe),
      follows: (entry) => {
        const followedEntry = { ...followed, ...entry }
        this.#heldTimes.set(followedEntry, heldTime)
        this.#followed.add(followedEntry)
      },
    }
  }

  entries(regionId: number, first: number, last: number): readonly FollowedEntry[] {
    return this.#followed.within(regionId, first, last)
  }

  follow(entries: readonly FollowedEntry[]): void {
    for (const entry of entries) this.#followed.add(entry)
  }

  enterEntry(entry: FollowedEntry, stage: StageName, describe: () => StageDescription): OpenStage {
    const { regionId, term, index } = entry
    return this.#enter({ operation: entry, regionId, entry: { regionId, term, index } }, stage, describe)
  }

  applied(regionId: number, index: number): void {
    this.#followed.forgetUpTo(regionId, index)
  }

  endRegion(regionId: number): void {
    this.#followed.forgetUpTo(regionId, Infinity)
    this.#holds.releaseRegion(regionId)
  }

  wantsMessage(messageType: string): boolean {
    return this.#gates.mayStopMessage(messageType)
  }

  enterMessage(regionId: number, stage: StageName, describe: () => StageDescription): OpenStage {
    return this.#enter({ operation: undefined, regionId, entry: undefined }, stage, describe)
  }

  #isSampled(operation: string, regionId: number | undefined, key: Uint8Array | undefined): boolean {
    const rule = this.#rule
    if (rule.oneIn === 0) return false
    if (rule.operation !== undefined && rule.operation !== operation) return false
    if (rule.regionId !== undefined && rule.regionId !== regionId) return false
    if (!keyMatches(rule.keys, key)) return false
    this.#seen += 1
    return this.#seen % rule.oneIn === 0
  }

  #newTraceId(): string {
    const { random } = this.#options
    return [0, 0, 0, 0].map(() => random.uint32().toString(16).padStart(8, '0')).join('')
  }

  #enter(subject: Subject, stage: StageName, describe: () => StageDescription): OpenStage {
    const description = describe()
    const { clock, nodeId } = this.#options
    this.#sequence += 1
    const startedMs = clock.monotonicMs()
    const startedAtMs = this.#wallOriginMs + startedMs
    let heldMs = 0
    const event = (endedAtMs: number, outcome: StageOutcome): StageEvent => ({
      sequence,
      nodeId,
      stage,
      traceId: subject.operation?.traceId,
      operation: subject.operation?.operation,
      regionId: subject.regionId,
      entry: subject.entry,
      peerId: description.peerId,
      messageId: description.messageId,
      fate: outcome.fate,
      startedAtMs,
      endedAtMs,
      heldMs,
      before: description.before,
      after: outcome.after ?? description.after ?? [],
      cause: outcome.cause ?? description.cause,
      error: outcome.error === undefined ? undefined : SandboxError.from(outcome.error).serialize(),
    })
    const sequence = this.#sequence
    const stopAt = () => this.#stopAt(subject, stage, description)
    const traceId = subject.operation?.traceId
    let gateId = stopAt()
    // Behind a stage of the same operation that is held, everything waits; whether it stops is asked in its turn.
    if (gateId === undefined && traceId !== undefined && this.#holds.isHeld(traceId)) gateId = ''
    let held: Promise<MessageAction> | undefined
    if (gateId !== undefined) {
      const heldFromMs = this.#options.nodeClock.monotonicMs()
      held = this.#hold(gateId, traceId, messageStages.has(stage), stopAt, event(startedAtMs, {})).then((action) => {
        heldMs = clock.monotonicMs() - startedMs
        this.#countHeldTime(subject.operation, heldFromMs)
        return action
      })
    }
    let isLeft = false
    return {
      held,
      leave: (outcome) => {
        if (isLeft) return
        isLeft = true
        this.#emit(event(startedAtMs + (clock.monotonicMs() - startedMs), outcome?.() ?? {}))
      },
    }
  }

  #countHeldTime(operation: FollowedOperation | undefined, fromMs: number): void {
    const heldTime = operation && this.#heldTimes.get(operation)
    if (heldTime === undefined) return
    const nowMs = this.#options.nodeClock.monotonicMs()
    heldTime.totalMs += nowMs - Math.max(fromMs, heldTime.untilMs)
    heldTime.untilMs = nowMs
  }

  /** The gate that stops a stage; '' where the person wants to stop next; undefined if it may pass. */
  #stopAt(subject: Subject, stage: StageName, { messageType, peerId }: StageDescription): string | undefined {
    const { nodeId, nodeName, nameOf } = this.#options
    const { operation, regionId, entry } = subject
    const gate = this.#gates.match({
      stage,
      nodeId,
      nodeName,
      regionId,
      operation: operation?.operation,
      key: operation?.key,
      index: entry?.index,
      term: entry?.term,
      messageType,
      peerName: peerId === undefined ? undefined : nameOf(peerId),
    })
    if (gate !== undefined) return gate.gateId
    if (operation === undefined) return undefined
    if (this.#stopsAll && !parts.has(stage)) return ''
    if (!this.#stops.some((stop) => stopsHere(stop, operation.traceId, nodeId, stage, entry !== undefined)))
      return undefined
    // Where to stop next was said once, and is reached.
    this.#stops = this.#stops.filter((stop) => stop.traceId !== operation.traceId)
    return ''
  }

  #hold(
    gateId: string,
    traceId: string | undefined,
    isMessage: boolean,
    stopAt: () => string | undefined,
    event: StageEvent,
  ): Promise<MessageAction> {
    const holdId = stageId(event)
    return new Promise((resolve) => {
      const onHeld = (stoppedBy: string | undefined) => {
        // Everything else on this node stands still at once; the controller has the other nodes follow.
        if (this.#mode === 'all-stop') this.#options.nodeClock.freeze()
        this.#flushReports()
        this.#options.report({ kind: 'held', held: { holdId, gateId: stoppedBy, isMessage, event } })
      }
      const onReleased = (action: MessageAction) => {
        this.#options.report({ kind: 'released', holdId })
        resolve(action)
      }
      this.#holds.add({ holdId, traceId, regionId: event.regionId, stopAt, onHeld, onReleased }, gateId)
    })
  }

  #emit(event: StageEvent): void {
    if (this.#waiting.length >= MOST_WAITING) this.#lost += 1
    else this.#waiting.push(event)
    if (this.#waiting.length >= MOST_IN_REPORT) this.#flushReports()
    else {
      this.#reporting ??= this.#options.clock.setTimer(REPORT_INTERVAL_MS, () => {
        this.#flushReports()
      })
    }
  }

  #flushReports(): void {
    this.#reporting?.cancel()
    this.#reporting = undefined
    const hits = this.#gates.takeHits()
    if (hits.length > 0) this.#options.report({ kind: 'hits', hits })
    while (this.#waiting.length > 0 || this.#lost > 0) {
      const events = this.#waiting.splice(0, MOST_IN_REPORT)
      this.#options.report({ kind: 'stages', events, lost: this.#lost })
      this.#lost = 0
    }
  }
}

function stopsHere(stop: StopOrder, traceId: string, nodeId: number, stage: StageName, hasEntry: boolean): boolean {
  if (stop.traceId !== traceId || (stop.nodeId !== undefined && stop.nodeId !== nodeId)) return false
  // Without Raft a change has no entry, and the write is all that there is of commit and apply.
  const isPlainWrite = stage === 'rawEngine.write' && !hasEntry
  switch (stop.at) {
    case 'stage':
      return !parts.has(stage)
    case 'part':
      return true
    case 'commit':
      return stage === 'raftNode.commit' || isPlainWrite
    case 'apply':
      return stage === 'stateMachine.onApply' || isPlainWrite
    case 'response':
      return stage === 'service.respond'
  }
}
