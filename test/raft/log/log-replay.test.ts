import { expect, test } from 'vitest'
import { RecordType } from '../../../src-main/raft/log/log-record'
import type { RecordTypeNumber } from '../../../src-main/raft/log/log-record'
import { LogReplay } from '../../../src-main/raft/log/log-replay'
import { encodeSegmentHeader } from '../../../src-main/raft/log/segment-header'

const mark = { index: 0, term: 0 }
const hardState = { term: 0, vote: 0, commit: 0 }
const record = (type: RecordTypeNumber, index: number, term: number) => ({
  ...{ payloadLength: 0, formatVersion: 2, durableOffset: 0, identity: 1, payloadChecksum: 0, rollingChecksum: 0 },
  ...{ type, index, term },
})

/** Replays two segments with an entry each, the second of which says at its end that a snapshot covers the first. */
function replayed(secondSequence: number) {
  const replay = new LogReplay()
  const begin = (sequence: number, firstIndex: number) => {
    const fields = { sequence, firstIndex, mark, hardState, previousChecksum: 0, reusedBytes: 0 }
    return replay.apply(record(RecordType.segmentHeader, firstIndex, 0), encodeSegmentHeader(fields), sequence, 0)
  }
  const add = (type: RecordTypeNumber, index: number, term: number, sequence: number) =>
    replay.apply(record(type, index, term), new Uint8Array(0), sequence, 120)
  const wrong = [
    begin(1, 1),
    add(RecordType.entryNormal, 1, 6, 1),
    begin(secondSequence, 2),
    add(RecordType.entryNormal, 2, 7, secondSequence),
    add(RecordType.prefixCut, 1, 7, secondSequence),
  ]
  return { replay, wrong: wrong.filter((what) => what !== undefined) }
}

test('a segment that a crash brought back, and whose entries another replaced that is gone, is covered by the snapshot', () => {
  const { replay, wrong } = replayed(3)
  expect(wrong).toEqual([])
  expect(replay.holeBehind).toBeUndefined()
  expect(replay.positions.mark).toEqual({ index: 1, term: 7 })
  expect(replay.positions.lastIndex).toBe(2)
})

test('a snapshot that contradicts the segment right before is damage', () => {
  expect(replayed(2).wrong).toEqual(['the snapshot up to 1 has term 7 and the entry there has 6'])
})
