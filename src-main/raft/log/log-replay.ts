import type { EntryId } from '../core/model/entry'
import type { HardState } from '../core/model/hard-state'
import { LogPositions } from './log-positions'
import { RecordType, readUint64, recordBytes, recordTypeName } from './log-record'
import type { RecordHeader } from './log-record'
import { decodeSegmentHeader } from './segment-header'
import type { SegmentHeader } from './segment-header'

/** Stands for the term of an entry whose segment is gone; resolved by a later mark, or the log has a hole. */
const UNKNOWN_TERM = -1

/** Builds the state of a log from its records, in the order in which they were made. */
export class LogReplay {
  readonly positions = new LogPositions()
  #hardState: HardState = { term: 0, vote: 0, commit: 0 }
  #sequence = 0
  /** Last index before the newest segment that does not follow the one read before it: those between are gone. */
  #lastBeforeGap: number | undefined

  get hardState(): HardState {
    return this.#hardState
  }

  /** Index behind which entries are missing, because their segments are gone and no snapshot covers them; undefined if all is there. */
  get holeBehind(): number | undefined {
    return this.positions.mark.term === UNKNOWN_TERM ? this.positions.mark.index : undefined
  }

  /** Takes a record; returns what is wrong with it where it does not fit behind those before it. */
  apply(header: RecordHeader, payload: Uint8Array, segment: number, offset: number): string | undefined {
    switch (header.type) {
      case RecordType.entryNormal:
      case RecordType.entryConfChange:
      case RecordType.entryConfChangeV2:
        return this.#applyEntry(header, segment, offset)
      case RecordType.hardState:
        return this.#applyHardState({ term: header.term, vote: readUint64(payload, 0), commit: header.index })
      case RecordType.suffixCut:
        this.positions.cutSuffix(header.index)
        return undefined
      case RecordType.prefixCut:
        return this.#applyMark({ index: header.index, term: header.term })
      case RecordType.segmentHeader: {
        const segmentHeader = decodeSegmentHeader(payload)
        return segmentHeader === undefined
          ? 'its segment header cannot be read'
          : this.#applySegmentHeader(segmentHeader)
      }
      case RecordType.trailer:
        return undefined
      default:
        return `a record of type ${recordTypeName(header.type)} stands there`
    }
  }

  #applyEntry(header: RecordHeader, segment: number, offset: number): string | undefined {
    const { positions } = this
    const { index, term } = header
    if (index > positions.lastIndex + 1)
      return `entry ${String(index)} stands behind entry ${String(positions.lastIndex)}`
    if (index <= positions.mark.index)
      return `entry ${String(index)} is covered by the snapshot up to ${String(positions.mark.index)}`
    positions.cutSuffix(index - 1)
    if (term < positions.term(index - 1)) return `entry ${String(index)} has a term below that of the entry before`
    positions.push(term, segment, offset, recordBytes(header.payloadLength))
    return undefined
  }

  #applyHardState(hardState: HardState): string | undefined {
    if (hardState.term < this.#hardState.term) return `the term goes back to ${String(hardState.term)}`
    if (hardState.commit < this.#hardState.commit) return `the commit index goes back to ${String(hardState.commit)}`
    if (hardState.commit > this.positions.lastIndex)
      return `entries up to ${String(hardState.commit)} were committed and are missing`
    this.#hardState = hardState
    return undefined
  }

  #applySegmentHeader(header: SegmentHeader): string | undefined {
    const { positions } = this
    const lastBefore = header.firstIndex - 1
    if (header.sequence !== this.#sequence + 1) this.#lastBeforeGap = lastBefore
    this.#sequence = header.sequence
    // A segment that begins right behind the mark rests on a snapshot alone. What a crash brought back of earlier segments
    // need not agree with it: the snapshot may have taken the place of another course of the log.
    if (header.mark.index === lastBefore) positions.reset(header.mark)
    // Segments before this one may be gone because nothing in them counted any more; then what is still there of them does not either.
    if (lastBefore > positions.lastIndex) positions.reset({ index: lastBefore, term: UNKNOWN_TERM })
    else positions.cutSuffix(lastBefore)
    return this.#applyMark(header.mark) ?? this.#applyHardState(header.hardState)
  }

  #applyMark(mark: EntryId): string | undefined {
    const { positions } = this
    if (mark.index < positions.mark.index) return undefined
    if (mark.index > positions.lastIndex) {
      positions.reset(mark)
      return undefined
    }
    const term = positions.term(mark.index)
    // The snapshot covers all of what a crash brought back; a segment that is gone may have replaced the end of it.
    const wasReplaced = mark.index === this.#lastBeforeGap
    if (term !== mark.term && term !== UNKNOWN_TERM && !wasReplaced) {
      return `the snapshot up to ${String(mark.index)} has term ${String(mark.term)} and the entry there has ${String(term)}`
    }
    positions.cutPrefix(mark)
    return undefined
  }
}
