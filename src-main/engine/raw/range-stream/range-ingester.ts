import { SandboxError } from '../../../base/sandbox-error'
import { systemColumnFamily } from '../column-family'
import { prefixRange, rangeCovers, rangesOverlap } from '../key-range'
import type { KeyRange } from '../key-range'
import { atomicIngestBytes } from '../range-transfer'
import type { IncompleteIngest, IngestOptions, IngestResult, RangeSource } from '../range-transfer'
import type { RawEntry } from '../raw-engine'
import type { RawWriteOperation } from '../raw-write-batch'
import { encodeHeaderPayload } from './format'
import type { RangeStreamHeader, RangeStreamTotals } from './format'
import { decodeHeaderPayload, decodeRangeStream } from './range-decoder'

/** The parts of an engine that an ingest works on; unlike callers it may use the system family. */
export interface IngestTarget {
  /** @throws SandboxError ENGINE_UNKNOWN_COLUMN_FAMILY */
  checkFamily(name: string): void
  /** All or nothing. */
  write(operations: readonly RawWriteOperation[]): Promise<void>
  /** All entries of a small range, the engine's own families included. */
  readAll(columnFamily: string, range: KeyRange): Promise<readonly RawEntry[]>
}

type CheckedStream = RangeStreamHeader & RangeStreamTotals

const notePrefix = 'ingest/'

/** Replaces ranges by exported ones, as range-transfer.ts promises it. */
export class RangeIngester {
  readonly #target: IngestTarget
  /** The selections being replaced now: two writers of one range would leave a mixture. */
  readonly #underWay = new Set<RangeStreamHeader>()
  readonly #idsUnderWay = new Set<string>()
  #lastNumber = 0

  constructor(target: IngestTarget) {
    this.#target = target
  }

