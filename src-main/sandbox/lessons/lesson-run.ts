import { SandboxError } from '../../base/sandbox-error'
import type { FlowControl, HoldView } from '../../flow/flow-views'
import type { MessageAction, StepKind, StopMode } from '../../flow/gate'
import type { StageEvent } from '../../flow/stage-event'
import type { OperationName } from '../../flow/stages'
import type { Clock } from '../../env'
import type { Lesson, LessonStatement } from './lesson'
import type { LessonCluster } from './lesson-cluster'
import type { StatementForm } from './lesson-language'
import { argumentsOf, formOf } from './lesson-language'
import { until } from './until'

/** What a lesson is run with. */
export interface LessonRunParts {
  readonly clock: Clock
  readonly flow: Pick<FlowControl, 'state' | 'trace' | 'run' | 'setMode' | 'step' | 'release' | 'continueAll'>
  readonly cluster: LessonCluster
}

const HELD_WITHIN_MS = 30_000
const STAGES_WITHIN_MS = 5_000
/** An operation has fewer stages than this: walking on does not end by itself. */
const MOST_STEPS = 200

/** One run of a lesson, statement by statement. */
export class LessonRun {
  readonly #lesson: Lesson
  readonly #parts: LessonRunParts
  readonly #stopping = new AbortController()
  #traceId: string | undefined

  constructor(lesson: Lesson, parts: LessonRunParts) {
    this.#lesson = lesson
    this.#parts = parts
  }

  /** The operation that was followed last. */
  get traceId(): string | undefined {
    return this.#traceId
  }

  /** Does what a statement says. @throws SandboxError LESSON_FAILED with the line, and why, in its details; CANCELLED */
  async perform(statement: LessonStatement): Promise<void> {
    const form = formOf(statement)
    if (form === undefined)
      throw new SandboxError('INTERNAL', 'A lesson that was read has only statements that are known.')
    const done = this.#performForm(form, argumentsOf(statement, form))
    try {
      await done
    } catch (thrown) {
      const cause = SandboxError.from(thrown)
      if (cause.code === 'CANCELLED') throw cause
      const { lessonId } = this.#lesson
      const line = String(statement.line)
      const message = `The lesson ${lessonId} does not go on at line ${line}, "${statement.words.join(' ')}": ${cause.message}`
      throw new SandboxError('LESSON_FAILED', message, { details: { lessonId, line: statement.line }, cause })
    }
  }

  /** Lets everything go on, and mends what the lesson broke. */
  async end(): Promise<void> {
    this.#stopping.abort()
    await this.#parts.flow.continueAll()
    await this.#parts.flow.setMode('all-stop')
    await this.#parts.cluster.mend()
  }

