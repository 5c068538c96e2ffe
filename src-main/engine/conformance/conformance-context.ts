import { afterEach, beforeEach, expect, it } from 'vitest'
import { errnoOf } from '../../rpc/dingo-error'
import { Errno } from '../../rpc/generated/dingodb/error_pb'
import type { Engine } from '../engine'
import type { EngineContext, ReadMode, RegionEpoch } from '../engine-context'
import type { EngineReader } from '../engine-reader'
import type { EngineRegion, EngineRegionPeers, EngineRegionState } from '../engine-region'
import type { PlainRange, WriteDatum, WriteResult } from '../write-data'

/** One cluster of stores for one test: an engine a store, none of them with a region yet. */
export interface EngineFixture {
  /** One store for engines without replicas, else three at least. */
  readonly storeIds: readonly number[]
  engine(storeId: number): Engine
  /** Wall time in ms. */
  nowMs(): number
  /** Lets so much time pass. */
  advance(ms: number): Promise<void>
  /** Waits for work, letting as much time pass as it needs. */
  settle<T>(work: Promise<T>): Promise<T>
  /** Lets time pass until a condition holds. */
  until(condition: () => boolean): Promise<void>
  /** Moves the timestamps that a store hands out against wall time. */
  skewTimestamps(storeId: number, ms: number): void
  /** Ends a store and opens it again without regions. `crash` takes from it what was not made durable. */
  restart(storeId: number, how: 'close' | 'crash'): Promise<void>
  /** Replicated only: nothing passes between these stores and the others. */
  cutOff(...storeIds: readonly number[]): void
  /** Replicated only: everything passes again. */
  heal(): void
  /** Ends everything. */
  dispose(): Promise<void>
}

/** The states of the store that the suite needs. */
export const NORMAL: EngineRegionState = { name: 'NORMAL', mayApply: true }
export const DELETING: EngineRegionState = { name: 'DELETING', mayApply: false }

/** A region whose metadata the suite changes as a store would. */
export interface TestRegion extends EngineRegion {
  epoch: RegionEpoch
  state: EngineRegionState
  readonly peers: EngineRegionPeers
}

/** What the tests of the suite work with. */
export class ConformanceContext {
  readonly #fixture: EngineFixture
  readonly #regions = new Map<number, TestRegion>()

  constructor(fixture: EngineFixture) {
    this.#fixture = fixture
  }

  get fixture(): EngineFixture {
    return this.#fixture
  }

  get isReplicated(): boolean {
    return this.engine(this.#fixture.storeIds[0] as number).supports.replicated
  }

  engine(storeId: number): Engine {
    return this.#fixture.engine(storeId)
  }

  /** Founds a region on all stores and waits until all know who leads it. */
  async addRegion(id = 1, startKey = 'a', endKey = 'z', on = this.#fixture.storeIds): Promise<TestRegion> {
    const region: TestRegion = {
      id,
      epoch: { confVersion: 1, version: 1 },
      range: { startKey: bytes(startKey), endKey: bytes(endKey) },
      state: NORMAL,
      peers: { voters: on, learners: [] },
    }
    this.#regions.set(id, region)
    await this.#fixture.settle(Promise.all(on.map((storeId) => this.engine(storeId).addRegion(region, region.peers))))
    await this.#fixture.until(() => {
      const leader = this.leaderOf(region)
      return leader !== undefined && on.every((storeId) => this.engine(storeId).status(id)?.leaderPeerId === leader)
    })
    return region
  }

  /** Ends a store, opens it again and brings up its regions from what is stored. */
  async restart(storeId: number, how: 'close' | 'crash'): Promise<void> {
    await this.#fixture.restart(storeId, how)
    for (const region of this.#regions.values()) {
      if (!region.peers.voters.includes(storeId)) continue
      await this.#fixture.settle(this.engine(storeId).addRegion(region, region.peers))
    }
  }

  /** The store that leads a region in the newest term; undefined if none does. */
  leaderOf({ id }: TestRegion): number | undefined {
    let leader: number | undefined
    let newestTerm = 0
    for (const storeId of this.#fixture.storeIds) {
      const status = this.engine(storeId).status(id)
      if (status?.raftState !== 'STATE_LEADER' || status.term <= newestTerm) continue
      newestTerm = status.term
      leader = storeId
    }
    return leader
  }

  leader(region: TestRegion): number {
    const leader = this.leaderOf(region)
    expect(leader, 'some store leads').toBeDefined()
    return leader as number
  }

  contextOf(region: TestRegion, options: Partial<EngineContext> = {}): EngineContext {
    return { regionId: region.id, epoch: region.epoch, ...options }
  }

  /** Writes on the leader. */
  write(region: TestRegion, ...datums: readonly WriteDatum[]): Promise<WriteResult> {
    return this.writeOn(this.leader(region), region, ...datums)
  }

  writeOn(storeId: number, region: TestRegion, ...datums: readonly WriteDatum[]): Promise<WriteResult> {
    return this.#fixture.settle(this.engine(storeId).write(this.contextOf(region), { datums }))
  }

  /** A reader on the leader. */
  reader(region: TestRegion, readMode?: ReadMode): Promise<EngineReader> {
    return this.readerOn(this.leader(region), region, readMode)
  }

  readerOn(storeId: number, region: TestRegion, readMode?: ReadMode): Promise<EngineReader> {
    return this.#fixture.settle(this.engine(storeId).newReader(this.contextOf(region, { readMode })))
  }

  /** The value of a key on the leader, as text. */
  async get(region: TestRegion, key: string, ts?: bigint): Promise<string | undefined> {
    return text(await (await this.reader(region)).kvGet(bytes(key), ts))
  }

  /** What a store has applied of a key, whether it leads or not. */
  async getLocal(storeId: number, region: TestRegion, key: string): Promise<string | undefined> {
    return text(await (await this.readerOn(storeId, region, 'local')).kvGet(bytes(key)))
  }

  /** All pairs of a region as `key=value`, read on the leader. */
  async pairs(region: TestRegion, range: PlainRange = region.range, ts?: bigint): Promise<string[]> {
    const scan = (await this.reader(region)).scan({ range, ts })
    const pairs: string[] = []
    for (let page = await scan.next(3, 1024); page.length > 0; page = await scan.next(3, 1024)) {
      for (const { key, value } of page) pairs.push(`${text(key) ?? ''}=${text(value) ?? ''}`)
    }
    await scan.close()
    return pairs
  }
}

