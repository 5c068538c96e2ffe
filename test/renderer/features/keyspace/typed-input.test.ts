import { describe, expect, it } from 'vitest'
import type { TableNode } from '../../../../src-main/client/views/tables'
import { parseHexKey, parseKeyText, parseTableKey } from '../../../../src-renderer/features/keyspace/key-text'
import { fileNameOfKey } from '../../../../src-renderer/features/keyspace/file-name'
import { lessonOf } from '../../../../src-renderer/features/keyspace/store-error'
import { parseValue } from '../../../../src-renderer/features/keyspace/value-input'
import type { ValueFormat } from '../../../../src-renderer/features/keyspace/value-input'
import { guessValueKind } from '../../../../src-renderer/features/keyspace/value-kind'
import { previewOf } from '../../../../src-renderer/features/keyspace/value-preview'

const tables = [
  { tableId: 1, name: 'users', schema: 'DINGO' },
  { tableId: 2, name: 'users', schema: 'app' },
] as TableNode[]
const utf8 = (text: string) => new TextEncoder().encode(text)

describe('a typed key', () => {
  it.each([
    ['users/42', undefined, { kind: 'table', tableId: 1, text: '42' }],
    ['app.users/a/b', undefined, { kind: 'table', tableId: 2, text: 'a/b' }],
    ['0x72 00FF', undefined, { kind: 'raw', hex: '7200ff' }],
    ['42', 7, { kind: 'table', tableId: 7, text: '42' }],
    ['none/42', 7, { kind: 'table', tableId: 7, text: 'none/42' }],
  ])('%s', (text, tableId, input) => {
    expect(parseKeyText(text, tables, tableId)).toEqual({ input })
  })

  it.each([
    ['', 'empty'],
    ['0x123', 'notHex'],
    ['0xzz', 'notHex'],
    ['0x', 'empty'],
    ['42', 'noTable'],
    ['none/42', 'noTable'],
  ])('%s is refused: %s', (text, problem) => {
    expect(parseKeyText(text, tables, undefined)).toEqual({ problem })
  })

  it('has at most 8 KiB', () => {
    expect(parseHexKey('00'.repeat(8193))).toEqual({ problem: 'tooLong' })
  })

  it('takes a key of a table as text or as bytes after 0x, and says at once what is neither', () => {
    expect(parseTableKey(' 42', 7)).toEqual({ input: { kind: 'table', tableId: 7, text: ' 42' } })
    expect(parseTableKey('0x00ff', 7)).toEqual({ input: { kind: 'table', tableId: 7, text: '0x00ff' } })
    expect(parseTableKey('0x0', 7)).toEqual({ problem: 'notHex' })
    expect(parseTableKey('', 7)).toEqual({ problem: 'empty' })
    expect(parseTableKey('键'.repeat(2731), 7)).toEqual({ problem: 'tooLong' })
  })
})

describe('a typed value', () => {
  const value = (format: ValueFormat, text: string) => parseValue({ format, text, file: undefined })

  it('is what its format says', () => {
    expect(value('text', '0x00').bytes).toEqual(utf8('0x00'))
    expect(value('hex', '0x00 ff').bytes).toEqual(Uint8Array.of(0, 255))
    expect(value('json', '{"a": 1}').bytes).toEqual(utf8('{"a": 1}'))
  })

  it('is refused where it is not', () => {
    expect(value('hex', '0').problem).toBe('notHex')
    expect(value('json', '{a: 1}').problem).toBe('notJson')
    expect(value('file', '').problem).toBe('noFile')
    const file = { name: 'large', bytes: new Uint8Array(8 * 1024 * 1024 + 1) }
    expect(parseValue({ format: 'file', text: '', file }).problem).toBe('tooLong')
  })
})

describe('what a value looks like', () => {
  it.each([
    ['', true, 'empty'],
    ['{"a":[1]}', true, 'json'],
    ['{"a":[1', false, 'json'],
    ['{not json}', true, 'text'],
    ['你好', true, 'text'],
  ] as const)('%s', (text, isWhole, kind) => {
    expect(guessValueKind(utf8(text), isWhole)).toBe(kind)
  })

  it('tells messages from other bytes', () => {
    expect(guessValueKind(Uint8Array.of(0x08, 0x96, 0x01), true)).toBe('protobuf')
    expect(guessValueKind(Uint8Array.of(0, 255, 254), true)).toBe('bytes')
  })

  it('does not stumble over a character that the shortening cut in two', () => {
    expect(guessValueKind(utf8('你好').subarray(0, 5), false)).toBe('text')
    expect(previewOf(utf8('好'.repeat(100)))).toMatch(/^好+…$/)
  })

  it('is previewed in one line', () => {
    expect(previewOf(utf8('a\n  b'))).toBe('a b')
    expect(previewOf(Uint8Array.of(0, 255))).toBe('0x00ff')
  })
})

it('names a file after its key, without what file systems refuse', () => {
  expect(fileNameOfKey('users/a b:c')).toBe('users-a-b-c.bin')
  expect(fileNameOfKey('../..')).toBe('value.bin')
})

it('tells lessons from errors', () => {
  const error = { message: '', details: { name: 'ERAFT_NOTLEADER' } }
  expect(lessonOf({ ...error, code: 'DINGODB_ERROR' })).toBe('notLeader')
  expect(lessonOf({ ...error, code: 'INTERNAL' })).toBeUndefined()
  expect(lessonOf({ code: 'CLIENT_OUTCOME_UNKNOWN', message: '', details: {} })).toBe('outcomeUnknown')
})
