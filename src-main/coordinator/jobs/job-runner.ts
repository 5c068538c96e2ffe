import { create, toBinary } from '@bufbuild/protobuf'
import { SandboxError } from '../../base/sandbox-error'
import type { Clock, Timer } from '../../env'
import type { RequestTrace } from '../../flow/flow-probe'
import { passStage } from '../../flow/pass-stage'
import { bytesDatum } from '../../flow/stage-data'
import type { Location, Store } from '../../rpc/generated/dingodb/common_pb'
import { StoreState } from '../../rpc/generated/dingodb/common_pb'
import type { RegionCmd } from '../../rpc/generated/dingodb/coordinator_pb'
import { RegionCmdSchema, RegionCmdStatus, RegionCmdType } from '../../rpc/generated/dingodb/coordinator_pb'
import { Errno, ErrorSchema } from '../../rpc/generated/dingodb/error_pb'
import { PushService } from '../../rpc/generated/dingodb/push_pb'
import { nodeAddress } from '../../rpc/node-address'
import { throwIfError } from '../../rpc/response-error'
import type { RpcChannels } from '../../rpc/rpc-channel'
import type { Leadership } from '../control/leadership'
import type { MetaControl } from '../control/meta-control'
import { jobs, stores } from '../meta/meta-table'
import type { CommandResult } from '../model/command-results'
import { applyCommandResults, NO_ERROR } from '../model/command-results'
import type { ControlContext } from '../model/control-context'
import { currentOperations, isGivenUp, isPending } from '../model/jobs'
import { causes } from '../stage-causes'
import { commandOutcome } from './command-result'

/** What a command waits for may end soon, and the commit that tells of it wakes the runner; within this pause it is not asked again. */
const WAITING_PAUSE_MS = 100

/** What a job runner works with. */
export interface JobRunnerOptions {
  readonly clock: Clock
  readonly leadership: Leadership
  readonly control: MetaControl
  readonly channels: RpcChannels
  readonly context: ControlContext
  readonly onWarning: (error: SandboxError) => void
}

/**
 * Carries out the open jobs on the leader: pushes what is pending to the stores, one push to a store at a time, CMD_CREATE first
 * and CMD_DELETE last, and records the answers (dingodb.md 3.7). Looks when it is woken, and every `jobIntervalMs` while
 * jobs are open. What was pushed and when is known in memory only: a new leader pushes again, and stores know repeated
 * commands by their ids.
 */
export class JobRunner {
  readonly #options: JobRunnerOptions
  /** Stores that a push is under way to. */
  readonly #busy = new Set<number>()
  /** When a command that was pushed may be pushed again, on the monotonic clock. */
  readonly #notBefore = new Map<number, number>()
  #timer: Timer | undefined
  #isRunning = false

  constructor(options: JobRunnerOptions) {
    this.#options = options
  }

  /** This coordinator leads now. */
  begin(): void {
    this.#isRunning = true
    this.#notBefore.clear()
    this.wake()
  }

  /** It leads no more; what is under way is not recorded. */
  end(): void {
    this.#isRunning = false
    this.#timer?.cancel()
    this.#timer = undefined
  }

  /** Looks at the jobs now. */
  wake(): void {
    this.#timer?.cancel()
    this.#timer = undefined
    if (!this.#isRunning || !this.#options.leadership.isLeader) return
    const { clock, context, control } = this.#options
    const open = control.state.list(jobs)
    if (open.length === 0) {
      this.#notBefore.clear()
      return
    }
    for (const [storeId, commands] of this.#dueByStore()) void this.#push(storeId, commands)
    this.#timer = clock.setTimer(context.settings.jobIntervalMs, () => {
      this.wake()
    })
  }

