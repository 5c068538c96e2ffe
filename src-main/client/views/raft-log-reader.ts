import { SandboxError } from '../../base/sandbox-error'
import { errnoOf } from '../../rpc/dingo-error'
import { Errno } from '../../rpc/generated/dingodb/error_pb'
import type { GetRaftStateResponse, LogEntry } from '../../rpc/generated/sandbox/inspection_pb'
import { EntryKind } from '../../rpc/generated/sandbox/inspection_pb'
import type { NodeInside } from '../node-inside'
import type { TableNames } from './decode-key'
import { decodeCommands } from './raft-commands'
import type { RaftCommandView, RaftLogEntryDetail, RaftLogEntryView, RaftLogPage } from './raft-log'

/** How much of an entry's data, and of its record, is shown. */
const MAX_DATA_BYTES = 64 * 1024

/** A stretch of a replica's log. @throws SandboxError CLIENT_NOT_FOUND, DINGODB_ERROR, RPC_* */
export async function readLogPage(
  inside: NodeInside,
  request: { readonly regionId: number; readonly storeId: number; readonly fromIndex: number; readonly limit: number },
  names: TableNames,
): Promise<RaftLogPage> {
  const { regionId, storeId, fromIndex, limit } = request
  const { entries, state } = await asNotFound(regionId, inside.raftLog(regionId, { fromIndex, limit }))
  return {
    storeId,
    ...indexesOf(state),
    entries: entries.map((entry) => entryView(entry, names)),
    segments: (state?.segments ?? []).map(({ name, firstIndex, bytes }) => ({
      name,
      firstIndex: Number(firstIndex),
      bytes: Number(bytes),
    })),
  }
}

/** One entry whole. @throws SandboxError CLIENT_NOT_FOUND, DINGODB_ERROR, RPC_* */
export async function readLogEntry(
  inside: NodeInside,
  { regionId, index }: { readonly regionId: number; readonly index: number },
  names: TableNames,
): Promise<RaftLogEntryDetail> {
  const { entry, record } = await asNotFound(regionId, inside.raftLogEntry(regionId, index))
  if (entry === undefined) throw notFound(regionId)
  const isCommand = entry.kind === EntryKind.NORMAL && isWhole(entry)
  return {
    ...entryView(entry, names),
    json: isCommand ? decodeCommands(entry.data, names, { withJson: true }).json : undefined,
    data: entry.data.subarray(0, MAX_DATA_BYTES),
    record: record.length > 0 ? record.subarray(0, MAX_DATA_BYTES) : undefined,
  }
}

function indexesOf(state: GetRaftStateResponse | undefined) {
  return {
    firstIndex: Number(state?.firstIndex ?? 0n),
    lastIndex: Number(state?.lastIndex ?? 0n),
    durableIndex: Number(state?.durableIndex ?? 0n),
    committedIndex: Number(state?.committedIndex ?? 0n),
    appliedIndex: Number(state?.appliedIndex ?? 0n),
  }
}

const kinds: Readonly<Record<EntryKind, string>> = {
  [EntryKind.UNSPECIFIED]: 'unknown',
  [EntryKind.NORMAL]: 'normal',
  [EntryKind.CONF_CHANGE]: 'conf-change',
  [EntryKind.EMPTY]: 'empty',
}

function entryView(entry: LogEntry, names: TableNames): RaftLogEntryView {
  const isStored = entry.segment !== undefined
  return {
    index: Number(entry.index),
    term: Number(entry.term),
    kind: kinds[entry.kind],
    commands: commandsOf(entry, names),
    dataBytes: Number(entry.dataBytes),
    segment: entry.segment,
    offset: isStored ? Number(entry.offset) : undefined,
    recordBytes: isStored ? Number(entry.recordBytes) : undefined,
  }
}

function commandsOf(entry: LogEntry, names: TableNames): readonly RaftCommandView[] {
  if (entry.kind !== EntryKind.NORMAL) return []
  // A list shortens long entries: what is cut cannot be decoded, and is when the entry is opened.
  return isWhole(entry) ? decodeCommands(entry.data, names).commands : []
}

const isWhole = ({ data, dataBytes }: LogEntry): boolean => BigInt(data.length) === dataBytes

async function asNotFound<Answer>(regionId: number, answer: Promise<Answer>): Promise<Answer> {
  try {
    return await answer
  } catch (thrown) {
    const errno = errnoOf(thrown)
    if (errno === Errno.EREGION_NOT_FOUND || errno === Errno.EILLEGAL_PARAMTETERS) throw notFound(regionId, thrown)
    throw thrown
  }
}

function notFound(regionId: number, cause?: unknown): SandboxError {
  const message =
    cause === undefined ? `The log of region ${String(regionId)} has no such entry.` : SandboxError.from(cause).message
  return new SandboxError('CLIENT_NOT_FOUND', message, { details: { regionId }, cause })
}