  #performForm(form: StatementForm, [first = '', second = '', third]: readonly string[]): Promise<void> {
    const { cluster, flow } = this.#parts
    switch (form) {
      case 'table NAME':
        return cluster.table(first)
      case 'mode all-stop|non-stop':
        return flow.setMode(first as StopMode)
      case 'put KEY VALUE':
        return cluster.put(first, second)
      case 'step put KEY VALUE EPOCH?':
        return this.#run('KvPut', first, second, third, true)
      case 'step get KEY EPOCH?':
        return this.#run('KvGet', first, undefined, second, true)
      case 'trace put KEY VALUE EPOCH?':
        return this.#run('KvPut', first, second, third, false)
      case 'trace get KEY EPOCH?':
        return this.#run('KvGet', first, undefined, second, false)
      case 'over':
      case 'into':
      case 'out':
      case 'continue':
        return this.#step(form)
      case 'run to commit|apply|response':
        return this.#step(`to-${first as 'commit' | 'apply' | 'response'}`)
      case 'walk to STAGE':
        return this.#walkTo(first)
      case 'message deliver|drop|duplicate':
        return this.#message({ kind: first as 'deliver' | 'drop' | 'duplicate' })
      case 'kill leader of KEY':
        return cluster.killLeader(first)
      case 'isolate leader of KEY':
        return cluster.isolateLeader(first)
      case 'wait new leader of KEY':
        return cluster.waitNewLeader(first)
      case 'restart killed':
        return cluster.restartKilled()
      case 'heal links':
        return cluster.healLinks()
      case 'let go':
        return flow.continueAll()
      case 'expect held STAGE client|leader|follower':
        return this.#expectHeld(first, second)
      case 'expect passed STAGE':
        return this.#untilStage(first, ({ endedAtMs }) => endedAtMs > 0)
      case 'expect refused STAGE TEXT':
        return this.#untilStage(first, ({ error }) => error?.message.includes(second) === true)
      case 'expect cause STAGE CODE':
        return this.#untilStage(first, ({ cause }) => cause.code === second)
      case 'expect outcome done|unknown|failed':
        return this.#expectOutcome(first)
      case 'expect value KEY VALUE':
        return this.#expectValue(first, second)
      case 'expect no value KEY':
        return this.#expectValue(first, undefined)
      case 'expect clocks stopped|running':
        return this.#expectSame('clocks', flow.state.isFrozen ? 'stopped' : 'running', first)
    }
  }

  async #run(
    operation: OperationName,
    key: string,
    value: string | undefined,
    epoch: string | undefined,
    step: boolean,
  ) {
    const { flow, cluster } = this.#parts
    const storeKey = base64(await cluster.keyOf(key))
    const about =
      value === undefined ? { key: storeKey } : { kv: { key: storeKey, value: base64(encoder.encode(value)) } }
    const [, confVersion, version] = /^epoch=(\d+)\/(\d+)$/.exec(epoch ?? '') ?? []
    const context = confVersion === undefined ? {} : { context: { regionEpoch: { confVersion, version } } }
    this.#traceId = (await flow.run({ operation, json: JSON.stringify({ ...about, ...context }) }, { step })).traceId
    if (step) await this.#heldOrOver()
    else await this.#over()
  }

  async #step(kind: StepKind): Promise<void> {
    const hold = await this.#hold()
    await this.#parts.flow.step(hold.holdId, kind)
    await this.#released(hold)
    // A step ends where the operation stands again, or is over; where it waits for something else, the next statement says it.
    if (kind !== 'continue') await this.#heldOrOver()
  }

  async #walkTo(stage: string): Promise<void> {
    for (let steps = 0; steps < MOST_STEPS; steps++) {
      if ((await this.#hold()).stage === stage) return
      await this.#step('over')
    }
    throw new SandboxError('LESSON_FAILED', `${stage} is not on its way.`)
  }

  async #message(action: MessageAction): Promise<void> {
    const hold = await this.#hold()
    await this.#parts.flow.release(hold.holdId, action)
    await this.#released(hold)
  }

  async #expectHeld(stage: string, where: string): Promise<void> {
    const hold = await this.#hold()
    const { stages } = this.#trace()
    // The one that was asked last: the first may have been none that leads.
    const leader = stages.findLast((event) => event.stage === 'service.validate')?.nodeId
    const place = hold.nodeId === 0 ? 'client' : hold.nodeId === leader || leader === undefined ? 'leader' : 'follower'
    await this.#expectSame('it', `held at ${hold.stage} on the ${place}`, `held at ${stage} on the ${where}`)
  }

  async #expectOutcome(wanted: string): Promise<void> {
    await this.#over()
    await this.#expectSame('its outcome', this.#trace().summary.state, wanted)
  }

  async #expectValue(key: string, wanted: string | undefined): Promise<void> {
    const found = await this.#parts.cluster.get(key)
    await this.#expectSame(key, found ?? 'no value', wanted ?? 'no value')
  }

  #expectSame(what: string, found: string, wanted: string): Promise<void> {
    if (found === wanted) return Promise.resolve()
    return Promise.reject(new SandboxError('LESSON_FAILED', `${what} is ${found}, and should be ${wanted}.`))
  }

  /** Stages are told a little after they were passed. */
  #untilStage(stage: string, isIt: (event: StageEvent) => boolean): Promise<void> {
    return this.#until(STAGES_WITHIN_MS, () =>
      this.#trace().stages.some((event) => event.stage === stage && isIt(event)),
    )
  }

  async #hold(): Promise<HoldView> {
    const held = () => this.#parts.flow.state.holds.find(({ traceId }) => traceId === this.#traceId)
    await this.#until(HELD_WITHIN_MS, () => held() !== undefined)
    const hold = held()
    if (hold === undefined) throw new SandboxError('LESSON_FAILED', 'The operation went on by itself.')
    return hold
  }

  #heldOrOver(): Promise<void> {
    return this.#until(HELD_WITHIN_MS, () => this.#trace().summary.state !== 'running')
  }

  #over(): Promise<void> {
    return this.#until(HELD_WITHIN_MS, () => !['running', 'held'].includes(this.#trace().summary.state))
  }

  #released({ holdId }: HoldView): Promise<void> {
    return this.#until(HELD_WITHIN_MS, () => this.#parts.flow.state.holds.every((each) => each.holdId !== holdId))
  }

  #trace() {
    if (this.#traceId === undefined) throw new SandboxError('LESSON_FAILED', 'No operation is followed yet.')
    return this.#parts.flow.trace(this.#traceId)
  }

  #until(withinMs: number, isSo: () => boolean): Promise<void> {
    return until(this.#parts.clock, withinMs, isSo, this.#stopping.signal)
  }
}

const encoder = new TextEncoder()
const base64 = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