  #dueByStore(): Map<number, RegionCmd[]> {
    const { clock, context, control } = this.#options
    const now = clock.monotonicMs()
    const due = new Map<number, RegionCmd[]>()
    for (const job of control.state.list(jobs)) {
      for (const operation of currentOperations(job)) {
        const storeId = Number(operation.storeId)
        if (operation.isSuccess || this.#busy.has(storeId) || isGivenUp(operation, context)) continue
        for (const command of operation.regionCmds) {
          if (!isPending(command) || (this.#notBefore.get(Number(command.id)) ?? 0) > now) continue
          const commands = due.get(storeId) ?? []
          commands.push(command)
          due.set(storeId, commands)
        }
      }
    }
    return due
  }

  async #push(storeId: number, commands: readonly RegionCmd[]): Promise<void> {
    const store = this.#options.control.state.get(stores, storeId)
    // What a store that is away has to do waits until it is back.
    if (store?.serverLocation === undefined || store.state === StoreState.STORE_OFFLINE) return
    this.#busy.add(storeId)
    try {
      for (const group of inPushOrder(commands).flatMap((each) => this.#byTrace(each))) {
        const results = await this.#pushGroup(store, store.serverLocation, group)
        if (!this.#isRunning || results.length === 0) return
        await this.#options.control.run((draft) => {
          applyCommandResults(draft, this.#options.context, results)
        })
      }
    } catch (thrown) {
      const error = SandboxError.from(thrown)
      // Whoever leads now pushes again and records the answers.
      if (error.code !== 'DINGODB_ERROR') this.#options.onWarning(error)
    } finally {
      this.#busy.delete(storeId)
    }
    // Commands that came while the store was busy go out at once; what just failed waits for its time.
    if (this.#dueByStore().has(storeId)) this.wake()
  }

  /** @returns what the store answered to each command; nothing if it was not reached */
  async #pushGroup(
    store: Store,
    location: Location,
    commands: readonly RegionCmd[],
  ): Promise<readonly CommandResult[]> {
    const { channels, context, clock } = this.#options
    const { pushTimeoutMs, jobIntervalMs, deleteConfirmMs } = context.settings
    const regionCmds = commands.map((command) => ({ ...command, retry: this.#isRepeated(command) }))
    for (const { id } of commands) this.#notBefore.set(Number(id), clock.monotonicMs() + jobIntervalMs)
    for (const command of regionCmds) context.onStage({ name: 'coordinator.pushRegionCmd', data: command })
    const trace = commands[0] === undefined ? undefined : context.flow.traceOf(commands[0].jobId)
    if (trace !== undefined) await pushInStages(trace, store, regionCmds)
    let response
    try {
      response = await channels
        .to(nodeAddress(location))
        .unary(
          PushService.method.pushStoreOperation,
          { storeOperation: { storeId: store.id, regionCmds } },
          { timeoutMs: pushTimeoutMs, traceId: trace?.traceId },
        )
      // Refused as a whole, by a store that is still starting for instance: it has looked at none of the commands.
      if (response.regionCmdResults.length === 0) throwIfError(response)
    } catch (thrown) {
      const cause = SandboxError.from(thrown)
      const message = `Store ${String(store.id)} did not take ${String(commands.length)} commands; they are pushed again: ${cause.message}`
      this.#options.onWarning(new SandboxError(cause.code, message, { cause }))
      for (const { id } of commands) this.#notBefore.set(Number(id), clock.monotonicMs() + jobIntervalMs)
      return []
    }
    const errors = new Map(response.regionCmdResults.map(({ regionCmdId, error }) => [Number(regionCmdId), error]))
    return commands.map((command) => {
      const commandId = Number(command.id)
      const error = errors.has(commandId) ? (errors.get(commandId) ?? NO_ERROR) : notAnswered(store, commandId)
      const pausesMs = { delivered: deleteConfirmMs, waiting: Math.min(WAITING_PAUSE_MS, jobIntervalMs) } as const
      const outcome = commandOutcome(command, error.errcode)
      const pauseMs = outcome === 'delivered' || outcome === 'waiting' ? pausesMs[outcome] : jobIntervalMs
      this.#notBefore.set(commandId, clock.monotonicMs() + pauseMs)
      return { commandId, jobId: Number(command.jobId), error }
    })
  }

  /** One push carries the commands of one trace, or of none: its id travels with the call. */
  #byTrace(commands: readonly RegionCmd[]): ReadonlyArray<readonly RegionCmd[]> {
    const { flow } = this.#options.context
    const groups = new Map<string | undefined, RegionCmd[]>()
    for (const command of commands) {
      const traceId = flow.traceOf(command.jobId)?.traceId
      const group = groups.get(traceId)
      if (group === undefined) groups.set(traceId, [command])
      else group.push(command)
    }
    return [...groups.values()]
  }

  /** A store refuses a command whose id it knows unless it is told that this one is to be carried out again. */
  #isRepeated({ id, regionCmdType, status }: RegionCmd): boolean {
    if (status === RegionCmdStatus.STATUS_FAIL) return true
    return regionCmdType === RegionCmdType.CMD_DELETE && this.#notBefore.has(Number(id))
  }
}

/** Resolves when the commands may leave. */
async function pushInStages(trace: RequestTrace, { id }: Store, commands: readonly RegionCmd[]): Promise<void> {
  for (const command of commands) {
    const storeId = Number(id)
    const { regionCmdType, regionId } = command
    await passStage(
      trace,
      'coordinator.pushRegionCmd',
      () => ({
        before: [bytesDatum('command', RegionCmdSchema.typeName, toBinary(RegionCmdSchema, command))],
        cause: causes.push(RegionCmdType[regionCmdType], Number(regionId), storeId),
        peerId: storeId,
      }),
      () => undefined,
    )
  }
}

function inPushOrder(commands: readonly RegionCmd[]): ReadonlyArray<readonly RegionCmd[]> {
  const creations = commands.filter(({ regionCmdType }) => regionCmdType === RegionCmdType.CMD_CREATE)
  const deletions = commands.filter(({ regionCmdType }) => regionCmdType === RegionCmdType.CMD_DELETE)
  const others = commands.filter((command) => !creations.includes(command) && !deletions.includes(command))
  return [creations, [...others, ...deletions]].filter((group) => group.length > 0)
}

function notAnswered({ id }: Store, commandId: number) {
  const errmsg = `Store ${String(id)} answered without a result for command ${String(commandId)}.`
  return create(ErrorSchema, { errcode: Errno.EINTERNAL, errmsg })
}