  async ingest(source: RangeSource, options: IngestOptions): Promise<IngestResult> {
    const stream = await this.#check(source, options)
    return this.#alone(stream, async () => {
      const atomic = stream.bytes <= atomicIngestBytes
      if (atomic) await this.#applyAtOnce(source, stream)
      else await this.#applyInSteps(source, stream)
      const { range, columnFamilies, entries, bytes } = stream
      return { range, columnFamilies, entries, bytes, atomic }
    })
  }

  /** The notes of ingests that are not under way any more. */
  async incomplete(): Promise<IncompleteIngest[]> {
    const notes: IncompleteIngest[] = []
    const noteRange = prefixRange(new TextEncoder().encode(notePrefix))
    for (const { key, value } of await this.#target.readAll(systemColumnFamily, noteRange)) {
      const id = new TextDecoder().decode(key).slice(notePrefix.length)
      this.#lastNumber = Math.max(this.#lastNumber, Number.parseInt(id, 16))
      if (!this.#idsUnderWay.has(id)) notes.push({ id, ...decodeHeaderPayload(value) })
    }
    return notes
  }

  async discard({ id }: IncompleteIngest): Promise<void> {
    // What the engine noted counts, not what the caller hands in: a stale record must not empty a range that is whole.
    const note = (await this.incomplete()).find((candidate) => candidate.id === id)
    if (note === undefined) {
      throw new SandboxError(
        'INVALID_ARGUMENT',
        `There is no incomplete ingest ${id}: it was redone, discarded or is under way.`,
      )
    }
    await this.#alone(note, () => this.#target.write([...emptying(note), forgetting(id)]))
  }

  /** The first pass: everything that could be wrong with the stream is found before anything is changed. */
  async #check(source: RangeSource, options: IngestOptions): Promise<CheckedStream> {
    let header: RangeStreamHeader | undefined
    for await (const part of decodeRangeStream(source())) {
      if (part.kind === 'header') {
        header = part
        for (const family of header.columnFamilies) this.#target.checkFamily(family)
        if (options.within !== undefined && !rangeCovers(options.within, header.range)) {
          throw new SandboxError('INVALID_ARGUMENT', 'The exported range is not inside the range that may be replaced.')
        }
      } else if (part.kind === 'footer' && header !== undefined) {
        const { range, columnFamilies } = header
        return { range, columnFamilies, entries: part.entries, bytes: part.bytes }
      }
    }
    throw new SandboxError('INTERNAL', 'A range stream ended without footer and without complaint.')
  }

  async #applyAtOnce(source: RangeSource, stream: CheckedStream): Promise<void> {
    const operations = [...emptying(stream), ...(await this.#supersededBy(stream)).map(forgetting)]
    await this.#secondPass(source, stream, async (puts) => {
      for (const put of puts) operations.push(put)
    })
    await this.#target.write(operations)
  }

  async #applyInSteps(source: RangeSource, stream: CheckedStream): Promise<void> {
    const superseded = await this.#supersededBy(stream)
    const id = (++this.#lastNumber).toString(16).padStart(16, '0')
    this.#idsUnderWay.add(id)
    try {
      await this.#target.write([...superseded.map(forgetting), noting(id, stream), ...emptying(stream)])
      await this.#secondPass(source, stream, (puts) => this.#target.write(puts))
      await this.#target.write([forgetting(id)])
    } finally {
      this.#idsUnderWay.delete(id)
    }
  }

  async #secondPass(
    source: RangeSource,
    first: CheckedStream,
    apply: (puts: RawWriteOperation[]) => Promise<void>,
  ): Promise<void> {
    const expected = encodeHeaderPayload(first)
    let same = false
    for await (const part of decodeRangeStream(source())) {
      if (part.kind === 'header') {
        if (Buffer.compare(encodeHeaderPayload(part), expected) !== 0) break
      } else if (part.kind === 'entries') {
        const { columnFamily } = part
        if (part.entries.length === 0) continue
        await apply(part.entries.map(({ key, value }) => ({ kind: 'put', columnFamily, key, value })))
      } else {
        same = part.entries === first.entries && part.bytes === first.bytes
      }
    }
    if (same) return
    throw new SandboxError(
      'ENGINE_CORRUPTION',
      'The source gave another stream when it was read again: ingest an unchanging one.',
    )
  }

  /** Ids of incomplete ingests that lie wholly inside what is replaced now. */
  async #supersededBy(stream: RangeStreamHeader): Promise<string[]> {
    const families = new Set(stream.columnFamilies)
    return (await this.incomplete())
      .filter(
        (note) => rangeCovers(stream.range, note.range) && note.columnFamilies.every((name) => families.has(name)),
      )
      .map((note) => note.id)
  }

  async #alone<T>(selection: RangeStreamHeader, work: () => Promise<T>): Promise<T> {
    for (const other of this.#underWay) {
      const sharesFamily = other.columnFamilies.some((name) => selection.columnFamilies.includes(name))
      if (!sharesFamily || !rangesOverlap(other.range, selection.range)) continue
      throw new SandboxError('INVALID_ARGUMENT', 'An ingest into an overlapping range is under way: await it first.')
    }
    this.#underWay.add(selection)
    try {
      return await work()
    } finally {
      this.#underWay.delete(selection)
    }
  }
}

function emptying({ range, columnFamilies }: RangeStreamHeader): RawWriteOperation[] {
  return columnFamilies.map((columnFamily) => ({ kind: 'delete-range', columnFamily, range }))
}

function noting(id: string, stream: RangeStreamHeader): RawWriteOperation {
  return { kind: 'put', columnFamily: systemColumnFamily, key: noteKey(id), value: encodeHeaderPayload(stream) }
}

function forgetting(id: string): RawWriteOperation {
  return { kind: 'delete', columnFamily: systemColumnFamily, key: noteKey(id) }
}

function noteKey(id: string): Uint8Array {
  return new TextEncoder().encode(notePrefix + id)
}
