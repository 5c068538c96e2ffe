import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { describeEntry } from '../../../src-main/raft/core/describe/entry'
import { describeConfChange } from '../../../src-main/raft/core/describe/membership'
import { describeMessage } from '../../../src-main/raft/core/describe/message'
import { quoteBytes } from '../../../src-main/raft/core/describe/quote'
import { describeReady } from '../../../src-main/raft/core/describe/ready'
import { encodeConfChange } from '../../../src-main/raft/core/model/conf-change'
import { NO_BYTES } from '../../../src-main/raft/core/model/entry'
import { draftMessage } from '../../../src-main/raft/core/model/message'
import { APPEND_THREAD, APPLY_THREAD } from '../../../src-main/raft/core/model/node-id'
import { Cluster, bytesOf, entriesOfTerms } from './support/cluster'

describe('bytes', () => {
  it.each<[string | readonly number[], string]>([
    ['', '""'],
    ['plain text', '"plain text"'],
    ['"quoted" \\', '"\\"quoted\\" \\\\"'],
    ['\u0007\b\t\n\v\f\r', '"\\a\\b\\t\\n\\v\\f\\r"'],
    ['\u0000\u001f\u007f', '"\\x00\\x1f\\x7f"'],
    ['grün 漢 🚀', '"grün 漢 🚀"'],
    ['\u00a0\u200b\ufeff', '"\\u00a0\\u200b\\ufeff"'],
    ['\u{e0001}', '"\\U000e0001"'],
    [[0xff, 0x41, 0xc3], '"\\xffA\\xc3"'],
    [[0xc0, 0x80], '"\\xc0\\x80"'],
    [[0xed, 0xa0, 0x80], '"\\xed\\xa0\\x80"'],
    [[0xf4, 0x90, 0x80, 0x80], '"\\xf4\\x90\\x80\\x80"'],
  ])('%j are shown as %s', (content, shown) => {
    expect(quoteBytes(typeof content === 'string' ? bytesOf(content) : Uint8Array.from(content))).toBe(shown)
  })

  it('are shown on one line, whatever they are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 50 }), (bytes) => {
        expect(quoteBytes(bytes)).toMatch(/^"[^\n\r]*"$/)
      }),
    )
  })
})

describe('entries', () => {
  it('show their data in the form that is asked for', () => {
    const [entry] = entriesOfTerms([3], 7)
    expect(entry && describeEntry(entry)).toBe('3/7 EntryNormal "3/7"')
    expect(entry && describeEntry(entry, (data) => `${data.length} bytes`)).toBe('3/7 EntryNormal 3 bytes')
    expect(entry && describeEntry(entry, () => '')).toBe('3/7 EntryNormal')
  })

  it('show membership changes in short, and those that cannot be read with the reason', () => {
    const show = (type: 'EntryConfChange' | 'EntryConfChangeV2', data: Uint8Array) =>
      describeEntry({ term: 1, index: 2, type, data })
    const single = { version: 1, type: 'ConfChangeUpdateNode', nodeId: 4, context: bytesOf('x') } as const
    expect(show('EntryConfChange', encodeConfChange(single))).toBe('1/2 EntryConfChange u4')
    expect(show('EntryConfChangeV2', NO_BYTES)).toBe('1/2 EntryConfChangeV2')
    expect(show('EntryConfChange', NO_BYTES)).toMatch(
      /EntryConfChange The configuration change cannot be decoded: one step/,
    )
    expect(describeConfChange(single)).toBe('type:ConfChangeUpdateNode node_id:4 context:"x"')
  })
})

describe('messages', () => {
  it('name storage threads and nobody, show ids in hexadecimal, and nest', () => {
    const response = Object.assign(draftMessage('MsgStorageApplyResp', 26), {
      from: APPLY_THREAD,
      entries: entriesOfTerms([1, 1]),
    })
    const order = Object.assign(draftMessage('MsgStorageAppend', APPEND_THREAD), {
      vote: 26,
      commit: 3,
      responses: [response],
    })
    expect(describeMessage(order)).toBe(
      [
        'None->AppendThread MsgStorageAppend Term:0 Log:0/0 Commit:3 Vote:26 Responses:[',
        '  ApplyThread->1a MsgStorageApplyResp Term:0 Log:0/0 Entries:[',
        '    1/2 EntryNormal "1/2"',
        '    1/3 EntryNormal "1/3"',
        '  ]',
        ']',
      ].join('\n'),
    )
  })

  it('show a rejection with its hint', () => {
    const message = Object.assign(draftMessage('MsgAppResp', 1), {
      from: 2,
      term: 4,
      index: 9,
      logTerm: 3,
      reject: true,
      rejectHint: 6,
    })
    expect(describeMessage(message)).toBe('2->1 MsgAppResp Term:4 Log:3/9 Rejected (Hint: 6)')
  })
})

describe('a Ready', () => {
  it('shows reads', () => {
    const cluster = new Cluster([1])
    cluster.campaign(1)
    cluster.raw(1).readIndex(bytesOf('ab'))
    expect(describeReady(cluster.raw(1).ready())).toBe('Ready MustSync=false:\nReadStates [{2 [97 98]}]\n')
  })

  it('of which nothing is to be done says so', () => {
    expect(describeReady(new Cluster([1]).raw(1).ready())).toBe('<empty Ready>')
  })
})
