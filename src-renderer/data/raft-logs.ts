import { shallowReactive, shallowRef } from 'vue'
import type { SerializedSandboxError } from '../../src-main/base/sandbox-error'
import type { RaftLogEntryDetail, RaftLogEntryView, RaftLogPage } from '../../src-main/client/views/raft-log'
import { toDoorError, useDoorClient } from './door-client'
import { NewestQuestion } from './newest-question'

/** Entries of one page: page 0 holds the indexes 1 to 200. */
export const ENTRIES_PER_PAGE = 200
/** Pages that are kept of each replica. */
const MOST_PAGES = 20

/** What a replica's log looks like from outside. */
export type RaftLogHead = Omit<RaftLogPage, 'entries'>

/** The Raft log of one replica, as far as it was read. */
export interface ReplicaLog {
  readonly storeId: number
  readonly head: RaftLogHead | undefined
  readonly error: SerializedSandboxError | undefined
  readonly pages: ReadonlyMap<number, ReadonlyMap<number, RaftLogEntryView>>
}

/** Indexes of one replica's log, both ends included. */
export interface LogStretch {
  readonly storeId: number
  readonly fromIndex: number
  readonly toIndex: number
}

/** One entry, chosen to be looked into. */
export interface ChosenEntry {
  readonly storeId: number
  readonly index: number
}

/** The page that an index is on. */
export function pageOfIndex(index: number): number {
  return Math.floor((Math.max(1, index) - 1) / ENTRIES_PER_PAGE)
}

/** The Raft logs of a region's replicas, page by page as they come into view. */
export function useRaftLogs(regionId: number) {
  const client = useDoorClient()
  const logs = shallowReactive(new Map<number, ReplicaLog>())
  const entry = shallowRef<RaftLogEntryDetail>()
  const entryError = shallowRef<SerializedSandboxError>()
  const entryQuestion = new NewestQuestion()
  const asked = new Set<string>()

  /** Reads the pages of these stretches that are not known yet. */
  async function show(stretches: readonly LogStretch[]): Promise<void> {
    await Promise.all(
      stretches.flatMap(({ storeId, fromIndex, toIndex }) => {
        const known = logs.get(storeId)?.pages
        return pagesBetween(fromIndex, toIndex)
          .filter((page) => known?.has(page) !== true)
          .map((page) => load(storeId, page))
      }),
    )
  }

  /** Reads these stretches anew: entries are overwritten when a leader changes, and the end grows. */
  async function refresh(stretches: readonly LogStretch[]): Promise<void> {
    await Promise.all(
      stretches.flatMap(({ storeId, fromIndex, toIndex }) =>
        pagesBetween(fromIndex, toIndex).map((page) => load(storeId, page)),
      ),
    )
  }

  async function load(storeId: number, page: number): Promise<void> {
    const key = `${storeId} ${page}`
    if (asked.has(key)) return
    asked.add(key)
    try {
      const fromIndex = page * ENTRIES_PER_PAGE + 1
      const { entries, ...head } = await client.inspection.raftLog.query({
        regionId,
        storeId,
        fromIndex,
        limit: ENTRIES_PER_PAGE,
      })
      const pages = new Map(logs.get(storeId)?.pages)
      const own = entries.filter(({ index }) => pageOfIndex(index) === page)
      pages.delete(page)
      pages.set(page, new Map(own.map((each) => [each.index, each])))
      const [oldest] = pages.keys()
      if (pages.size > MOST_PAGES && oldest !== undefined) pages.delete(oldest)
      logs.set(storeId, { storeId, head, error: undefined, pages })
    } catch (thrown) {
      const before = logs.get(storeId)
      logs.set(storeId, { storeId, head: before?.head, pages: before?.pages ?? new Map(), error: toDoorError(thrown) })
    } finally {
      asked.delete(key)
    }
  }

  /** The entry of a replica; undefined if it was not read, or there is none. */
  function entryAt(storeId: number, index: number): RaftLogEntryView | undefined {
    return logs.get(storeId)?.pages.get(pageOfIndex(index))?.get(index)
  }

  /** Looks into an entry, down to its bytes; undefined: into none. */
  async function choose(chosen: ChosenEntry | undefined): Promise<void> {
    const counts = entryQuestion.ask()
    entryError.value = undefined
    if (chosen === undefined) {
      entry.value = undefined
      return
    }
    try {
      const answer = await client.inspection.raftLogEntry.query({ regionId, ...chosen })
      if (counts()) entry.value = answer
    } catch (thrown) {
      if (!counts()) return
      entry.value = undefined
      entryError.value = toDoorError(thrown)
    }
  }

  return { logs, entry, entryError, show, refresh, entryAt, choose }
}

export type RaftLogs = ReturnType<typeof useRaftLogs>

function pagesBetween(fromIndex: number, toIndex: number): number[] {
  const [first, last] = [pageOfIndex(fromIndex), pageOfIndex(Math.max(fromIndex, toIndex))]
  return Array.from({ length: last - first + 1 }, (_, at) => first + at)
}
