import { create, toBinary } from '@bufbuild/protobuf'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { RealDisk } from '../../../src-main/env/real'
import { simulatedEnv } from '../../../src-main/env/simulated'
import { encodeCommand } from '../../../src-main/engine/command/encode-command'
import type { EngineListener, EngineRegion } from '../../../src-main/engine/engine-region'
import { MvccStore } from '../../../src-main/engine/mvcc/mvcc-store'
import { RegionStateMachine } from '../../../src-main/engine/raft-kv/region-state-machine'
import { RawMemEngine } from '../../../src-main/engine/raw/memory/raw-mem-engine'
import { RawRocksEngine } from '../../../src-main/engine/raw/rocks/raw-rocks-engine'
import { recordKey } from '../../../src-main/engine/region/region-record'
import type { Entry } from '../../../src-main/raft/core/model/entry'
import type { ConfState } from '../../../src-main/raft/core/model/conf-state'
import { CmdType, RaftCmdRequestSchema } from '../../../src-main/rpc/generated/dingodb/raft_pb'
import { RaftMetaSchema } from '../../../src-main/rpc/generated/dingodb/store_internal_pb'
import { fromBinary } from '@bufbuild/protobuf'

const confState: ConfState = { voters: [1, 2], votersOutgoing: [], learners: [3], learnersNext: [], autoLeave: false }
const epoch = { confVersion: 1, version: 1 }
const columnFamilies = ['meta', 'data', 'lock', 'write']
const bytes = (content: string) => new TextEncoder().encode(content)

function regionOf(id = 1, startKey = 'a', endKey = 'z'): EngineRegion {
  const range = { startKey: bytes(startKey), endKey: bytes(endKey) }
  return { id, epoch, range, state: { name: 'NORMAL', mayApply: true } }
}

function putEntry(index: number, key: string, value: string | Uint8Array, confVersion = 1): Entry {
  const entry = { key: bytes(key), value: typeof value === 'string' ? bytes(value) : value }
  const data = encodeCommand({
    regionId: 1,
    epoch: { ...epoch, confVersion },
    ts: BigInt(index),
    datums: [{ kind: 'put', entries: [entry] }],
  })
  return { index, term: 1, type: 'EntryNormal', data }
}

async function get(store: MvccStore, key: string): Promise<string | undefined> {
  const value = await store.reader(() => 0).kvGet(bytes(key))
  return value && new TextDecoder().decode(value)
}

async function collect(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const collected: Uint8Array[] = []
  for await (const piece of pieces) collected.push(piece)
  return collected
}

/** Gives the pieces anew at each walk, as a stored snapshot does. */
function again(pieces: readonly Uint8Array[]): AsyncIterable<Uint8Array> {
  return {
    [Symbol.asyncIterator]: async function* () {
      for (const piece of pieces) yield await Promise.resolve(piece)
    },
  }
}