/** A test with a context. One about something that the engine does not promise ends at once: there is nothing to keep. */
export type ConformanceTest = (title: string, body: (context: ConformanceContext) => Promise<void>) => void

/** Wires fixtures into the runner's hooks. Called inside a `describe`. */
export function conformanceTests(createFixture: () => Promise<EngineFixture>): ConformanceTest {
  let fixture: EngineFixture | undefined
  beforeEach(async () => {
    fixture = await createFixture()
  })
  afterEach(async () => {
    await fixture?.dispose()
  })
  return (title, body) => {
    it(title, async () => {
      if (fixture === undefined) throw new Error('The fixture is made before each test.')
      await body(new ConformanceContext(fixture))
    })
  }
}

export function bytes(content: string): Uint8Array {
  return new TextEncoder().encode(content)
}

export function text(content: Uint8Array | undefined): string | undefined {
  return content === undefined ? undefined : new TextDecoder().decode(content)
}

/** Sets keys to texts. */
export function put(pairs: Readonly<Record<string, string>>, expiresAtMs?: number): WriteDatum {
  return { kind: 'put', entries: entriesOf(pairs), expiresAtMs }
}

export function putIfAbsent(pairs: Readonly<Record<string, string>>, isAtomic: boolean): WriteDatum {
  return { kind: 'put-if-absent', entries: entriesOf(pairs), isAtomic }
}

/** @param changes `key: [expected, new]` */
export function compareAndSet(
  changes: Readonly<Record<string, readonly [string, string]>>,
  isAtomic: boolean,
): WriteDatum {
  const entries = Object.entries(changes).map(([key, [, value]]) => ({ key: bytes(key), value: bytes(value) }))
  const expectedValues = Object.values(changes).map(([expected]) => bytes(expected))
  return { kind: 'compare-and-set', entries, expectedValues, isAtomic }
}

export function deleteKeys(...keys: readonly string[]): WriteDatum {
  return { kind: 'delete-batch', keys: keys.map(bytes) }
}

export function deleteRange(startKey: string, endKey: string): WriteDatum {
  return { kind: 'delete-range', ranges: [{ startKey: bytes(startKey), endKey: bytes(endKey) }] }
}

/** Expects an error of DingoDB's protocol. */
export async function expectErrno(work: Promise<unknown>, errno: Errno): Promise<void> {
  const outcome = await work.then(
    () => 'no error',
    (error: unknown) => Errno[errnoOf(error) ?? -1] ?? error,
  )
  expect(outcome).toBe(Errno[errno])
}

function entriesOf(pairs: Readonly<Record<string, string>>) {
  return Object.entries(pairs).map(([key, value]) => ({ key: bytes(key), value: bytes(value) }))
}
