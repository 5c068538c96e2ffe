import { assert } from '../../base/assert'
import { SandboxError } from '../../base/sandbox-error'
import type { Clock } from '../../env'
import { dingoError } from '../../rpc/dingo-error'
import type { RegionCmd, RegionCmdType } from '../../rpc/generated/dingodb/coordinator_pb'
import { RegionCmdStatus, RegionCmdType as Types } from '../../rpc/generated/dingodb/coordinator_pb'
import { Errno } from '../../rpc/generated/dingodb/error_pb'
import type { HistoryLimits } from '../meta/bounded-history'
import type { RegionChangeEvent } from '../meta/region-change-recorder'
import { KeyedQueue } from '../meta/keyed-queue'
import type { FlowProbe } from '../../flow/flow-probe'
import { noProbe } from '../../flow/flow-probe'
import { CommandTrace } from './command-trace'
import { CommandJournal } from './command-journal'
import type { RegionCommand, RegionCommandContext } from './region-command'
import { commandName, readRegionCommand } from './region-command'
import { handlerOf } from './region-commands'
import type { RegionCommandObserver, RegionStage } from './region-stage'
import { Slots } from '../region/slots'

/** What a controller is made of. */
export interface RegionControllerOptions extends Omit<RegionCommandContext, 'isUnderWay' | 'stage'> {
  readonly clock: Pick<Clock, 'wallTimeMs'>
  /** Commands that run at a time, one a region. */
  readonly maxRunning: number
  /** How many finished commands stay known. */
  readonly historyLimits: HistoryLimits
  readonly observer?: RegionCommandObserver | undefined
  /** Follows commands. Default: nobody does. */
  readonly probe?: FlowProbe | undefined
  /** A command has failed for good. */
  readonly onFailed: (command: RegionCmd) => void
  readonly onWarning: (error: SandboxError) => void
}

/** What became of one of several commands that were handed in together. */
export interface RegionCommandAnswer {
  readonly message: RegionCmd
  /** Why it was not taken; undefined if it was. */
  readonly refusal: SandboxError | undefined
}

/**
 * Takes the coordinators' region commands and does them: those of one region one at a time in their order, those of different
 * regions side by side. A command is on disk before it counts as taken, and is done again after a restart that found it unfinished.
 */
export class RegionController {
  readonly #options: RegionControllerOptions
  readonly #context: RegionCommandContext
  readonly #journal: CommandJournal
  readonly #underWay = new Map<number, RegionCommand>()
  /** What happened in the commands that run, not yet written. */
  readonly #timelines = new Map<number, RegionChangeEvent[]>()
  /** Of the commands that somebody follows. */
  readonly #traces = new Map<number, CommandTrace>()
  readonly #queue = new KeyedQueue<number>()
  readonly #slots: Slots
  readonly #closing = new AbortController()

