import { clone, create, fromBinary, toBinary } from '@bufbuild/protobuf'
import type { RegionCmd } from '../../rpc/generated/dingodb/coordinator_pb'
import { RegionCmdSchema, RegionCmdStatus } from '../../rpc/generated/dingodb/coordinator_pb'
import { toErrorMessage } from '../../rpc/dingo-error'
import { ErrorSchema } from '../../rpc/generated/dingodb/error_pb'
import type { HistoryLimits } from '../meta/bounded-history'
import { BoundedHistory } from '../meta/bounded-history'
import { commandKey, metaPrefixes } from '../meta/meta-keys'
import type { MetaStorage } from '../meta/meta-storage'
import { decodeRecord } from '../meta/meta-storage'
import type { RegionCommand } from './region-command'
import { readRegionCommand } from './region-command'

/** The region commands on disk: `CONTROL_CMD_<id>` with the status, those that are to be done and the last of those that are done. */
export class CommandJournal {
  readonly #storage: MetaStorage
  readonly #history: BoundedHistory<number>
  readonly #finished = new Map<number, RegionCmd>()

  constructor(storage: MetaStorage, limits: HistoryLimits) {
    this.#storage = storage
    this.#history = new BoundedHistory(limits)
  }

  /**
   * Reads what is on disk; once, before anything else.
   *
   * @returns the commands that are to be done, in the order of their ids
   * @throws SandboxError STORE_RECORD_DAMAGED, naming the key; ENGINE_*
   */
  async load(): Promise<readonly RegionCommand[]> {
    const raws = await this.#storage.readAll(metaPrefixes.command)
    const commands = raws.map((raw) =>
      decodeRecord(raw, (bytes) => readRegionCommand(fromBinary(RegionCmdSchema, bytes))),
    )
    commands.sort((left, right) => left.id - right.id)
    for (const { id, regionId, message } of commands) {
      if (message.status === RegionCmdStatus.STATUS_NONE) continue
      this.#finished.set(id, message)
      for (const dropped of this.#history.add(regionId, id)) this.#finished.delete(dropped)
    }
    return commands.filter(({ message }) => message.status === RegionCmdStatus.STATUS_NONE)
  }

  /** A finished command with its outcome; undefined if it is not known or not finished. */
  finished(commandId: number): RegionCmd | undefined {
    return this.#finished.get(commandId)
  }

  /** The finished commands that are kept, the oldest first. */
  get allFinished(): Iterable<RegionCmd> {
    return this.#finished.values()
  }

  /** Notes commands as to be done. When it resolves they survive the loss of power. @throws SandboxError ENGINE_* */
  async begin(commands: readonly RegionCommand[]): Promise<void> {
    await this.#storage.write((batch) => {
      for (const { id, message } of commands) batch.put(commandKey(id), toBinary(RegionCmdSchema, message))
    })
    await this.#storage.makeDurable()
    for (const { id } of commands) this.#finished.delete(id)
  }

  /**
   * Notes how a command ended, and forgets the oldest ones that are too many.
   *
   * @param failure what ended it with STATUS_FAIL; undefined for STATUS_DONE
   * @throws SandboxError ENGINE_*
   */
  async finish(command: RegionCommand, failure: unknown): Promise<RegionCmd> {
    const { id, regionId } = command
    const message = clone(RegionCmdSchema, command.message)
    message.status = failure === undefined ? RegionCmdStatus.STATUS_DONE : RegionCmdStatus.STATUS_FAIL
    if (failure !== undefined) message.error = create(ErrorSchema, toErrorMessage(failure))
    const dropped = this.#history.add(regionId, id)
    await this.#storage.write((batch) => {
      batch.put(commandKey(id), toBinary(RegionCmdSchema, message))
      for (const old of dropped) batch.delete(commandKey(old))
    })
    this.#finished.set(id, message)
    for (const old of dropped) this.#finished.delete(old)
    return message
  }
}
