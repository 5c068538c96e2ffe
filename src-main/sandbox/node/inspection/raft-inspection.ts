import type { MessageInitShape } from '@bufbuild/protobuf'
import { SandboxError } from '../../../base/sandbox-error'
import type { Disk } from '../../../env'
import type { Entry } from '../../../raft/core/model/entry'
import { inspectRecords, inspectSegments } from '../../../raft/log/log-inspection'
import type { EntryPlace } from '../../../raft/log/raft-log-store'
import type { ManagedNode, RaftNodeManager } from '../../../raft/node/raft-node-manager'
import { dingoError } from '../../../rpc/dingo-error'
import { Errno } from '../../../rpc/generated/dingodb/error_pb'
import type {
  GetRaftStateResponseSchema,
  LogEntrySchema,
  ReadRaftLogEntryResponseSchema,
  ReadRaftLogResponseSchema,
} from '../../../rpc/generated/sandbox/inspection_pb'
import { EntryKind } from '../../../rpc/generated/sandbox/inspection_pb'

/** Most entries of one answer, and about how many bytes of data. */
const MAX_ENTRIES = 500
const MAX_PAGE_BYTES = 4 * 1024 * 1024
/** How much of each entry's data a page shows: commands up to here can be told in full. */
const MAX_SHOWN_BYTES = 64 * 1024
const MAX_ENTRY_BYTES = 16 * 1024 * 1024
const MAX_RECORD_BYTES = 64 * 1024

type RaftState = MessageInitShape<typeof GetRaftStateResponseSchema>
type EntryMessage = MessageInitShape<typeof LogEntrySchema>

/** What the inspection of a node's Raft groups goes by. */
export interface RaftInspectionOptions {
  readonly disk: Disk
  readonly raftManager: RaftNodeManager
  /** Ids of the regions that are up on the node in an engine without Raft. */
  readonly regionsWithoutRaft: () => ReadonlySet<number>
}

/**
 * Looks into the Raft groups of a node. Entries come from where the node itself reads them, and records from files that are opened
 * anew, read-only: the writer notices nothing.
 */
export class RaftInspection {
  readonly #disk: Disk
  readonly #manager: RaftNodeManager
  readonly #regionsWithoutRaft: () => ReadonlySet<number>

  constructor(node: RaftInspectionOptions) {
    this.#disk = node.disk
    this.#manager = node.raftManager
    this.#regionsWithoutRaft = node.regionsWithoutRaft
  }