  constructor(options: RegionControllerOptions) {
    this.#options = options
    this.#journal = new CommandJournal(options.meta.storage, options.historyLimits)
    this.#slots = new Slots(options.maxRunning)
    this.#context = {
      ...options,
      isUnderWay: (regionId, type) => this.isUnderWay(regionId, type),
      stage: (command, stage) => this.#stage(command, stage),
    }
  }

  /**
   * Reads the commands on disk; once, before anything else. Those that are to be done count as under way from now on.
   *
   * @throws SandboxError STORE_RECORD_DAMAGED, naming the key; ENGINE_*
   */
  async load(): Promise<void> {
    for (const command of await this.#journal.load()) this.#underWay.set(command.id, command)
  }

  /** Goes on with the commands that {@link load} found unfinished. */
  resume(): void {
    for (const command of this.#underWay.values()) this.#enqueue(command, Promise.resolve(true))
  }

  /** Whether a command of a type is taken and not finished for a region. */
  isUnderWay(regionId: number, type: RegionCmdType): boolean {
    for (const command of this.#underWay.values()) {
      if (command.regionId === regionId && command.type === type) return true
    }
    return false
  }

  /** The commands that are taken and not finished, in the order in which they came. */
  get underWay(): readonly RegionCommand[] {
    return [...this.#underWay.values()]
  }

  /** The commands that are finished and still known, the oldest first. */
  get finished(): Iterable<RegionCmd> {
    return this.#journal.allFinished
  }

  /**
   * Takes commands. When it resolves, those without a refusal survive a crash and will be done; it does not wait for that.
   * Refusals are errors of DingoDB's protocol: EREGION_REPEAT_COMMAND for an id that is known (a failed one is taken again when it is
   * marked as `retry`), and what the types of commands are refused with.
   *
   * @param traceId of the operation that the commands belong to, if somebody follows it
   */
  async take(messages: readonly RegionCmd[], traceId?: string): Promise<readonly RegionCommandAnswer[]> {
    let tell: (isTaken: boolean) => void = () => undefined
    const saved = new Promise<boolean>((resolve) => (tell = resolve))
    const taken: RegionCommand[] = []
    const answers = messages.map((message): RegionCommandAnswer => {
      try {
        const command = readRegionCommand(message)
        this.#check(command)
        // From here on it counts, so that a command behind it sees it.
        this.#underWay.set(command.id, command)
        this.#follow(command, traceId)
        this.#enqueue(command, saved)
        taken.push(command)
        return { message, refusal: undefined }
      } catch (thrown) {
        return { message, refusal: SandboxError.from(thrown) }
      }
    })
    if (taken.length === 0) return answers
    try {
      await this.#journal.begin(taken)
      tell(true)
      return answers
    } catch (thrown) {
      for (const { id } of taken) {
        this.#underWay.delete(id)
        this.#traces.delete(id)
      }
      tell(false)
      const failure = SandboxError.from(thrown)
      return answers.map(({ message, refusal }) => ({ message, refusal: refusal ?? failure }))
    }
  }

  /**
   * Runs work of the store itself while no command of the region runs; not at all once the store stops.
   *
   * @throws whatever the work throws
   */
  betweenCommands(regionId: number, work: () => Promise<void>): Promise<void> {
    return this.#queue.run(regionId, async () => {
      if (!this.#closing.signal.aborted) await work()
    })
  }

  /** Whether a command is taken and not finished after which the region's replica must not come up any more. */
  isLeaving(regionId: number): boolean {
    return removingCommands.some((type) => this.isUnderWay(regionId, type))
  }

  /** Begins nothing more; what is under way ends at its next step, to go on after a restart. At once, and twice is harmless. */
  close(): void {
    this.#closing.abort()
  }

  /** Resolves when nothing runs any more. */
  idle(): Promise<void> {
    return this.#queue.idle()
  }

  /** @throws SandboxError DINGODB_ERROR when the command cannot be taken */
  #check(command: RegionCommand): void {
    const { storeId } = this.#options
    const { id, regionId, message } = command
    if (message.storeId !== 0n && message.storeId !== BigInt(storeId)) {
      const text = `Region command ${String(id)} is for store ${String(message.storeId)}, and this is store ${String(storeId)}.`
      throw dingoError(Errno.EILLEGAL_PARAMTETERS, text, { details: { commandId: id } })
    }
    const isRetry = message.retry && this.#journal.finished(id)?.status === RegionCmdStatus.STATUS_FAIL
    const isFinished = this.#journal.finished(id) !== undefined && !isRetry
    // Who asks again has not heard how it ended, as after a crash between the end and the report.
    if (isFinished) this.#options.report(regionId)
    if (this.#underWay.has(id) || isFinished) {
      const text = `Region command ${String(id)} for region ${String(regionId)} was taken before.`
      throw dingoError(Errno.EREGION_REPEAT_COMMAND, text, { details: { commandId: id, regionId } })
    }
    message.status = RegionCmdStatus.STATUS_NONE
    handlerOf(command).validate(command, this.#context)
  }

  #enqueue(command: RegionCommand, saved: Promise<boolean>): void {
    const run = async (): Promise<void> => {
      if (await saved) await this.#slots.run(() => this.#do(command))
    }
    this.#queue.run(command.regionId, run).catch((thrown: unknown) => {
      this.#options.onWarning(SandboxError.from(thrown))
    })
  }

  async #do(command: RegionCommand): Promise<void> {
    if (this.#closing.signal.aborted) return
    assert(this.#underWay.get(command.id) === command, 'a command is done once at a time')
    const name = commandName(command.type)
    this.#note(command, `${name} begun`)
    await this.#record(command)
    const failure = await this.#run(command)
    // A stop interrupts commands in ways that are not theirs: the next start does them again.
    if (this.#closing.signal.aborted) return
    // What cannot be noted is done again after a restart; until then it must not stand in the way of other commands.
    const message = await this.#journal.finish(command, failure).catch((thrown: unknown) => {
      this.#underWay.delete(command.id)
      this.#timelines.delete(command.id)
      throw thrown
    })
    this.#underWay.delete(command.id)
    this.#note(command, failure === undefined ? `${name} done` : `${name} failed: ${failure.message}`)
    await this.#record(command)
    if (failure !== undefined) this.#options.onFailed(message)
  }

  /** @returns why the command failed; undefined if it did not */
  async #run(command: RegionCommand): Promise<SandboxError | undefined> {
    try {
      await handlerOf(command).run(command, this.#context)
      this.#traces.get(command.id)?.end(undefined)
      return undefined
    } catch (thrown) {
      this.#traces.get(command.id)?.end(thrown)
      return SandboxError.from(thrown)
    } finally {
      this.#traces.delete(command.id)
    }
  }

  #follow(command: RegionCommand, traceId: string | undefined): void {
    const { probe = noProbe } = this.#options
    if (!probe.isOn && traceId === undefined) return
    const trace = CommandTrace.begin(probe, command, traceId)
    if (trace !== undefined) this.#traces.set(command.id, trace)
  }

  /** Lets a step begin: not before whoever watches lets it, and not at all once the store stops. */
  async #stage(command: RegionCommand, stage: RegionStage): Promise<void> {
    const { signal } = this.#closing
    if (signal.aborted) throw stopped()
    this.#note(command, stage)
    const observed = this.#options.observer?.stage?.(command.regionId, stage)
    const held = this.#traces.get(command.id)?.step(stage, observed) ?? observed
    if (held === undefined) return
    await new Promise<void>((resolve, reject) => {
      const onAbort = (): void => {
        reject(stopped())
      }
      signal.addEventListener('abort', onAbort, { once: true })
      void held.then(resolve, reject).finally(() => {
        signal.removeEventListener('abort', onAbort)
      })
    })
    if (signal.aborted) throw stopped()
  }

  /** Adds to the command's timeline in memory; {@link #record} writes it. */
  #note({ id }: RegionCommand, event: string): void {
    const events = this.#timelines.get(id) ?? []
    events.push({ atMs: this.#options.clock.wallTimeMs(), event })
    this.#timelines.set(id, events)
  }

  /** Writes the command's timeline into the region's change record; a command is not stopped by a record that cannot be kept. */
  async #record({ id, regionId, jobId, type }: RegionCommand): Promise<void> {
    const events = this.#timelines.get(id) ?? []
    this.#timelines.delete(id)
    const change = { regionId, jobId, jobType: type, content: `${commandName(type)} of region ${String(regionId)}` }
    try {
      await this.#options.meta.changes.record(change, events)
    } catch (thrown) {
      this.#options.onWarning(SandboxError.from(thrown))
    }
  }
}

/** The types of commands after which a region's replica must not come up any more. */
const removingCommands: readonly RegionCmdType[] = [Types.CMD_DELETE, Types.CMD_PURGE, Types.CMD_STOP]

const stopped = (): SandboxError =>
  new SandboxError('CANCELLED', 'The store stops; the region command goes on when it is started again.')
