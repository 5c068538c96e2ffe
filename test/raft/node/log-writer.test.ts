import { noProbe } from '../../../src-main/flow/flow-probe'
import { StageWatch } from '../../../src-main/raft/node/stage-watch'
import { describe, expect, it } from 'vitest'
import type { HardState } from '../../../src-main/raft/core/model/hard-state'
import type { Message } from '../../../src-main/raft/core/model/message'
import type { LogUpdate, RaftLogStore } from '../../../src-main/raft/log/raft-log-store'
import { LogWriter } from '../../../src-main/raft/node/log-writer'

/** A log of which only the hard state counts, and whose syncs end when they are told to. */
function writerOverFakeLog() {
  const syncs: Array<() => void> = []
  const delivered: string[] = []
  const log = {
    hardState: { term: 1, vote: 1, commit: 0 } as HardState,
    lastIndex: 0,
    append(update: LogUpdate) {
      if (update.hardState !== undefined) this.hardState = update.hardState
    },
    sync: () => new Promise<void>((resolve) => syncs.push(resolve)),
  }
  const host = {
    deliver: (responses: readonly Message[]) => {
      delivered.push(...responses.map(({ type }) => type))
    },
    install: () => undefined,
    fail: (thrown: unknown) => {
      throw thrown
    },
  }
  const watch = new StageWatch(noProbe, 80001, 1, () => Promise.resolve(undefined))
  const writer = new LogWriter(log as unknown as RaftLogStore, host, undefined, watch)
  const say = (what: string) => [{ type: what } as unknown as Message]
  const settled = async () => {
    for (let turn = 0; turn < 10; turn += 1) await Promise.resolve()
  }
  return { writer, syncs, delivered, say, settled }
}

const ENTRIES = [{ index: 1, term: 1, type: 'EntryNormal' as const, data: new Uint8Array() }]

describe('what is said of the log', () => {
  it('needs no sync where only the commit index moved, and still never comes within the call', async () => {
    const { writer, syncs, delivered, say, settled } = writerOverFakeLog()
    writer.append({ hardState: { term: 1, vote: 1, commit: 5 } }, say('committed'), undefined)
    expect(delivered).toEqual([])
    await settled()
    expect(delivered).toEqual(['committed'])
    expect(syncs).toHaveLength(0)
    expect(writer.isSyncing).toBe(false)
  })

  it('waits for the sync of what came before', async () => {
    const { writer, syncs, delivered, say, settled } = writerOverFakeLog()
    writer.append({ entries: ENTRIES }, say('entries'), undefined)
    writer.append({ hardState: { term: 1, vote: 1, commit: 1 } }, say('committed'), undefined)
    await settled()
    expect(delivered).toEqual([])
    syncs[0]?.()
    await settled()
    expect(delivered).toEqual(['entries', 'committed'])
    expect(syncs).toHaveLength(1)
  })

  it.each([
    ['a term', { term: 2, vote: 0, commit: 0 }],
    ['a vote', { term: 1, vote: 3, commit: 0 }],
  ])('waits for a sync that covers %s which came when nobody waited', async (_what, hardState) => {
    const { writer, syncs, delivered, say, settled } = writerOverFakeLog()
    writer.append({ hardState }, [], undefined)
    writer.append({ hardState: { ...hardState, commit: 1 } }, say('committed'), undefined)
    await settled()
    expect(delivered).toEqual([])
    syncs[0]?.()
    await settled()
    expect(delivered).toEqual(['committed'])
  })

  it('is never heard of once the writer was stopped', async () => {
    const { writer, delivered, say, settled } = writerOverFakeLog()
    writer.append({ hardState: { term: 1, vote: 1, commit: 5 } }, say('committed'), undefined)
    writer.stop()
    await settled()
    expect(delivered).toEqual([])
  })
})
