import { fromBinary, toJsonString } from '@bufbuild/protobuf'
import { SandboxError } from '../../base/sandbox-error'
import type { Request } from '../../rpc/generated/dingodb/raft_pb'
import { CmdType, RaftCmdRequestSchema } from '../../rpc/generated/dingodb/raft_pb'
import type { TableNames } from './decode-key'
import { decodeStoredKey } from './decode-key'
import { enumName } from './enum-name'
import type { RaftCommandView } from './raft-log'

/** What an entry's data says. */
export interface DecodedCommands {
  readonly commands: readonly RaftCommandView[]
  /** Undefined if the data is no RaftCmdRequest. */
  readonly json: string | undefined
}

/** The commands in an entry's data, one line each. Data that is no command, or not whole, is shown by its bytes alone. */
export function decodeCommands(
  data: Uint8Array,
  names: TableNames,
  { withJson = false }: { readonly withJson?: boolean } = {},
): DecodedCommands {
  try {
    const request = fromBinary(RaftCmdRequestSchema, data)
    const commands = request.requests.map((each) => commandView(each, names))
    return { commands, json: withJson ? toJsonString(RaftCmdRequestSchema, request) : undefined }
  } catch (thrown) {
    const summary = `not readable as a command: ${SandboxError.from(thrown).message}`
    return { commands: [{ type: enumName(CmdType, CmdType.NONE), summary }], json: undefined }
  }
}

function commandView(request: Request, names: TableNames): RaftCommandView {
  return { type: enumName(CmdType, request.cmdType), summary: summaryOf(request, names) }
}

function summaryOf({ cmdBody, ttl }: Request, names: TableNames): string {
  // Commands carry keys as they will be stored.
  const keyText = (key: Uint8Array | undefined) => (key === undefined ? '' : decodeStoredKey(key, names).text)
  switch (cmdBody.case) {
    case 'put':
    case 'putIfAbsent':
    case 'compareAndSet': {
      const { cfName, kvs } = cmdBody.value
      const expiry = ttl > 0n ? ', with expiry' : ''
      return `${cfName}: ${listed(kvs.length, keyText(kvs[0]?.key))}${expiry}`
    }
    case 'deleteBatch': {
      const { cfName, keys } = cmdBody.value
      return `${cfName}: ${listed(keys.length, keyText(keys[0]))}`
    }
    case 'deleteRange': {
      const { cfName, ranges } = cmdBody.value
      const [first] = ranges
      return `${cfName}: ${listed(ranges.length, `${keyText(first?.startKey)} … ${keyText(first?.endKey)}`)}`
    }
    case 'split':
      return `${String(cmdBody.value.fromRegionId)} → ${String(cmdBody.value.toRegionId)} at ${keyText(cmdBody.value.splitKey)}`
    case 'prepareMerge':
    case 'rollbackMerge':
      return `→ ${String(cmdBody.value.targetRegionId)}`
    case 'commitMerge':
      return `${String(cmdBody.value.sourceRegionId)} →`
    default:
      return ''
  }
}

/** `users/user-42 +2`: the first, and how many more. */
const listed = (count: number, first: string): string => (count <= 1 ? first : `${first} +${String(count - 1)}`)