  /** @throws SandboxError DINGODB_ERROR EREGION_NOT_FOUND, ENOT_SUPPORT for a region without Raft, DISK_* */
  async state(regionId: number): Promise<RaftState> {
    const node = this.#find(regionId)
    const directory = this.#manager.logDirectory(regionId)
    // A log in memory has no directory.
    const hasFiles = (await this.#disk.status(directory)) !== undefined
    const segments = hasFiles ? await inspectSegments(this.#disk, directory) : []
    return {
      ...stateOf(node),
      segments: segments.map(({ name, firstIndex, size }) => ({
        name,
        firstIndex: BigInt(firstIndex),
        bytes: BigInt(size),
      })),
    }
  }

  /** @throws SandboxError DINGODB_ERROR EREGION_NOT_FOUND, ENOT_SUPPORT for a region without Raft, RAFT_LOG_*, DISK_* */
  async entries(
    regionId: number,
    fromIndex: number,
    limit: number,
  ): Promise<MessageInitShape<typeof ReadRaftLogResponseSchema>> {
    const node = this.#find(regionId)
    const { log } = node
    const wanted = Math.min(Math.max(limit, 1), MAX_ENTRIES)
    const entries: EntryMessage[] = []
    let bytes = 0
    for (let next = Math.max(fromIndex, log.firstIndex); entries.length < wanted && bytes < MAX_PAGE_BYTES;) {
      const end = Math.min(next + wanted - entries.length, log.lastIndex + 1)
      if (next >= end) break
      const read = await readAsFarAsThere(node, next, end, MAX_PAGE_BYTES - bytes)
      if (read.length === 0) break
      for (const entry of read) {
        entries.push(entryMessage(node, entry, MAX_SHOWN_BYTES))
        bytes += Math.min(entry.data.length, MAX_SHOWN_BYTES)
      }
      next += read.length
    }
    return { entries, state: await this.state(regionId) }
  }

  /** @throws SandboxError DINGODB_ERROR EREGION_NOT_FOUND, ENOT_SUPPORT for a region without Raft, EILLEGAL_PARAMTETERS for an entry that is not in the log, RAFT_LOG_*, DISK_* */
  async entry(regionId: number, index: number): Promise<MessageInitShape<typeof ReadRaftLogEntryResponseSchema>> {
    const node = this.#find(regionId)
    const { firstIndex, lastIndex } = node.log
    const isThere = index >= firstIndex && index <= lastIndex
    const [entry] = isThere ? await readAsFarAsThere(node, index, index + 1, MAX_ENTRY_BYTES) : []
    if (entry === undefined) {
      const message = `Entry ${String(index)} is not in this log, which holds ${String(firstIndex)} to ${String(lastIndex)}.`
      throw dingoError(Errno.EILLEGAL_PARAMTETERS, message, { details: { firstIndex, lastIndex } })
    }
    const record = await this.#record(node, regionId, index)
    return { entry: entryMessage(node, entry, MAX_ENTRY_BYTES), record: record ?? new Uint8Array(0) }
  }

  async #record(node: ManagedNode, regionId: number, index: number): Promise<Uint8Array | undefined> {
    const directory = this.#manager.logDirectory(regionId)
    const read = async (): Promise<Uint8Array | undefined> => {
      const place = durablePlace(node, index)
      if (place === undefined) return undefined
      const { records } = await inspectRecords(this.#disk, directory, place.segment, place.offset, 1)
      return records[0]?.bytes.subarray(0, MAX_RECORD_BYTES)
    }
    try {
      return await read()
    } catch (thrown) {
      // A segment gets another name when it is closed.
      if (SandboxError.is(thrown, 'DISK_NOT_FOUND')) return await read()
      throw thrown
    }
  }

  #find(regionId: number): ManagedNode {
    const node = this.#manager.find(regionId)
    if (node !== undefined) return node
    if (this.#regionsWithoutRaft().has(regionId)) {
      const message = `Region ${String(regionId)} has no Raft log: its storage engine keeps one copy, without Raft.`
      throw dingoError(Errno.ENOT_SUPPORT, message, { details: { regionId } })
    }
    const message = `Region ${String(regionId)} has no Raft group on this node: ask the coordinators where it is.`
    throw dingoError(Errno.EREGION_NOT_FOUND, message, { details: { regionId } })
  }
}

function stateOf(node: ManagedNode) {
  const { raftState, term, leaderPeerId, firstIndex, lastIndex, diskIndex, committedIndex, knownAppliedIndex } =
    node.status()
  return {
    raftState,
    term: BigInt(term),
    votedFor: BigInt(node.coreStatus().vote),
    leaderId: BigInt(leaderPeerId),
    firstIndex: BigInt(firstIndex),
    lastIndex: BigInt(lastIndex),
    durableIndex: BigInt(diskIndex),
    committedIndex: BigInt(committedIndex),
    appliedIndex: BigInt(knownAppliedIndex),
  } satisfies RaftState
}

/** The log goes on while it is looked at: entries that were cut off or replaced meanwhile are none. */
async function readAsFarAsThere(
  { log }: ManagedNode,
  low: number,
  high: number,
  maxBytes: number,
): Promise<readonly Entry[]> {
  try {
    return await log.readEntries(low, high, maxBytes)
  } catch (thrown) {
    if (SandboxError.is(thrown, 'RAFT_LOG_COMPACTED') || SandboxError.is(thrown, 'RAFT_LOG_OUT_OF_RANGE')) return []
    throw thrown
  }
}

function durablePlace({ log }: ManagedNode, index: number): EntryPlace | undefined {
  return index >= log.firstIndex && index <= log.durableIndex ? log.place(index) : undefined
}

function entryMessage(node: ManagedNode, { index, term, type, data }: Entry, maxBytes: number): EntryMessage {
  const place = durablePlace(node, index)
  const kind = type !== 'EntryNormal' ? EntryKind.CONF_CHANGE : data.length === 0 ? EntryKind.EMPTY : EntryKind.NORMAL
  return {
    index: BigInt(index),
    term: BigInt(term),
    kind,
    dataBytes: BigInt(data.length),
    data: data.subarray(0, maxBytes),
    ...(place && { segment: place.segment, offset: BigInt(place.offset), recordBytes: BigInt(place.length) }),
  }
}
