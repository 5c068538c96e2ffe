import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import { SandboxError } from '../../base/sandbox-error'
import type { RawEngine } from '../../engine/raw/index'
import { RawWriteBatch } from '../../engine/raw/index'
import type { ConfState } from '../../raft/core/model/conf-state'
import type { Entry } from '../../raft/core/model/entry'
import type { AppliedState, ApplyBatch, StateMachine, StateMachineSnapshot } from '../../raft/node/state-machine'
import type { MetaIncrement } from '../../rpc/generated/sandbox/coordinator_meta_pb'
import { AppliedMetaSchema, MetaIncrementSchema } from '../../rpc/generated/sandbox/coordinator_meta_pb'
import { MetaState } from './meta-state'
import { metaKey, metaTables, parseMetaKey } from './meta-table'

/** The column family of everything here. */
const FAMILY = 'meta'
const APPLIED_KEY = new TextEncoder().encode('APPLIED')
const NO_MEMBERS: ConfState = { voters: [], votersOutgoing: [], learners: [], learnersNext: [], autoLeave: false }

/**
 * What became of an entry: `stale` if it was computed on something else than what it met in the log, so that nothing of
 * it took effect; `nothing` for an entry without an increment.
 */
export type MetaResult = 'applied' | 'stale' | 'nothing'

/**
 * The coordinators' metadata as a replicated state machine: rows in memory for reading, the same rows in the family `meta`
 * of the node's raw engine, changed in one batch with the applied index.
 */
export class MetaStateMachine implements StateMachine<MetaResult> {
  readonly state = new MetaState()
  readonly #engine: RawEngine
  #applied: AppliedState = { last: { index: 0, term: 0 }, confState: NO_MEMBERS }
  #lastIncrementIndex = 0

  private constructor(engine: RawEngine) {
    this.#engine = engine
  }

  /**
   * Reads what the last run left. A snapshot whose restoring was broken off is dropped; the Raft node restores it again.
   *
   * @throws SandboxError ENGINE_*
   */
  static async open(engine: RawEngine): Promise<MetaStateMachine> {
    const machine = new MetaStateMachine(engine)
    for (const ingest of await engine.incompleteIngests()) {
      if (ingest.columnFamilies.includes(FAMILY)) await engine.discardIncompleteIngest(ingest)
    }
    await machine.#load()
    return machine
  }

  get applied(): AppliedState {
    return this.#applied
  }

  /** Index of the last entry whose increment took effect: what the next increment must be computed on. */
  get lastIncrementIndex(): number {
    return this.#lastIncrementIndex
  }

  /** Index and data become visible together, after they are written. */
  async apply({ entries, confState }: ApplyBatch): Promise<readonly MetaResult[]> {
    const batch = new RawWriteBatch()
    const accepted: MetaIncrement[] = []
    let lastIncrementIndex = this.#lastIncrementIndex
    const results = entries.map((entry): MetaResult => {
      const increment = incrementOf(entry)
      if (increment === undefined) return 'nothing'
      const isFresh = Number(increment.baseIndex) === lastIncrementIndex && Number(increment.term) === entry.term
      if (!isFresh) return 'stale'
      lastIncrementIndex = entry.index
      accepted.push(increment)
      for (const { table, key, change } of increment.changes) {
        const storedKey = metaKey(table, Number(key))
        if (change.case === 'put') batch.put(storedKey, change.value, FAMILY)
        else batch.delete(storedKey, FAMILY)
      }
      return 'applied'
    })
    const last = entries.at(-1)
    if (last === undefined) return results
    const applied: AppliedState = { last: { index: last.index, term: last.term }, confState }
    batch.put(APPLIED_KEY, encodeApplied(applied, lastIncrementIndex), FAMILY)
    await this.#engine.write(batch)
    for (const increment of accepted) this.#change(increment)
    this.#applied = applied
    this.#lastIncrementIndex = lastIncrementIndex
    return results
  }