describe('the state machine of a region', () => {
  it('keeps how far it is with the data, in a form that DingoDB reads', async () => {
    const rawEngine = await RawMemEngine.open({ columnFamilies })
    const store = new MvccStore(rawEngine)
    const machine = await RegionStateMachine.open(regionOf(), store)
    const nothing: Entry = { index: 3, term: 2, type: 'EntryNormal', data: new Uint8Array(0) }
    const results = await machine.apply({ entries: [putEntry(2, 'b', '1'), nothing], confState })
    expect(results.map(({ kind }) => kind)).toEqual(['applied', 'nothing'])
    const record = await rawEngine.get(recordKey(1), { columnFamily: 'meta' })
    expect(fromBinary(RaftMetaSchema, record ?? new Uint8Array(0))).toMatchObject({
      regionId: 1n,
      term: 2n,
      appliedIndex: 3n,
    })
    const reopened = await RegionStateMachine.open(regionOf(), store)
    expect(reopened.applied).toEqual({ last: { index: 3, term: 2 }, confState })
    expect(reopened.maxAppliedTs).toBe(2n)
  })

  it('makes its state durable with the raw engine, and says how far it is', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'region-state-machine-'))
    const rawEngine = await RawRocksEngine.open({ directory, columnFamilies, disk: new RealDisk() })
    /** Of the data and of the record that says how far it is. */
    const inFiles = async () => {
      const { columnFamilies: families } = await rawEngine.properties()
      return ['default', 'meta'].map((wanted) => (families.find(({ name }) => name === wanted)?.storedBytes ?? 0) > 0)
    }
    try {
      const machine = await RegionStateMachine.open(regionOf(), new MvccStore(rawEngine))
      await machine.apply({ entries: [putEntry(2, 'b', '1')], confState })
      expect(await inFiles()).toEqual([false, false])
      const persisted = machine.persist?.()
      await machine.apply({ entries: [putEntry(3, 'c', '2')], confState })
      expect(await persisted).toEqual({ index: 2, term: 1 })
      expect(await inFiles()).toEqual([true, true])
    } finally {
      await rawEngine.close()
      await rm(directory, { recursive: true })
    }
  })

  it('leaves that to snapshots where the data is in memory', async () => {
    const rawEngine = await RawMemEngine.open({ columnFamilies })
    const machine = await RegionStateMachine.open(regionOf(), new MvccStore(rawEngine))
    expect(machine.persist).toBeUndefined()
  })

  it('refuses to go on behind a command that it does not know, and names it', async () => {
    const rawEngine = await RawMemEngine.open({ columnFamilies })
    const machine = await RegionStateMachine.open(regionOf(), new MvccStore(rawEngine))
    const request = { cmdType: CmdType.VECTOR_ADD, cmdBody: { case: 'vectorAdd' as const, value: {} } }
    const data = toBinary(RaftCmdRequestSchema, create(RaftCmdRequestSchema, { requests: [request] }))
    const entries: Entry[] = [putEntry(2, 'b', '1'), { index: 3, term: 1, type: 'EntryNormal', data }]
    const applied = machine.apply({ entries, confState })
    await expect(applied).rejects.toThrow('VECTOR_ADD')
    expect(machine.applied.last.index).toBe(0)
  })

  it('carries data and greatest timestamp in a snapshot, and nothing of its neighbours', async () => {
    const from = new MvccStore(await RawMemEngine.open({ columnFamilies }))
    const source = await RegionStateMachine.open(regionOf(), from)
    await source.apply({ entries: [putEntry(2, 'b', '1'), putEntry(3, 'c', '1')], confState })
    const snapshot = await source.createSnapshot()
    await source.apply({ entries: [putEntry(4, 'b', 'later')], confState })
    const pieces = await collect(snapshot.read())
    await snapshot.close()

    const to = new MvccStore(await RawMemEngine.open({ columnFamilies }))
    const neighbour = await RegionStateMachine.open(regionOf(2, 'z', 'zz'), to)
    await neighbour.apply({ entries: [putEntry(2, 'z', 'stays')], confState })
    const target = await RegionStateMachine.open(regionOf(), to)
    await target.apply({ entries: [putEntry(2, 'x', 'goes')], confState })
    expect(await get(to, 'x')).toBe('goes')
    await target.restoreSnapshot(snapshot.applied, again(pieces))
    expect(target.applied).toEqual({ last: { index: 3, term: 1 }, confState })
    expect(target.maxAppliedTs).toBe(3n)
    expect([await get(to, 'b'), await get(to, 'x'), await get(to, 'z')]).toEqual(['1', undefined, 'stays'])
  })

  it('has applied nothing after a crash in the middle of a restored snapshot', async () => {
    const from = new MvccStore(await RawMemEngine.open({ columnFamilies }))
    const source = await RegionStateMachine.open(regionOf(), from)
    // Above what an ingest does in one batch.
    const large = (index: number) => putEntry(index, `b${String(index)}`, new Uint8Array(1024 * 1024).fill(index))
    await source.apply({ entries: [2, 3, 4, 5, 6, 7].map(large), confState })
    const snapshot = await source.createSnapshot()
    const pieces = await collect(snapshot.read())
    await snapshot.close()

    const machine = simulatedEnv({ seed: 1 }).addNode('store')
    const open = () => {
      const storage = { disk: machine.env.disk, directory: '/data' }
      return RawMemEngine.open({ columnFamilies, storage })
    }
    const rawEngine = await open()
    const target = await RegionStateMachine.open(regionOf(), new MvccStore(rawEngine))
    await target.apply({ entries: [putEntry(2, 'x', 'old')], confState })
    // The second walk, which writes, is cut when half of it is written; what is written until then is made durable.
    let walks = 0
    const cut: AsyncIterable<Uint8Array> = {
      [Symbol.asyncIterator]: async function* () {
        walks += 1
        const isWriting = walks === 3
        for (const [position, piece] of pieces.entries()) {
          if (isWriting && position > pieces.length / 2) {
            await rawEngine.flush()
            throw new Error('The machine loses power.')
          }
          yield piece
        }
      },
    }
    await expect(target.restoreSnapshot(snapshot.applied, cut)).rejects.toThrow('loses power')
    machine.crash()
    machine.start()

    const store = new MvccStore(await open())
    const reopened = await RegionStateMachine.open(regionOf(), store)
    expect(reopened.applied.last.index).toBe(0)
    expect(await store.rawEngine.incompleteIngests()).toEqual([])
    expect(await store.reader(() => 0).versions(regionOf().range)).toEqual([])
    await reopened.restoreSnapshot(snapshot.applied, again(pieces))
    expect(reopened.applied).toEqual(snapshot.applied)
    expect((await store.reader(() => 0).measure(regionOf().range)).keyCount).toBe(6)
  })

  it('counts conf_version in the order of the log, whenever the metadata follows', async () => {
    const told: unknown[] = []
    const listener: EngineListener = {
      peersChanged: (regionId, peers, confVersion) => told.push([regionId, peers, confVersion]),
    }
    const store = new MvccStore(await RawMemEngine.open({ columnFamilies }))
    const machine = await RegionStateMachine.open(regionOf(), store, listener)
    await machine.apply({ entries: [putEntry(2, 'b', 'before')], confState })
    const next: ConfState = { ...confState, voters: [1, 2, 4] }
    const change: Entry = { index: 3, term: 1, type: 'EntryConfChangeV2', data: new Uint8Array(0) }
    await machine.apply({ entries: [change], confState: next })
    const peers = { voters: [1, 2, 4], learners: [3] }
    expect(told).toEqual([[1, peers, 2]])
    // The region's metadata still says 1. What counts is what stands before the command in the log.
    const late = await machine.apply({ entries: [putEntry(4, 'b', 'late')], confState: next })
    expect(late).toMatchObject([{ kind: 'refused', error: { details: { name: 'EREGION_VERSION' } } }])
    const current = await machine.apply({ entries: [putEntry(5, 'b', 'current', 2)], confState: next })
    expect(current).toMatchObject([{ kind: 'applied' }])
    // A change that leaves the peers as they are counts for nothing, as the end of a joint one.
    await machine.apply({ entries: [{ ...change, index: 6 }], confState: next })
    expect(told).toHaveLength(1)

    // A crash before the metadata was written: told again.
    await RegionStateMachine.open(regionOf(), store, listener)
    expect(told).toEqual([
      [1, peers, 2],
      [1, peers, 2],
    ])
    // A snapshot brings it to those who were away.
    const snapshot = await machine.createSnapshot()
    const pieces = await collect(snapshot.read())
    await snapshot.close()
    const other = new MvccStore(await RawMemEngine.open({ columnFamilies }))
    const away = await RegionStateMachine.open(regionOf(), other, listener)
    await away.restoreSnapshot(snapshot.applied, again(pieces))
    expect(told.at(-1)).toEqual([1, peers, 2])
    expect(told).toHaveLength(3)
    expect(await away.apply({ entries: [putEntry(7, 'c', 'on', 2)], confState: next })).toMatchObject([
      { kind: 'applied' },
    ])
  })
})
