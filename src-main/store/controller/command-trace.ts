import { toBinary } from '@bufbuild/protobuf'
import type { FlowProbe, OpenStage, RequestTrace } from '../../flow/flow-probe'
import { bytesDatum } from '../../flow/stage-data'
import type { OperationName } from '../../flow/stages'
import type { RegionCmd } from '../../rpc/generated/dingodb/coordinator_pb'
import { RegionCmdSchema, RegionCmdType } from '../../rpc/generated/dingodb/coordinator_pb'
import { causes } from '../stage-causes'
import type { RegionCommand } from './region-command'
import { commandName } from './region-command'
import type { RegionStage } from './region-stage'

/** The commands that can be followed. */
const operations: Readonly<Partial<Record<RegionCmdType, OperationName>>> = {
  [RegionCmdType.CMD_CREATE]: 'CreateRegion',
  [RegionCmdType.CMD_DELETE]: 'DropRegion',
  [RegionCmdType.CMD_PURGE]: 'DropRegion',
}

/** The steps of a region command that somebody follows: each lasts until the next begins. */
export class CommandTrace {
  readonly #trace: RequestTrace
  readonly #message: RegionCmd
  readonly #name: string
  readonly #regionId: number
  #open: OpenStage | undefined

  private constructor(trace: RequestTrace, { message, type, regionId }: RegionCommand) {
    this.#trace = trace
    this.#message = message
    this.#name = commandName(type)
    this.#regionId = regionId
  }

  /** @returns undefined if nobody follows the command */
  static begin(probe: FlowProbe, command: RegionCommand, traceId: string | undefined): CommandTrace | undefined {
    const operation = operations[command.type]
    if (operation === undefined) return undefined
    const mark = traceId === undefined ? undefined : { traceId }
    const trace = probe.begin({ operation, regionId: command.regionId, key: undefined, mark })
    return trace && new CommandTrace(trace, command)
  }

  /** A step begins. @param also what it waits for beside @returns undefined if it may begin at once */
  step(stage: RegionStage, also: Promise<void> | void): Promise<void> | undefined {
    this.#open?.leave()
    this.#open = this.#trace.enter(stage, () => ({
      before: [bytesDatum('command', RegionCmdSchema.typeName, toBinary(RegionCmdSchema, this.#message))],
      cause: causes.regionStep(this.#name, this.#regionId),
    }))
    const { held } = this.#open
    if (held === undefined) return also ?? undefined
    return Promise.all([held, also]).then(() => undefined)
  }

  /** The command is over. @param error why it failed; undefined if it did not */
  end(error: unknown): void {
    this.#open?.leave(() => ({ error }))
  }
}
