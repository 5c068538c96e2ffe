import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeWireFormat } from '../../../../src-renderer/features/keyspace/protobuf-wire'

const bytes = (...values: number[]) => Uint8Array.from(values)
const ascii = (text: string) => [...new TextEncoder().encode(text)]

describe('the wire format of protobuf, read without a description', () => {
  it('reads numbers, texts and nested messages', () => {
    const message = decodeWireFormat(bytes(0x08, 0x96, 0x01, 0x12, 0x07, ...ascii('testing'), 0x1a, 0x02, 0x08, 0x01))
    expect(message.isComplete).toBe(true)
    expect(message.fields.map(({ number, wireType }) => [number, wireType])).toEqual([
      [1, 'varint'],
      [2, 'bytes'],
      [3, 'bytes'],
    ])
    expect(message.fields[0]?.readings).toEqual(['150', 'zigzag 75'])
    expect(message.fields[1]).toMatchObject({ isText: true, readings: ['testing'] })
    expect(message.fields[2]?.fields?.[0]).toMatchObject({ number: 1, readings: ['1', 'zigzag -1'] })
  })

  it('says what a negative int64 and fixed fields may mean', () => {
    const minusOne = bytes(0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01)
    expect(decodeWireFormat(minusOne).fields[0]?.readings).toContain('int64 -1')
    expect(decodeWireFormat(bytes(0x2d, 0, 0, 0x80, 0x3f)).fields[0]?.readings).toEqual(['1065353216', 'float 1'])
    expect(decodeWireFormat(bytes(0x09, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f)).fields[0]?.readings).toContain('double 1')
  })

  it('reads up to the field that is cut off, and says how far', () => {
    const message = decodeWireFormat(bytes(0x08, 0x01, 0x12, 0x05, 0x41))
    expect(message).toMatchObject({ isComplete: false, readBytes: 2 })
    expect(message.fields).toHaveLength(1)
  })

  it.each([
    ['field number 0', bytes(0x00, 0x01)],
    ['a wire type that does not exist', bytes(0x0f, 0x01)],
    ['a length beyond the end', bytes(0x0a, 0x7f, 0x00)],
    ['a number of more than ten bytes', bytes(0x08, ...Array<number>(11).fill(0xff))],
  ])('takes no field from %s', (_what, wrong) => {
    expect(decodeWireFormat(wrong)).toMatchObject({ fields: [], isComplete: false, readBytes: 0 })
  })

  it('ends, throws nothing and covers what it read without gaps, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (any) => {
        const { fields, readBytes } = decodeWireFormat(any)
        let at = 0
        for (const { start, end } of fields) {
          expect(start).toBe(at)
          at = end
        }
        expect(at).toBe(readBytes)
      }),
    )
  })

  it('stops at a limit of fields', () => {
    const many = Uint8Array.from({ length: 20_000 }, (_, at) => (at % 2 === 0 ? 0x08 : 0x01))
    const { fields, isComplete } = decodeWireFormat(many)
    expect(fields).toHaveLength(2000)
    expect(isComplete).toBe(false)
  })
})