  createSnapshot(): Promise<StateMachineSnapshot> {
    const engine = this.#engine
    const snapshot = engine.snapshot()
    return Promise.resolve({
      applied: this.#applied,
      read: () => engine.exportRange({ columnFamilies: [FAMILY], snapshot }),
      close: () => snapshot.close(),
    })
  }

  /** Keeps the whole export in memory while it is taken in: metadata is small, and the stream can be read only once. */
  async restoreSnapshot(applied: AppliedState, bytes: AsyncIterable<Uint8Array>): Promise<void> {
    const pieces: Uint8Array[] = []
    for await (const piece of bytes) pieces.push(piece)
    await this.#engine.ingestRange(() => replay(pieces))
    await this.#load()
    this.#applied = applied
    await this.#engine.write(
      new RawWriteBatch().put(APPLIED_KEY, encodeApplied(applied, this.#lastIncrementIndex), FAMILY),
    )
  }

  #change({ changes }: MetaIncrement): void {
    for (const { table: prefix, key, change } of changes) {
      const table = metaTables.find((candidate) => candidate.prefix === prefix)
      if (table === undefined) throw unknownTable(prefix)
      if (change.case === 'put') this.state.put(prefix, Number(key), fromBinary(table.schema, change.value))
      else this.state.delete(prefix, Number(key))
    }
  }

  async #load(): Promise<void> {
    this.state.clear()
    this.#applied = { last: { index: 0, term: 0 }, confState: NO_MEMBERS }
    this.#lastIncrementIndex = 0
    const stored = await this.#engine.get(APPLIED_KEY, { columnFamily: FAMILY })
    if (stored === undefined) return
    const { index, term, lastIncrementIndex, membership } = fromBinary(AppliedMetaSchema, stored)
    this.#applied = {
      last: { index: Number(index), term: Number(term) },
      confState: {
        voters: (membership?.voters ?? []).map(Number),
        votersOutgoing: (membership?.votersOutgoing ?? []).map(Number),
        learners: (membership?.learners ?? []).map(Number),
        learnersNext: (membership?.learnersNext ?? []).map(Number),
        autoLeave: membership?.autoLeave ?? false,
      },
    }
    this.#lastIncrementIndex = Number(lastIncrementIndex)
    for await (const { key, value } of this.#engine.iterate({ columnFamily: FAMILY })) {
      const row = parseMetaKey(key)
      if (row !== undefined) this.state.put(row.table.prefix, row.key, fromBinary(row.table.schema, value))
    }
  }
}

function incrementOf(entry: Entry): MetaIncrement | undefined {
  if (entry.type !== 'EntryNormal' || entry.data.length === 0) return undefined
  const increment = fromBinary(MetaIncrementSchema, entry.data)
  for (const { table } of increment.changes) {
    if (!metaTables.some(({ prefix }) => prefix === table)) throw unknownTable(table)
  }
  return increment
}

/** Written by a newer version: to go on without the row would make this coordinator differ from the others. */
function unknownTable(prefix: string): SandboxError {
  const message = `The coordinators' log names a table ${prefix} that this version does not know: run the version that wrote it.`
  return new SandboxError('INTERNAL', message, { details: { prefix } })
}

function encodeApplied({ last, confState }: AppliedState, lastIncrementIndex: number): Uint8Array {
  const message = create(AppliedMetaSchema, {
    index: BigInt(last.index),
    term: BigInt(last.term),
    lastIncrementIndex: BigInt(lastIncrementIndex),
    membership: {
      voters: confState.voters.map(BigInt),
      votersOutgoing: confState.votersOutgoing.map(BigInt),
      learners: confState.learners.map(BigInt),
      learnersNext: confState.learnersNext.map(BigInt),
      autoLeave: confState.autoLeave,
    },
  })
  return toBinary(AppliedMetaSchema, message)
}

async function* replay(pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array, void, void> {
  for (const piece of pieces) {
    yield piece
    await Promise.resolve()
  }
}
