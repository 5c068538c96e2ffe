import { dingoError } from '../../rpc/dingo-error'
import { RegionCmdType } from '../../rpc/generated/dingodb/coordinator_pb'
import { Errno } from '../../rpc/generated/dingodb/error_pb'
import { createRegion } from './create-region'
import { deleteRegion, purgeRegion } from './delete-region'
import type { RegionCommand, RegionCommandHandler } from './region-command'
import { commandName } from './region-command'
import { saveSnapshot, stopRegion, switchSplit, transferLeader, updateDefinition } from './simple-commands'

/** What this store does; splits, merges and changes of peers are not among it yet. */
const handlers: ReadonlyMap<RegionCmdType, RegionCommandHandler> = new Map([
  [RegionCmdType.CMD_CREATE, createRegion],
  [RegionCmdType.CMD_DELETE, deleteRegion],
  [RegionCmdType.CMD_PURGE, purgeRegion],
  [RegionCmdType.CMD_STOP, stopRegion],
  [RegionCmdType.CMD_TRANSFER_LEADER, transferLeader],
  [RegionCmdType.CMD_SNAPSHOT, saveSnapshot],
  [RegionCmdType.CMD_UPDATE_DEFINITION, updateDefinition],
  [RegionCmdType.CMD_SWITCH_SPLIT, switchSplit],
])

/** How a command is done. @throws SandboxError DINGODB_ERROR ENOT_SUPPORT */
export function handlerOf(command: RegionCommand): RegionCommandHandler {
  const handler = handlers.get(command.type)
  if (handler !== undefined) return handler
  const message = `This store does not do ${commandName(command.type)}, which was asked for region ${String(command.regionId)}.`
  throw dingoError(Errno.ENOT_SUPPORT, message, { details: { commandId: command.id, type: commandName(command.type) } })
}
